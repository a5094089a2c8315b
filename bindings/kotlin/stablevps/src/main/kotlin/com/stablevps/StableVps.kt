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
 * One client serves any number of calls at once, from any thread. Cancelling a coroutine ends its call
 * with the usual `CancellationException`.
 *
 * @param apiKey the API key; `null` for none, which only [Keys.create] does without.
 * @throws InvalidInputException for a key or an address that can't be used: at once on the JVM, and from
 *   the first call on Android, where the core is not loaded in the thread that draws.
 */
public class StableVps
    @JvmOverloads
    constructor(
        apiKey: String?,
        options: StableVpsOptions = StableVpsOptions(),
    ) : Closeable {
        /** With a key that came as a [Secret], such as a new one. */
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

        /** The account. */
        public val account: AccountResource = AccountResource(session)

        /** The wallet. */
        public val wallet: WalletResource = WalletResource(session)

        /** The same client for callers that block, above all in Java. */
        public fun blocking(): StableVpsBlocking = StableVpsBlocking(this)

        /**
         * Lets go of connections and of the core. Calls that are under way send nothing more: they end with
         * their reply, or with an [IllegalStateException]. A purchase can be resumed from its last token.
         */
        override fun close(): Unit = session.close()
    }
