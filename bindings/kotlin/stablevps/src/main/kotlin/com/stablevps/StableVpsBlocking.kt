package com.stablevps

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.future.future
import kotlinx.coroutines.runBlocking
import java.io.Closeable
import java.util.concurrent.CompletableFuture

/**
 * The STABLEVPS API for callers that block, above all in Java.
 *
 * ```java
 * try (StableVpsBlocking client = new StableVpsBlocking(key)) {
 *     Provisioned bought = client.getVps().provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON);
 * }
 * ```
 *
 * Every method blocks its thread; interrupting the thread ends the call with an
 * [InterruptedException]. Those named `...Async` give a [CompletableFuture], and cancelling that ends
 * the call. Purchases end the wait alone by that, never the VPS.
 */
public class StableVpsBlocking internal constructor(
    private val client: StableVps,
) : Closeable {
    /** A client with that key; `null` for none. */
    @JvmOverloads
    public constructor(
        apiKey: String?,
        options: StableVpsOptions = StableVpsOptions(),
    ) : this(StableVps(apiKey, options))

    private val caller = Caller()

    /** API keys. */
    public val keys: BlockingKeys = BlockingKeys(client.keys, caller)

    /** VPS. */
    public val vps: BlockingVps = BlockingVps(client.vps, caller)

    /** The account. */
    public val account: BlockingAccount = BlockingAccount(client.account, caller)

    /** The wallet. */
    public val wallet: BlockingWallet = BlockingWallet(client.wallet, caller)

    /** [StableVps.close]; futures that are under way are cancelled. */
    override fun close() {
        caller.close()
        client.close()
    }
}

/** How suspending calls are made from outside of coroutines. */
internal class Caller : Closeable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    fun <T> wait(call: suspend () -> T): T = runBlocking { call() }

    fun <T> begin(call: suspend () -> T): CompletableFuture<T> = scope.future { call() }

    override fun close() = scope.cancel()
}

/** The account, blocking: [StableVpsBlocking.account]. */
public class BlockingAccount internal constructor(
    private val account: AccountResource,
    private val caller: Caller,
) {
    /** [AccountResource.get] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun get(options: CallOptions = CallOptions()): Account = caller.wait { account.get(options) }

    /** [AccountResource.get] */
    @JvmOverloads
    public fun getAsync(options: CallOptions = CallOptions()): CompletableFuture<Account> =
        caller.begin { account.get(options) }
}

/** The wallet, blocking: [StableVpsBlocking.wallet]. */
public class BlockingWallet internal constructor(
    private val wallet: WalletResource,
    private val caller: Caller,
) {
    /** [WalletResource.get] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun get(options: CallOptions = CallOptions()): Wallet = caller.wait { wallet.get(options) }

    /** [WalletResource.get] */
    @JvmOverloads
    public fun getAsync(options: CallOptions = CallOptions()): CompletableFuture<Wallet> =
        caller.begin { wallet.get(options) }
}
