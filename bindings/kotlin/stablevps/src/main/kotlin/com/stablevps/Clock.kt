package com.stablevps

import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/** Whatever tells the time and waits: the machine's own clock, or a virtual one in tests. */
public interface Clock {
    /** Epoch milliseconds. */
    public fun now(): Long

    /** Waits that long; ends early only with the coroutine. */
    public suspend fun sleep(duration: Duration)

    /** Does something for that long at most; `null` where it took longer. */
    public suspend fun <T> within(
        duration: Duration,
        block: suspend () -> T,
    ): T? = withTimeoutOrNull(duration) { block() }

    public companion object {
        /** The machine's own clock. Its waits are `delay`s. */
        @JvmField
        public val SYSTEM: Clock =
            object : Clock {
                override fun now(): Long = System.currentTimeMillis()

                override suspend fun sleep(duration: Duration) = delay(duration)
            }
    }
}
