package com.stablevps

import com.stablevps.internal.ffi.Request
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.sync.withLock
import java.util.concurrent.ConcurrentSkipListMap
import java.util.concurrent.atomic.AtomicBoolean
import com.stablevps.internal.ffi.Batch as CoreBatch

/**
 * Orders that are bought together: [VpsResource.provisionMany].
 *
 * Orders of an account go one at a time; the waiting for their VPS is done together.
 */
public class PurchaseBatch internal constructor(
    private val session: Session,
    private val orders: Flow<PurchaseOrder>,
    private val options: BatchOptions,
    private val onProgress: (suspend (BatchProgress) -> Unit)?,
) {
    private val isBegun = AtomicBoolean()
    private val open = ConcurrentSkipListMap<Int, OpenPurchase>()
    private val telling = Mutex()

    @Volatile
    private var latest: BatchProgress? = null

    /**
     * Buys, and gives how each order ended, as soon as it has. It can be collected once, or it would buy twice.
     *
     * The next order is taken from its source when fewer than [BatchOptions.atOnce] are under way, and one is under way until
     * its result was collected. Whoever stops collecting ends the waiting, never a VPS: [tokens] has what is left.
     *
     * @throws InvalidInputException for options that can't be met, before anything is sent.
     * @throws ClientClosedException once the client is closed; [tokens] has what is left.
     */
    public val results: Flow<BatchResult> = ended().onEach { handOut(it) }

    /** The purchases that were begun and whose results were not collected, in the order of their orders. */
    public val tokens: List<OpenPurchase> get() = open.values.toList()

    /** How far all of them are; `null` before the first has begun. */
    public val progress: BatchProgress? get() = latest

    /** The results, each of which is [handed out][handOut] by whoever collects them. */
    internal fun ended(): Flow<BatchResult> =
        flow {
            check(isBegun.compareAndSet(false, true)) { "orders can't be bought twice" }
            session.batch(options).use { batch ->
                try {
                    emitAll(bought(batch))
                } finally {
                    latest = session.progress(batch)
                }
            }
        }

    /** The result is the caller's now. */
    internal fun handOut(result: BatchResult) {
        open -= result.index
    }

    private fun bought(batch: CoreBatch): Flow<BatchResult> =
        channelFlow {
            val places = Semaphore(batch.atOnce().toInt())
            var next = 0
            // An order is taken from its source once there is a place for it.
            places.acquire()
            orders.collect { order ->
                val index = next++
                launch {
                    try {
                        send(bought(batch, index, order))
                    } finally {
                        places.release()
                    }
                }
                places.acquire()
            }
        }.buffer(Channel.RENDEZVOUS)

    private suspend fun bought(
        batch: CoreBatch,
        index: Int,
        order: PurchaseOrder,
    ): BatchResult {
        val seat =
            Seat(batch) { token ->
                if (token == null) open -= index else open[index] = OpenPurchase(index, order, token)
            }
        return try {
            val result = session.purchase(LABEL, { told(seat, it) }, seat) { order.request(session) }
            BatchResult(index, order, result, error = null)
        } catch (failed: ProgressFailed) {
            throw failed.cause
        } catch (error: StableVpsException) {
            seat.leave(error.token)
            BatchResult(index, order, result = null, error)
        }
    }

    private suspend fun told(
        seat: Seat,
        progress: Progress,
    ) {
        progress.token?.let(seat.leave)
        val all = native { session.progress(seat.batch) }
        latest = all
        if (onProgress == null) return
        try {
            // One after the other: several purchases go on at the same time.
            telling.withLock { onProgress.invoke(all) }
        } catch (failure: StableVpsException) {
            throw ProgressFailed(failure)
        }
    }

    private companion object {
        const val LABEL = "vps.provisionMany"
    }
}

/** What hears of the progress threw an error of this package. It is not how a purchase ended. */
private class ProgressFailed(
    override val cause: StableVpsException,
) : Exception(cause)

/** A purchase's place among those that are bought together. */
internal class Seat(
    val batch: CoreBatch,
    /** Takes the latest token of the purchase; `null` where there is nothing to take up. */
    val leave: (String?) -> Unit,
)

internal fun PurchaseOrder.request(session: Session): Request {
    val recording = session.recording(options.idempotencyKey, options.whenHeld)
    return Request.Provision(planId.value, billingCycle.value, location.value, options.toCore(), recording)
}
