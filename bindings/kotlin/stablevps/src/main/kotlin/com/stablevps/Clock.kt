package com.stablevps

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/** Tells the time and waits: the machine's own clock, or a virtual one in tests. */
public interface Clock {
    /** Epoch milliseconds. */
    public fun now(): Long

    /** Waits that long. Only cancelling the coroutine ends it early. */
    public suspend fun sleep(duration: Duration)

    /** Runs [block] for that long at most; `null` when it took longer. */
    public suspend fun <T> within(
        duration: Duration,
        block: suspend () -> T,
    ): T? = withTimeoutOrNull(duration) { block() }

    public companion object {
        /** The machine's own clock. It waits in real time, even within `runTest`. */
        @JvmField
        public val SYSTEM: Clock =
            object : Clock {
                override fun now(): Long = System.currentTimeMillis()

                // The caller's dispatcher may skip delays, and this clock would not notice.
                override suspend fun sleep(duration: Duration) =
                    withContext(Dispatchers.Default) { delay(duration) }

                override suspend fun <T> within(
                    duration: Duration,
                    block: suspend () -> T,
                ): T? = withContext(Dispatchers.Default) { withTimeoutOrNull(duration) { block() } }
            }
    }
}
