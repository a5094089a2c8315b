package com.stablevps.examples.bot.support

import com.stablevps.Clock
import com.stablevps.examples.bot.main
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.withContext
import kotlin.time.Duration

/** How many of its milliseconds a real one has. */
internal const val RATE = 20

private const val BEGINNING = 1_767_225_600_000

/** Runs fast, and alike in every process, so that nobody waits minutes for the lease of a process that was killed. */
internal object QuickClock : Clock {
    override fun now(): Long = BEGINNING + (System.currentTimeMillis() - BEGINNING) * RATE

    override fun monotonic(): Long = System.nanoTime() / (1_000_000 / RATE)

    override suspend fun sleep(duration: Duration) =
        withContext(Dispatchers.Default) { delay(duration / RATE) }
}

internal fun main(arguments: Array<String>) = main(arguments, QuickClock)
