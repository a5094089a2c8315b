package com.stablevps.tests

import com.stablevps.SqliteStore
import com.stablevps.Store
import com.stablevps.StoreFailure
import com.stablevps.StoreOperation
import org.postgresql.ds.PGSimpleDataSource
import java.nio.file.Path
import java.sql.DriverManager

/** A database in a file. */
internal fun sqlite(file: Path): SqliteStore =
    SqliteStore { DriverManager.getConnection("jdbc:sqlite:$file") }

/** A new database of the server that the tests' command has started; `null` where there is none. */
internal fun postgres(): PGSimpleDataSource? {
    val server = source("STABLEVPS_POSTGRES") ?: return null
    val fresh = "fresh_${System.nanoTime()}"
    server.connection.use { it.createStatement().use { one -> one.execute("CREATE DATABASE $fresh") } }
    return server.apply { databaseName = fresh }
}

/** The same behind PgBouncer, which lends connections by the transaction. */
internal fun pgbouncer(): PGSimpleDataSource? {
    val bouncer = source("STABLEVPS_PGBOUNCER") ?: return null
    return bouncer.apply { databaseName = postgres()?.databaseName }
}

private fun source(variable: String): PGSimpleDataSource? {
    val address = System.getenv(variable) ?: return null
    val words = address.split(' ').associate { it.substringBefore('=') to it.substringAfter('=') }
    return PGSimpleDataSource().apply {
        serverNames = arrayOf(words.getValue("host"))
        portNumbers = intArrayOf(words.getValue("port").toInt())
        user = words.getValue("user")
        databaseName = words.getValue("dbname")
    }
}

/** A store that does to each operation what a test wants, by its number. */
internal class Meddled(
    private val store: Store,
    private val meddle: suspend (Int, suspend () -> String) -> String,
) : Store {
    /** The names of the operations that were asked for. */
    val asked = mutableListOf<String>()

    override suspend fun carryOut(operation: StoreOperation): String {
        val number = asked.size
        asked += operation.op
        return meddle(number) { store.carryOut(operation) }
    }
}

internal fun down(): Nothing = throw StoreFailure("the database is down")
