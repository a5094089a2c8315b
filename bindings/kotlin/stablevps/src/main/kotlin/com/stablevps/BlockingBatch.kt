package com.stablevps

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.getOrElse
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.produceIn
import kotlinx.coroutines.runBlocking
import java.io.Closeable

/**
 * Orders that are bought together, for callers that block: the results of [VpsResource.provisionMany].
 *
 * ```java
 * try (BlockingBatch batch = client.getVps().provisionMany(orders, new BatchOptions().withMaxSpend(limit))) {
 *     for (BatchResult one : batch) System.out.println(one);
 * }
 * ```
 *
 * Buying begins when it is asked for the first result, in threads of its own, and [close] ends it. Interrupting the thread
 * that asks ends the loop, and the thread stays interrupted.
 */
public class BlockingBatch internal constructor(
    private val batch: PurchaseBatch,
) : Iterator<BatchResult>,
    Iterable<BatchResult>,
    Closeable {
    private val job: Job = SupervisorJob()
    private val results =
        lazy {
            batch.ended().buffer(Channel.RENDEZVOUS).produceIn(CoroutineScope(job + Dispatchers.Default))
        }
    private var result: BatchResult? = null

    /** [PurchaseBatch.tokens]. It is complete once the batch is closed. */
    public val tokens: List<OpenPurchase> get() = batch.tokens

    /** [PurchaseBatch.progress] */
    public val progress: BatchProgress? get() = batch.progress

    /**
     * Waits for the next result. `false` once all were given, the batch is closed, or the thread is interrupted; asked again
     * after an interruption, it goes on.
     */
    @Synchronized
    override fun hasNext(): Boolean {
        if (job.isCancelled) return false
        try {
            runBlocking { result = result ?: received() }
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
        return result != null
    }

    private suspend fun received(): BatchResult? =
        results.value.receiveCatching().getOrElse { failure ->
            if (failure != null && !job.isCancelled) throw failure
            null
        }

    override fun next(): BatchResult {
        if (!hasNext()) throw NoSuchElementException("there are no more results")
        return result!!.also {
            result = null
            batch.handOut(it)
        }
    }

    /** Itself: its results are given once. */
    override fun iterator(): Iterator<BatchResult> = this

    /** Ends the waiting, never a VPS: [tokens] has what is left. */
    override fun close() {
        val wasInterrupted = Thread.interrupted()
        job.cancel()
        try {
            runBlocking { job.join() }
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
        if (wasInterrupted) Thread.currentThread().interrupt()
    }
}
