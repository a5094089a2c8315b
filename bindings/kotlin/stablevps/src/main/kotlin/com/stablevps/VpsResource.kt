package com.stablevps

import com.stablevps.internal.ffi.Output
import com.stablevps.internal.ffi.Request
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow

/** VPS: [StableVps.vps]. */
public class VpsResource internal constructor(
    private val session: Session,
) {
    /** Lists the VPS of the account (`GET /vps`), without passwords. */
    public suspend fun list(options: CallOptions = CallOptions()): List<Vps> =
        session.call("vps.list", Request.ListVps, options) { output ->
            (output as Output.VpsList).v1.map { it.read() }
        }

    /** One VPS with all its details (`GET /vps/:id`), the RDP password included. */
    public suspend fun get(
        id: String,
        options: CallOptions = CallOptions(),
    ): VpsDetails =
        session.call("vps.get", Request.GetVps(id), options) { (it as Output.VpsDetails).v1.read() }

    /**
     * Orders a VPS and charges the wallet (`POST /vps`), without waiting for it.
     *
     * [provision] is the safer way. Here a lost reply ends in [OutcomeUnknownException], and the caller
     * has to find out whether a VPS was bought.
     */
    public suspend fun create(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: CallOptions = CallOptions(),
    ): Order {
        val request = Request.CreateVps(planId.value, billingCycle.value, location.value)
        return session.call("vps.create", request, options) { (it as Output.Order).v1.read() }
    }

    /** Deletes a VPS for good (`DELETE /vps/:id`). Nothing is refunded. */
    public suspend fun delete(
        id: String,
        options: CallOptions = CallOptions(),
    ): DeletedVps =
        session.call("vps.delete", Request.DeleteVps(id), options) { (it as Output.DeletedVps).v1.read() }

    /** Switches a VPS on (`POST /vps/:id/actions`). */
    public suspend fun start(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = session.call("vps.start", Request.StartVps(id), options, ::receipt)

    /** Switches a VPS off (`POST /vps/:id/actions`). */
    public suspend fun stop(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = session.call("vps.stop", Request.StopVps(id), options, ::receipt)

    /**
     * Restarts a VPS (`POST /vps/:id/actions`). A lost reply is never repeated: it ends in
     * [OutcomeUnknownException].
     */
    public suspend fun reboot(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = session.call("vps.reboot", Request.RebootVps(id), options, ::receipt)

    /**
     * Buys one VPS, exactly one, and waits until it can be used.
     *
     * Cancelling ends the wait, never the VPS: [resume] continues from the last [Progress.token].
     *
     * @param onProgress called before every request and every wait, in the caller's own coroutine. The
     *   purchase waits for it: the order is sent only after it returned from [Phase.ORDERING], so it
     *   should store the token.
     * @throws InsufficientFundsException The wallet does not hold enough; nothing was bought.
     * @throws OverBudgetException The price is above `maxSpend`; nothing was ordered.
     * @throws NotPlacedException The order's reply was lost, and nothing was bought.
     * @throws UnresolvedException The order's reply was lost, and a person must look.
     * @throws ProvisioningFailedException Bought, but suspended or terminated.
     * @throws DeadlineExceededException Not usable in time; the exception carries a token.
     * @throws PurchaseInProgressException The purchase of that idempotency key goes on elsewhere.
     * @throws IdempotencyMismatchException The idempotency key belongs to another order.
     * @throws StoreException The store failed; nothing was ordered, unless the exception carries a token.
     */
    public suspend fun provision(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: ProvisionOptions = ProvisionOptions(),
        onProgress: (suspend (Progress) -> Unit)? = null,
    ): Provisioned =
        session.purchase("vps.provision", onProgress) {
            PurchaseOrder(planId, billingCycle, location, options).request(session)
        }

    /**
     * [provision] as a flow of its progress, which ends with the result. Collecting it buys; collecting
     * it a second time is refused, so that it never buys twice.
     *
     * The purchase continues only as fast as its progress is collected: the order is sent after the
     * collector has handled the progress of [Phase.ORDERING]. An operator that buffers undoes that.
     */
    public fun provisionFlow(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: ProvisionOptions = ProvisionOptions(),
    ): Flow<PurchaseEvent> = events { provision(planId, billingCycle, location, options, it) }

    /**
     * Buys many VPS, each exactly once, and waits for all of them together. Collecting [PurchaseBatch.results] buys, and gives
     * how each order ended as soon as it has; one that fails does not end the others.
     *
     * @param orders is taken from only as fast as orders are placed.
     * @param onProgress called with how far all of them are, at every step of each of them, which waits for it.
     */
    public fun provisionMany(
        orders: Iterable<PurchaseOrder>,
        options: BatchOptions = BatchOptions(),
        onProgress: (suspend (BatchProgress) -> Unit)? = null,
    ): PurchaseBatch = provisionMany(orders.asFlow(), options, onProgress)

    /** The same for orders that come one by one. */
    public fun provisionMany(
        orders: Flow<PurchaseOrder>,
        options: BatchOptions = BatchOptions(),
        onProgress: (suspend (BatchProgress) -> Unit)? = null,
    ): PurchaseBatch = PurchaseBatch(session, orders, options, onProgress)

    /**
     * Continues a purchase from its token, which may come from any of the languages. The time allowed
     * begins anew. A token from the moment in which the order may have been sent never leads to a second
     * order.
     *
     * @throws StaleTokenException for a token of another account or server.
     */
    public suspend fun resume(
        token: String,
        options: ResumeOptions = ResumeOptions(),
        onProgress: (suspend (Progress) -> Unit)? = null,
    ): Provisioned =
        session.purchase("vps.resume", onProgress) {
            Request.Resume(token, options.anyKey, options.timeout?.toMillis())
        }

    /** [resume] as a flow of its progress, as [provisionFlow]. */
    public fun resumeFlow(
        token: String,
        options: ResumeOptions = ResumeOptions(),
    ): Flow<PurchaseEvent> = events { resume(token, options, it) }

    /** Waits until a VPS that was bought elsewhere can be used. Its first look is at once. */
    public suspend fun waitUntilReady(
        id: String,
        options: WaitOptions = WaitOptions(),
        onProgress: (suspend (Progress) -> Unit)? = null,
    ): Provisioned =
        session.purchase("vps.waitUntilReady", onProgress) {
            Request.WaitUntilReady(id, options.toCore())
        }

    /**
     * Watches the VPS of the account: a flow of what changes, as a rule without an end. It looks once a minute, tells each
     * change, and reboots VPS that hang where [WatchOptions.reboot] asks for that.
     *
     * Each collection is a watch of its own. It looks only while its events are collected, and cancelling the collector ends
     * it at once. Options that can't be met end it with an [InvalidInputException] before anything is sent.
     *
     * @throws UnauthorizedException when the service has refused the key twice in a row. All other failures are waited out.
     */
    public fun watch(options: WatchOptions = WatchOptions()): Flow<WatchEvent> =
        watching { session.watch(options) }

    internal suspend fun beginWatch(options: WatchOptions): WatchRun = session.watch(options)

    private fun receipt(output: Output): ActionReceipt = (output as Output.ActionReceipt).v1.read()
}
