package androidx.sqlite

// Stands in for `androidx.sqlite` of Android, as far as the example of the README uses it: statements are numbered
// from 1 where they bind, and from 0 where they are read, and a connection is for one thread at a time.

internal interface SQLiteConnection : AutoCloseable {
    fun prepare(sql: String): SQLiteStatement

    override fun close()
}

internal interface SQLiteStatement : AutoCloseable {
    fun bindText(
        index: Int,
        value: String,
    )

    /** Runs to the next row, if there is one. */
    fun step(): Boolean

    fun getText(index: Int): String

    override fun close()
}

internal fun SQLiteConnection.execSQL(sql: String) {
    prepare(sql).use { it.step() }
}
