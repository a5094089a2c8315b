package com.stablevps.tests

import androidx.sqlite.SQLiteConnection
import androidx.sqlite.execSQL
import com.stablevps.Store
import com.stablevps.StoreFailure
import com.stablevps.StoreOperation
import com.stablevps.StoreSql
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** The example of the README, which a test compares with it. */
class AndroidStore internal constructor(
    private val open: () -> SQLiteConnection,
) : Store {
    private val mutex = Mutex()
    private var connection: SQLiteConnection? = null

    override suspend fun carryOut(operation: StoreOperation): String =
        withContext(Dispatchers.IO) {
            mutex.withLock {
                val database = connection ?: opened().also { connection = it }
                val statements = StoreSql.sqliteOperations.getValue(operation.op)
                database.transaction { statements.mapNotNull { first(it, operation.document) }.last() }
            }
        }

    private fun opened(): SQLiteConnection =
        open().apply {
            execSQL("PRAGMA busy_timeout = 10000")
            execSQL("PRAGMA synchronous = FULL")
            transaction {
                val isNew = first("SELECT name FROM sqlite_master WHERE name = 'stablevps_schema'") == null
                if (!isNew && first(StoreSql.readVersion)!!.toInt() > StoreSql.version) {
                    throw StoreFailure("the database has tables of a newer version")
                }
                StoreSql.sqliteSchema.forEach { execSQL(it) }
            }
        }

    private fun SQLiteConnection.first(
        sql: String,
        document: String? = null,
    ): String? =
        prepare(sql).use { statement ->
            document?.let { statement.bindText(1, it) }
            if (statement.step()) statement.getText(0) else null
        }

    private fun <T> SQLiteConnection.transaction(block: SQLiteConnection.() -> T): T {
        execSQL("BEGIN IMMEDIATE")
        try {
            return block().also { execSQL("COMMIT") }
        } catch (failure: Throwable) {
            execSQL("ROLLBACK")
            throw failure
        }
    }
}
