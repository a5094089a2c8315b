package com.stablevps

import okhttp3.Call
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.TimeUnit.MILLISECONDS
import java.util.concurrent.locks.LockSupport
import kotlin.concurrent.thread

/** A call with a time limit. */
internal class Deadline(
    private val call: Call,
    timeoutMs: Long,
) {
    /** When the time is over, in terms of [System.nanoTime]. */
    val at: Long = System.nanoTime() + MILLISECONDS.toNanos(timeoutMs)

    /** Whether the limit ended the call. */
    @Volatile
    var isOver: Boolean = false
        private set

    init {
        Deadlines.begin(this)
    }

    /** The call ended by itself. */
    fun end() = Deadlines.end(this)

    internal fun expire() {
        isOver = true
        // An event listener of the user's may throw, and every other call needs this thread.
        runCatching { call.cancel() }
    }
}

/**
 * Ends calls whose time is over. OkHttp's own timeouts wake a thread for every call, which costs more than
 * the rest of a short call. This thread wakes only when the earliest deadline is due.
 */
private object Deadlines {
    private const val FAR = Long.MAX_VALUE / 2

    private val open = ConcurrentHashMap.newKeySet<Deadline>()

    /** When the thread looks next. Only an earlier deadline has to wake it. */
    @Volatile
    private var nextLook = System.nanoTime() + FAR

    private val watching = thread(name = "stablevps deadlines", isDaemon = true) { watch() }

    fun begin(deadline: Deadline) {
        open.add(deadline)
        if (deadline.at - nextLook < 0) {
            LockSupport.unpark(watching)
        }
    }

    fun end(deadline: Deadline) {
        open.remove(deadline)
    }

    private fun watch() {
        while (true) {
            val now = System.nanoTime()
            // Whatever begins during this look wakes the thread again.
            nextLook = now + FAR
            var next = now + FAR
            for (deadline in open) {
                if (deadline.at - now <= 0) {
                    open.remove(deadline)
                    deadline.expire()
                } else if (deadline.at - next < 0) {
                    next = deadline.at
                }
            }
            nextLook = next
            LockSupport.parkNanos(this, next - System.nanoTime())
        }
    }
}
