package com.stablevps

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.withContext
import kotlin.time.Duration

/** Tells the time and waits: the machine's own clock, or a virtual one in tests. */
public interface Clock {
    /** The time of day in epoch milliseconds: only written down. */
    public fun now(): Long

    /** Milliseconds of a clock that nobody sets, from 0 up: all waits and limits are measured by it. */
    public fun monotonic(): Long

    /** Waits that long. Only cancelling the coroutine ends it early. */
    public suspend fun sleep(duration: Duration)

    public companion object {
        /** The machine's own clock. It waits in real time, even within `runTest`. */
        @JvmField
        public val SYSTEM: Clock =
            object : Clock {
                private val began = System.nanoTime()

                override fun now(): Long = System.currentTimeMillis()

                override fun monotonic(): Long = (System.nanoTime() - began) / 1_000_000

                // The caller's dispatcher may skip delays, and this clock would not notice.
                override suspend fun sleep(duration: Duration) =
                    withContext(Dispatchers.Default) { delay(duration) }
            }
    }
}

/** The monotonic clock as the core takes it. */
internal fun Clock.instant(): ULong = monotonic().coerceAtLeast(0).toULong()
