package androidx.sqlite.driver.bundled

import androidx.sqlite.SQLiteConnection
import androidx.sqlite.SQLiteStatement
import java.sql.Connection
import java.sql.DriverManager
import java.sql.PreparedStatement
import java.sql.ResultSet
import java.util.concurrent.atomic.AtomicBoolean

/** Stands in for the driver of `androidx.sqlite:sqlite-bundled`. */
internal class BundledSQLiteDriver {
    fun open(fileName: String): SQLiteConnection = Open(DriverManager.getConnection("jdbc:sqlite:$fileName"))
}

private class Open(
    private val connection: Connection,
) : SQLiteConnection {
    private val isBusy = AtomicBoolean()

    override fun prepare(sql: String): SQLiteStatement {
        check(isBusy.compareAndSet(false, true)) { "another statement of this connection is under way" }
        return Prepared(connection.prepareStatement(sql)) { isBusy.set(false) }
    }

    override fun close() = connection.close()
}

private class Prepared(
    private val statement: PreparedStatement,
    private val onClose: () -> Unit,
) : SQLiteStatement {
    private var rows: ResultSet? = null
    private var isRun = false

    override fun bindText(
        index: Int,
        value: String,
    ) = statement.setString(index, value)

    override fun step(): Boolean {
        if (!isRun) {
            isRun = true
            rows = if (statement.execute()) statement.resultSet else null
        }
        return rows?.next() == true
    }

    override fun getText(index: Int): String = checkNotNull(rows).getString(index + 1)

    override fun close() {
        statement.close()
        onClose()
    }
}
