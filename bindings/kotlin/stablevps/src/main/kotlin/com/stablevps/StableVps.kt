package com.stablevps

import java.io.Closeable

/**
 * The STABLEVPS API.
 *
 * ```kotlin
 * StableVps(apiKey = key).use { client ->
 *     val bought = client.vps.provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON)
 *     println(bought.vps.ipAddress)
 * }
 * ```
 *
 * A client serves any number of calls at once, from any thread. Cancelling a coroutine ends its call with
 * a `CancellationException`.
 *
 * @param apiKey the API key; `null` for none, which is enough for [Keys.create].
 * @throws InvalidInputException for a key or an address that can't be used: from the constructor on the
 *   JVM, and from the first call on Android, where the core is not loaded in the main thread.
 */
public class StableVps
    @JvmOverloads
    constructor(
        apiKey: String?,
        options: StableVpsOptions = StableVpsOptions(),
    ) : Closeable {
        /** A client with a key that is a [Secret], such as a newly created one. */
        @JvmOverloads
        public constructor(
            apiKey: Secret,
            options: StableVpsOptions = StableVpsOptions(),
        ) : this(apiKey.reveal(), options)

        private val session = Session(apiKey, options)

        /** API keys. */
        public val keys: Keys = Keys(session)

        /** VPS. */
        public val vps: VpsResource = VpsResource(session)

        /** The purchases that its store has recorded. */
        public val purchases: PurchasesResource = PurchasesResource(session)

        /** The account. */
        public val account: AccountResource = AccountResource(session)

        /** The wallet. */
        public val wallet: WalletResource = WalletResource(session)

        /** The same client for callers that block, such as Java. */
        public fun blocking(): StableVpsBlocking = StableVpsBlocking(this)

        /**
         * Closes the client's connections and threads, and frees its memory. Calls and purchases that wait
         * end at once with a [ClientClosedException], which has the purchase's token. A request that is
         * under way gets its reply, for as long as its time limit allows; nothing is sent after it.
         */
        override fun close(): Unit = session.close()
    }
