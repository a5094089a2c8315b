package com.stablevps

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.Closeable
import java.sql.Connection
import java.sql.SQLException
import javax.sql.DataSource

private const val BUSY_TIMEOUT_MS = 10_000
private const val HAS_TABLES = "SELECT 1 FROM sqlite_master WHERE name = 'stablevps_schema'"

/**
 * Purchases in an SQLite database, which the processes of one machine share, in whatever language.
 *
 * It needs SQLite 3.38 or later, through a JDBC driver of yours such as `org.xerial:sqlite-jdbc`. The tables are made
 * where there are none; their names begin with `stablevps_`. A database on a network drive can't be shared safely:
 * SQLite's locks do not hold there.
 *
 * It keeps one connection from its first operation until [close], and makes it anew where it broke. It is set to keep
 * what it says that it keeps (`synchronous = FULL`), and to wait up to 10 s for others that write. Operations run one
 * after the other, in a thread of [Dispatchers.IO].
 *
 * @param connect makes a connection, for this store alone.
 */
public class SqliteStore(
    private val connect: () -> Connection,
) : Store,
    Closeable {
    /** With the connections of a data source. */
    public constructor(dataSource: DataSource) : this(dataSource.connector())

    private var kept: Connection? = null

    override suspend fun carryOut(operation: StoreOperation): String =
        withContext(Dispatchers.IO) { carriedOut(operation) }

    @Synchronized
    private fun carriedOut(operation: StoreOperation): String {
        val connection = kept?.takeUnless { it.isClosed } ?: opened()
        val statements =
            StoreSql.sqliteOperations[operation.op]
                ?: throw StoreFailure("there is no operation ${operation.op}")
        return transaction(connection) {
            statements.mapNotNull { connection.first(it, operation.document) }.lastOrNull()
        } ?: throw StoreFailure("the database gave no answer")
    }

    private fun opened(): Connection {
        val connection = connect.open()
        try {
            inDatabase {
                connection.autoCommit = true
                connection.run("PRAGMA busy_timeout = $BUSY_TIMEOUT_MS", "PRAGMA synchronous = FULL")
            }
            transaction(connection) {
                connection.first(HAS_TABLES)?.let { checkVersion(connection.first(StoreSql.readVersion)) }
                connection.run(*StoreSql.sqliteSchema.toTypedArray())
            }
        } catch (failure: Throwable) {
            runCatching { connection.close() }
            throw failure
        }
        kept = connection
        return connection
    }

    /** Carries a transaction out. A connection whose transaction can't be undone is given up. */
    private fun <T> transaction(
        connection: Connection,
        block: () -> T,
    ): T =
        inDatabase {
            try {
                connection.run("BEGIN IMMEDIATE")
                block().also { connection.run("COMMIT") }
            } catch (failure: Throwable) {
                try {
                    connection.run("ROLLBACK")
                } catch (_: SQLException) {
                    close()
                }
                throw failure
            }
        }

    /** Closes its connection. The next operation makes another. */
    @Synchronized
    override fun close() {
        val connection = kept ?: return
        kept = null
        runCatching { connection.close() }
    }
}
