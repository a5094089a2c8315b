package com.stablevps

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.IOException

/**
 * Where purchases are recorded, so that an order of yours buys one VPS: [SqliteStore], [PostgresStore], or an
 * implementation of your own.
 *
 * ```kotlin
 * val store = SqliteStore { DriverManager.getConnection("jdbc:sqlite:purchases.db") }
 * val client = StableVps(apiKey, StableVpsOptions(store = store))
 * client.purchases.resumeAll() // what a program does when it starts
 * client.vps.provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON, ProvisionOptions(idempotencyKey = "order-4711"))
 * ```
 *
 * An implementation runs the SQL of [StoreSql] on a database of its own: an operation is one transaction, takes one
 * text, and gives one. It must be on disk when [carryOut] returns. Any number of coroutines may call at once.
 */
public fun interface Store {
    /**
     * Carries an operation out, and gives the database's answer. The same operation may be asked for again, where its
     * answer was lost.
     *
     * @throws StoreFailure where the database failed; it may have carried the operation out. Of any other
     *   [Exception] only the class is shown.
     */
    public suspend fun carryOut(operation: StoreOperation): String

    public companion object {
        /** A store that blocks its thread, which is one of [Dispatchers.IO]. */
        @JvmStatic
        public fun blocking(store: BlockingStore): Store =
            Store { operation -> withContext(Dispatchers.IO) { store.carryOut(operation) } }
    }
}

/** A [Store] that blocks: for Java, and for databases without coroutines. See [Store.blocking]. */
public fun interface BlockingStore {
    /** [Store.carryOut] */
    @Throws(Exception::class)
    public fun carryOut(operation: StoreOperation): String
}

/** What a store is to do. */
public class StoreOperation(
    /** The operation's name, such as `open`: which of [StoreSql.sqliteOperations] carry it out. */
    public val op: String,
    /** The operation as JSON: the one parameter of every statement. It holds no secret. */
    public val document: String,
) {
    override fun toString(): String = "StoreOperation($op)"
}

/** Why a store could not carry an operation out, or may have. */
public class StoreFailure
    @JvmOverloads
    constructor(
        /** The database's own words, without secrets: they are shown in errors. */
        public val detail: String,
        cause: Throwable? = null,
    ) : IOException(detail, cause)
