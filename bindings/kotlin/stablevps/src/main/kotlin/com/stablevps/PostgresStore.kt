package com.stablevps

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.sql.Connection
import java.util.concurrent.atomic.AtomicLong
import javax.sql.DataSource

/** JDBC writes parameters as question marks. */
private val STATEMENT by lazy { StoreSql.postgresStatement.replace("\$1", "?") }

/**
 * Purchases in a PostgreSQL database, which the processes of many machines share, in whatever language.
 *
 * It needs PostgreSQL 12 or later, through a JDBC driver of yours such as `org.postgresql:postgresql`. The tables are
 * made where there are none; their names begin with `stablevps_`. `synchronous_commit` must be `on`, its default.
 *
 * It takes a connection for each operation, and closes it after that: give it a pool. It keeps nothing in a session,
 * so a pool that lends connections by the transaction will do. Operations run in threads of [Dispatchers.IO].
 *
 * @param connect makes a connection, or lends one that goes back when it is closed.
 */
public class PostgresStore(
    private val connect: () -> Connection,
) : Store {
    /** With the connections of a data source. */
    public constructor(dataSource: DataSource) : this(dataSource.connector())

    /**
     * Makes each statement's text another one. Drivers keep a statement that they have seen some times in the session
     * of the server, which a pool that lends connections by the transaction changes.
     */
    private val count = AtomicLong()

    /** Whether the tables are known to be there, in a version that this one knows. */
    @Volatile
    private var isReady = false

    override suspend fun carryOut(operation: StoreOperation): String =
        withContext(Dispatchers.IO) {
            connect.open().use { connection -> inDatabase { carriedOut(connection, operation) } }
        }

    private fun carriedOut(
        connection: Connection,
        operation: StoreOperation,
    ): String {
        // A statement of its own is a transaction of its own.
        connection.autoCommit = true
        if (!isReady) {
            connection.run(StoreSql.postgresSchema)
            checkVersion(connection.first(StoreSql.readVersion))
            isReady = true
        }
        return connection.first("$STATEMENT -- ${count.incrementAndGet()}", operation.document)
            ?: throw StoreFailure("the database gave no answer")
    }
}
