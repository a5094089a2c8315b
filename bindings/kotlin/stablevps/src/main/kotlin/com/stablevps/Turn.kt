package com.stablevps

import kotlinx.coroutines.sync.Mutex
import kotlin.time.Duration

/**
 * A place in an account's queue. One purchase of an account goes at a time, from its first look at the
 * wallet until the order's reply is there: listing can't tell two apart. It covers one process.
 */
internal class Turn(
    private val account: String,
) {
    private val queue = enter(account)

    /** Whether it is this one's turn. */
    @Volatile
    var hasCome: Boolean = false
        private set

    /** Waits until it is this one's turn; `false` where that takes longer than allowed. */
    suspend fun comesWithin(
        time: Duration,
        clock: Clock,
    ): Boolean {
        clock.within(time) {
            queue.lock()
            // Handed over is handed over, even to one whose time is over at that moment.
            hasCome = true
        }
        return hasCome
    }

    /** Lets the next one go on. */
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
        private val queues = HashMap<String, Queue>()

        fun enter(account: String): Mutex =
            synchronized(queues) {
                val queue = queues.getOrPut(account) { Queue() }
                queue.members++
                queue.lock
            }

        fun leave(account: String) {
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
