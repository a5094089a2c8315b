package com.stablevps

import kotlinx.coroutines.sync.Mutex
import kotlin.time.Duration

/** Whose purchases take turns: an account of the service, or of one that is simulated. */
internal data class QueuedAccount(
    private val name: String,
    private val world: String?,
)

/**
 * A place in an account's queue. One purchase of an account runs at a time, from checking the wallet until
 * its VPS is known, because a listing can't tell two purchases apart. The queue covers one process.
 */
internal class Turn(
    private val account: QueuedAccount,
) {
    private val queue = enter(account)

    /** Whether the turn has come. */
    @Volatile
    var hasCome: Boolean = false
        private set

    /** Waits for the turn; `false` when that takes longer than allowed. */
    suspend fun comesWithin(
        time: Duration,
        clock: Clock,
    ): Boolean {
        clock.within(time) {
            queue.lock()
            // The lock may be granted in the moment in which the time is over: it is held then.
            hasCome = true
        }
        return hasCome
    }

    /** Leaves the queue, and gives the turn to the next purchase. */
    fun end() {
        if (hasCome) {
            queue.unlock()
        }
        leave(account)
    }

    private class Queue {
        val lock = Mutex()
        var members = 0
    }

    private companion object {
        private val queues = HashMap<QueuedAccount, Queue>()

        fun enter(account: QueuedAccount): Mutex =
            synchronized(queues) {
                val queue = queues.getOrPut(account) { Queue() }
                queue.members++
                queue.lock
            }

        fun leave(account: QueuedAccount) {
            synchronized(queues) {
                val queue = queues.getValue(account)
                queue.members--
                if (queue.members == 0) {
                    queues.remove(account)
                }
            }
        }
    }
}
