package com.stablevps

import com.stablevps.internal.ffi.Output
import kotlinx.coroutines.flow.Flow

/** VPS: [StableVps.vps]. */
public class VpsResource internal constructor(
    private val session: Session,
) {
    /** Every VPS of the account (`GET /vps`), without passwords. */
    public suspend fun list(options: CallOptions = CallOptions()): List<Vps> =
        session.call("vps.list", options, { (it as Output.VpsList).v1.map { vps -> vps.read() } }) {
            listVpsRecords(it)
        }

    /** One VPS with all there is to know (`GET /vps/:id`), its RDP password included. */
    public suspend fun get(
        id: String,
        options: CallOptions = CallOptions(),
    ): VpsDetails =
        session.call("vps.get", options, { (it as Output.VpsDetails).v1.read() }) { getVps(id, it) }

    /**
     * Orders a VPS and charges the wallet (`POST /vps`), without waiting for it.
     *
     * [provision] is the safer way. Here a lost reply ends in [OutcomeUnknownException], and it is for
     * the caller to find out whether a VPS was bought.
     */
    public suspend fun create(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: CallOptions = CallOptions(),
    ): Order =
        session.call("vps.create", options, { (it as Output.Order).v1.read() }) {
            createVps(planId.value, billingCycle.value, location.value, it)
        }

    /** Deletes a VPS for good (`DELETE /vps/:id`). Nothing is refunded. */
    public suspend fun delete(
        id: String,
        options: CallOptions = CallOptions(),
    ): DeletedVps =
        session.call("vps.delete", options, { (it as Output.DeletedVps).v1.read() }) {
            deleteVps(id, it)
        }

    /** Switches a VPS on (`POST /vps/:id/actions`). */
    public suspend fun start(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = session.call("vps.start", options, ::receipt) { startVps(id, it) }

    /** Switches a VPS off (`POST /vps/:id/actions`). */
    public suspend fun stop(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = session.call("vps.stop", options, ::receipt) { stopVps(id, it) }

    /**
     * Restarts a VPS (`POST /vps/:id/actions`). A lost reply is never repeated: it ends in
     * [OutcomeUnknownException].
     */
    public suspend fun reboot(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = session.call("vps.reboot", options, ::receipt) { rebootVps(id, it) }

    /**
     * Buys one VPS, exactly one, and waits until it can be used.
     *
     * Cancelling ends the wait, never the VPS: [resume] goes on from the last [Progress.token].
     *
     * @param onProgress told before every request and every wait, in the caller's own coroutine. The
     *   purchase waits for it: the order is sent only after the progress of [Phase.ORDERING], whose
     *   token should be stored by then.
     * @throws InsufficientFundsException The wallet does not hold enough; nothing was ordered.
     * @throws OverBudgetException The price is above `maxSpend`; nothing was ordered.
     * @throws NotPlacedException The order's reply was lost, and nothing was bought.
     * @throws UnresolvedException The order's reply was lost, and a person must look.
     * @throws ProvisioningFailedException Bought, but suspended or terminated.
     * @throws DeadlineExceededException Not usable in time; the exception carries a token.
     */
    public suspend fun provision(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: ProvisionOptions = ProvisionOptions(),
        onProgress: (suspend (Progress) -> Unit)? = null,
    ): Provisioned =
        session.purchase("vps.provision", options.timeout, onProgress) { seed, nowMs ->
            val terms = options.toCore(seed, nowMs)
            provision(planId.value, billingCycle.value, location.value, terms)
        }

    /**
     * The same as a flow of its progress, which ends with the result. Collecting it buys; a second
     * collection is refused, so that none buys twice.
     *
     * The purchase goes on only as fast as its progress is collected: the order is sent after the
     * collector has had the progress of [Phase.ORDERING]. An operator that buffers undoes that.
     */
    public fun provisionFlow(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: ProvisionOptions = ProvisionOptions(),
    ): Flow<PurchaseEvent> = events { provision(planId, billingCycle, location, options, it) }

    /**
     * Takes a purchase up where a token left it: a token of this package or of any other language's. The
     * time allowed begins anew. A token of the moment in which the order may have been sent never leads
     * to a second order.
     *
     * @throws StaleTokenException for a token of another account or server.
     */
    public suspend fun resume(
        token: String,
        options: ResumeOptions = ResumeOptions(),
        onProgress: (suspend (Progress) -> Unit)? = null,
    ): Provisioned =
        session.purchase("vps.resume", options.timeout, onProgress) { seed, nowMs ->
            resume(token, options.anyKey, span("timeout", options.timeout), seed, nowMs)
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
        session.purchase("vps.waitUntilReady", options.timeout, onProgress) { seed, nowMs ->
            waitUntilReady(id, options.toCore(seed, nowMs))
        }

    private fun receipt(output: Output): ActionReceipt = (output as Output.ActionReceipt).v1.read()
}
