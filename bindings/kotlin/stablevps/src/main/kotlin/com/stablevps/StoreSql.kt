package com.stablevps

import com.stablevps.internal.ffi.storeSql

/**
 * The SQL of the stores, for connections and pools of your own. Every statement has one parameter,
 * [StoreOperation.document], and the answer is a text.
 *
 * The first use loads the core in the calling thread.
 */
public object StoreSql {
    private val sql = storeSql()

    /** The version of the tables. A database of a newer one is not to be touched. */
    @JvmStatic
    public val version: Int = sql.version.toInt()

    /** Gives the version of a database's tables. */
    @JvmStatic
    public val readVersion: String = sql.readVersion

    /** Makes the tables in SQLite 3.38 or later, where there are none: these statements, in one transaction. */
    @JvmStatic
    public val sqliteSchema: List<String> =
        sql.sqliteSchema
            .split(Regex(";\\s*(\n|$)"))
            .map { it.trim() }
            .filter { it.isNotEmpty() }

    /**
     * The statements of each operation for SQLite, by its name, to run in one transaction that begins with
     * `BEGIN IMMEDIATE`, on a connection with `PRAGMA synchronous = FULL`. One of them gives a row of one column,
     * which is the answer.
     */
    @JvmStatic
    public val sqliteOperations: Map<String, List<String>> = sql.sqliteOperations

    /** Makes the tables and a function in PostgreSQL 12 or later, where there are none: several statements. */
    @JvmStatic
    public val postgresSchema: String = sql.postgresSchema

    /** Any operation for PostgreSQL: it gives a row of one column, which is the answer. Its parameter is `$1`. */
    @JvmStatic
    public val postgresStatement: String = sql.postgresStatement
}
