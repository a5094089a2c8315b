package com.stablevps.testing

import com.stablevps.Clock
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.test.TestCoroutineScheduler
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import kotlin.time.Duration

/**
 * Time that passes only while a coroutine sleeps. Within `runTest` it is the test's own virtual time;
 * elsewhere it jumps to the sleeper that is due next.
 */
internal class Timeline(
    private var base: Long,
) : Clock {
    private class Due(
        val at: Long,
        val reached: CompletableDeferred<Unit> = CompletableDeferred(),
    )

    private val sleepers = mutableListOf<Due>()
    private val limits = mutableListOf<Due>()
    private var scheduler: TestCoroutineScheduler? = null

    @Synchronized
    override fun now(): Long = base + (scheduler?.currentTime ?: 0)

    override fun monotonic(): Long = now()

    override suspend fun sleep(duration: Duration) {
        if (isTest()) {
            delay(duration)
            return
        }
        val due = begin(sleepers, duration)
        try {
            do {
                // Coroutines that have something to do at this time do it first.
                yield()
            } while (!isNext(due))
        } finally {
            end(sleepers, due)
        }
    }

    /** A limit is reached when time passes it. It advances no time by itself. */
    override suspend fun <T> within(
        duration: Duration,
        block: suspend () -> T,
    ): T? {
        if (isTest()) {
            return withTimeoutOrNull(duration) { block() }
        }
        val due = begin(limits, duration)
        try {
            return coroutineScope {
                val work = async { block() }
                select {
                    work.onAwait { it }
                    due.reached.onAwait {
                        work.cancel()
                        null
                    }
                }
            }
        } finally {
            end(limits, due)
        }
    }

    /** Advances time. */
    @Synchronized
    fun advance(duration: Duration) {
        base += duration.inWholeMilliseconds
        limits.filter { it.at <= now() }.forEach { it.reached.complete(Unit) }
    }

    private suspend fun isTest(): Boolean {
        val testing = currentCoroutineContext()[TestCoroutineScheduler] ?: return false
        adopt(testing)
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
    private fun begin(
        all: MutableList<Due>,
        duration: Duration,
    ): Due = Due(now() + duration.inWholeMilliseconds).also(all::add)

    @Synchronized
    private fun isNext(due: Due): Boolean {
        if (sleepers.minBy { it.at } !== due && due.at > now()) {
            return false
        }
        base += maxOf(0, due.at - now())
        limits.filter { it.at <= now() }.forEach { it.reached.complete(Unit) }
        return true
    }

    @Synchronized
    private fun end(
        all: MutableList<Due>,
        due: Due,
    ) {
        all.remove(due)
    }
}
