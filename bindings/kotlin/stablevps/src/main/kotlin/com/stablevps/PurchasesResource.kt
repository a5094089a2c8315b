package com.stablevps

import com.stablevps.internal.ffi.Find
import com.stablevps.internal.ffi.Output
import com.stablevps.internal.ffi.Request
import kotlinx.coroutines.flow.Flow

/** The purchases that the client's store has recorded: [StableVps.purchases]. */
public class PurchasesResource internal constructor(
    private val session: Session,
) {
    /**
     * Lists the purchases of the account, the oldest first.
     *
     * @param openOnly whether to leave out those that have ended.
     * @throws InvalidInputException The client has no store.
     * @throws StoreException The store failed.
     */
    public suspend fun list(
        openOnly: Boolean = false,
        options: CallOptions = CallOptions(),
    ): List<PurchaseRecord> =
        session.question("purchases.list", Request.ListPurchases(openOnly), options) { output ->
            (output as Output.Purchases).v1.map { it.read() }
        }

    /** The purchase of that idempotency key; `null` where there is none. Fails as [list] does. */
    public suspend fun get(
        idempotencyKey: String,
        options: CallOptions = CallOptions(),
    ): PurchaseRecord? =
        session.question("purchases.get", Request.GetPurchase(idempotencyKey), options) { output ->
            (output as Output.Purchase).v1?.read()
        }

    /**
     * Takes up the purchase of that idempotency key, and waits for its end. One that was not ordered is not begun again:
     * call [VpsResource.provision] with its key for that.
     *
     * @param onProgress as of [VpsResource.provision], whose exceptions this throws, too.
     * @throws InvalidInputException The store does not know the key, or the client has no store.
     */
    public suspend fun resume(
        idempotencyKey: String,
        options: RecordedOptions = RecordedOptions(),
        onProgress: (suspend (Progress) -> Unit)? = null,
    ): Provisioned = resume("purchases.resume", Find.Key(idempotencyKey), options, onProgress)

    /** [resume] as a flow of its progress, as [VpsResource.provisionFlow]. */
    public fun resumeFlow(
        idempotencyKey: String,
        options: RecordedOptions = RecordedOptions(),
    ): Flow<PurchaseEvent> = events { resume(idempotencyKey, options, it) }

    /**
     * Takes up every purchase that has not ended, one after the other, the oldest first: what a program does when it
     * starts. One that was not ordered is left as it is.
     *
     * How a single purchase ends is no exception of this call, which fails as [list] does.
     */
    public suspend fun resumeAll(options: RecordedOptions = RecordedOptions()): List<ResumedPurchase> =
        list(openOnly = true)
            .filter { it.state != PurchaseState.NOT_ORDERED }
            .map { resumed(it, options) }

    /**
     * Deletes what is known of a purchase that has ended, or that ordered nothing and that nobody is at work on. Its key
     * stays used, and its VPS stays known as bought.
     *
     * @throws InvalidInputException There is no such purchase, it has not ended, or the client has no store.
     * @throws StoreException The store failed.
     */
    public suspend fun forget(
        idempotencyKey: String,
        options: CallOptions = CallOptions(),
    ): Unit = session.question("purchases.forget", Request.ForgetPurchase(idempotencyKey), options) {}

    private suspend fun resumed(
        record: PurchaseRecord,
        options: RecordedOptions,
    ): ResumedPurchase =
        try {
            val result = resume("purchases.resumeAll", Find.Id(record.id), options, onProgress = null)
            ResumedPurchase(record, result, error = null)
        } catch (error: StableVpsException) {
            ResumedPurchase(record, result = null, error)
        }

    private suspend fun resume(
        label: String,
        find: Find,
        options: RecordedOptions,
        onProgress: (suspend (Progress) -> Unit)?,
    ): Provisioned {
        session.checkStore()
        return session.purchase(label, onProgress) {
            Request.ResumeRecorded(find, options.whenHeld.toCore(), options.timeout?.toMillis())
        }
    }
}
