package com.stablevps.testing

import com.stablevps.Clock
import com.stablevps.InternalStableVpsApi
import com.stablevps.Simulated
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.test.TestCoroutineScheduler
import kotlinx.coroutines.test.TestDispatcher
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import kotlin.coroutines.ContinuationInterceptor
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * Time that passes only while a coroutine sleeps. Within `runTest` it is the test's own virtual time;
 * elsewhere it jumps to the sleeper that is due next.
 */
@OptIn(InternalStableVpsApi::class)
internal class Timeline(
    private var base: Long,
    override val world: String,
) : Clock,
    Simulated {
    private class Due(
        val at: Long,
        /** Whether time stands for it while the user's own code runs. */
        val rests: Boolean,
    )

    private val sleepers = mutableListOf<Due>()
    private var scheduler: TestCoroutineScheduler? = null

    /** How much of the user's own code is running. */
    private val outside = MutableStateFlow(0)

    /** How far time was advanced by hand. */
    private val advanced = MutableStateFlow(0L)

    @Synchronized
    override fun now(): Long = base + (scheduler?.currentTime ?: 0)

    override fun monotonic(): Long = now()

    override suspend fun sleep(duration: Duration) {
        if (isTest()) delay(duration) else sleep(Due(now() + duration.inWholeMilliseconds, rests = false))
    }

    override suspend fun rest(duration: Duration) {
        val due = Due(now() + duration.inWholeMilliseconds, rests = true)
        if (isTest()) reach(due) else sleep(due)
    }

    private suspend fun sleep(due: Due) {
        begin(due)
        try {
            do {
                // Coroutines that have something to do at this time do it first.
                if (due.rests && outside.value > 0) delay(1) else yield()
            } while (!isNext(due))
        } finally {
            end(due)
        }
    }

    /** Lets the test's time go on, but not while the user's own code is running. */
    private suspend fun reach(due: Due) {
        do {
            combine(outside, advanced) { busy, _ -> busy == 0 || now() >= due.at }.first { it }
            val left = (due.at - now()).milliseconds
        } while (left.isPositive() && withTimeoutOrNull(left) { outside.first { it > 0 } } != null)
    }

    override suspend fun <T> outside(block: suspend () -> T): T {
        outside.update { it + 1 }
        try {
            return block()
        } finally {
            outside.update { it - 1 }
        }
    }

    /** Advances time. */
    @Synchronized
    fun advance(duration: Duration) {
        base += duration.inWholeMilliseconds
        advanced.value += duration.inWholeMilliseconds
    }

    /** Another dispatcher within `runTest` does not use the test's time, although it has its scheduler. */
    private suspend fun isTest(): Boolean {
        val dispatcher = currentCoroutineContext()[ContinuationInterceptor] as? TestDispatcher ?: return false
        adopt(dispatcher.scheduler)
        return true
    }

    @Synchronized
    private fun adopt(testing: TestCoroutineScheduler) {
        if (scheduler !== testing) {
            base = now() - testing.currentTime
            scheduler = testing
        }
    }

    @Synchronized
    private fun begin(due: Due) {
        sleepers.add(due)
    }

    @Synchronized
    private fun isNext(due: Due): Boolean {
        val waiting = sleepers.filter { !it.rests || outside.value == 0 }
        if (due.at > now() && waiting.minByOrNull { it.at } !== due) {
            return false
        }
        base += maxOf(0, due.at - now())
        return true
    }

    @Synchronized
    private fun end(due: Due) {
        sleepers.remove(due)
    }
}
