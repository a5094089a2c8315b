package com.stablevps

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.runBlocking
import java.io.Closeable

/**
 * A watch for callers that block: the events of [VpsResource.watch], as a rule without an end.
 *
 * ```java
 * try (BlockingWatch watch = client.getVps().watch()) {
 *     for (WatchEvent event : watch) System.out.println(event);
 * }
 * ```
 *
 * It looks only while it is asked for the next event, in the thread that asks. One thread asks at a time.
 * Interrupting that thread ends the loop, and the thread stays interrupted; so does [close] from another thread. A reboot
 * that was on its way then is not sent again.
 */
public class BlockingWatch internal constructor(
    private val run: WatchRun,
) : Iterator<WatchEvent>,
    Iterable<WatchEvent>,
    Closeable {
    private val closing = Job()
    private var event: WatchEvent? = null

    /**
     * Waits for the next event. `false` once the watch is over, closed or interrupted; asked again after an
     * interruption, it goes on.
     *
     * @throws UnauthorizedException when the service has refused the key twice in a row.
     */
    @Synchronized
    override fun hasNext(): Boolean {
        if (closing.isCompleted) return false
        try {
            runBlocking { event = event ?: advanced() }
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
        if (closing.isCompleted) end()
        return event != null
    }

    override fun next(): WatchEvent {
        if (!hasNext()) throw NoSuchElementException("the watch is over")
        return event!!.also { event = null }
    }

    private suspend fun advanced(): WatchEvent? =
        try {
            untilEnded(closing) {
                // Kept at once: who is interrupted now does not lose it.
                run.next().also { event = it }
            }
        } catch (ended: CancellationException) {
            currentCoroutineContext().ensureActive()
            if (closing.isCompleted) null else throw ended
        }

    /** Itself: its events are given once. */
    override fun iterator(): Iterator<WatchEvent> = this

    /** Ends the watch, at once. */
    override fun close() {
        closing.complete()
        synchronized(this) { end() }
    }

    private fun end() {
        event = null
        run.close()
    }
}
