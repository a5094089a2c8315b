package com.stablevps

import java.sql.Connection
import java.sql.PreparedStatement
import java.sql.SQLException
import javax.sql.DataSource

/** Makes a connection. */
internal typealias Connect = () -> Connection

internal fun DataSource.connector(): Connect = { connection }

/**
 * A connection of the user's. What its maker says is not shown, but the class and the state: it may name the address
 * with the password.
 */
internal fun Connect.open(): Connection =
    try {
        this()
    } catch (failure: Exception) {
        val state = (failure as? SQLException)?.sqlState?.let { " $it" }.orEmpty()
        throw StoreFailure("can't connect: ${failure.javaClass.simpleName}$state", failure)
    }

/** Runs something on a connection, whose failures are the database's own words. */
internal inline fun <T> inDatabase(block: () -> T): T =
    try {
        block()
    } catch (failure: SQLException) {
        throw StoreFailure(failure.message ?: failure.javaClass.simpleName, failure)
    }

/** Runs statements without results. */
internal fun Connection.run(vararg statements: String) =
    createStatement().use { statement -> statements.forEach { statement.execute(it) } }

/** The first column of the first row, if there is one. */
internal fun Connection.first(
    query: String,
    document: String? = null,
): String? =
    prepareStatement(query).use { statement ->
        if (document != null) {
            statement.setString(1, document)
        }
        statement.firstColumn()
    }

private fun PreparedStatement.firstColumn(): String? =
    if (execute()) resultSet.use { if (it.next()) it.getString(1) else null } else null

/** Refuses tables of a version that this one does not know. */
internal fun checkVersion(version: String?) {
    if (version != null && version.toInt() > StoreSql.version) {
        throw StoreFailure("the database has tables of a newer version, $version")
    }
}
