package com.stablevps

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.future.future
import kotlinx.coroutines.runBlocking
import java.io.Closeable
import java.util.concurrent.CompletableFuture

/**
 * The STABLEVPS API for callers that block, such as Java.
 *
 * ```java
 * try (StableVpsBlocking client = new StableVpsBlocking(key)) {
 *     Provisioned bought = client.getVps().provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON);
 * }
 * ```
 *
 * Every method blocks its thread; interrupting the thread ends the call with an
 * [InterruptedException]. Methods named `...Async` return a [CompletableFuture]; cancelling it ends the
 * call. Either way the call ends, never the VPS that it bought.
 *
 * `onProgress` is called in the thread that drives the purchase, and the purchase waits for it.
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

    /** The purchases that its store has recorded. */
    public val purchases: BlockingPurchases = BlockingPurchases(client.purchases, caller)

    /** The account. */
    public val account: BlockingAccount = BlockingAccount(client.account, caller)

    /** The wallet. */
    public val wallet: BlockingWallet = BlockingWallet(client.wallet, caller)

    /** [StableVps.close]. Futures that are under way end with a [ClientClosedException], too. */
    override fun close(): Unit = client.close()
}

/** Makes suspending calls from outside of coroutines. */
internal class Caller {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    fun <T> wait(call: suspend () -> T): T = runBlocking { call() }

    fun <T> begin(call: suspend () -> T): CompletableFuture<T> = scope.future { call() }
}
