package com.stablevps.testing

import com.stablevps.Clock
import com.stablevps.InternalStableVpsApi
import com.stablevps.Simulated
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.select
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
        val reached: CompletableDeferred<Unit> = CompletableDeferred(),
    )

    private val sleepers = mutableListOf<Due>()
    private val limits = mutableListOf<Due>()
    private var scheduler: TestCoroutineScheduler? = null

    /** How much of the user's own code is running. */
    private val outside = MutableStateFlow(0)

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

    /**
     * A limit is reached when time passes it. It advances no time by itself, except within `runTest`, which
     * goes on to the limit when there is nothing else to do.
     */
    override suspend fun <T> within(
        duration: Duration,
        block: suspend () -> T,
    ): T? {
        val isTest = isTest()
        val due = begin(limits, duration)
        try {
            return coroutineScope {
                val work = async { block() }
                val timer = launch { if (isTest) reach(due) }
                select {
                    work.onAwait { it }
                    due.reached.onAwait {
                        work.cancel()
                        null
                    }
                }.also { timer.cancel() }
            }
        } finally {
            end(limits, due)
        }
    }

    /** Lets the test's time go on to a limit, but not while the user's own code is running. */
    private suspend fun reach(limit: Due) {
        do {
            outside.first { it == 0 }
            val left = (limit.at - now()).milliseconds
        } while (withTimeoutOrNull(left) { outside.first { it > 0 } } != null)
        limit.reached.complete(Unit)
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
        limits.filter { it.at <= now() }.forEach { it.reached.complete(Unit) }
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
