package com.stablevps

import okhttp3.Call
import java.io.Closeable
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.TimeUnit.MILLISECONDS
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.locks.LockSupport
import kotlin.concurrent.thread

/** A call with a time limit. */
internal class Deadline(
    private val call: Call,
    timeoutMs: Long,
    private val deadlines: Deadlines,
) {
    /** When the time is over, in terms of [System.nanoTime]. */
    val at: Long = System.nanoTime() + MILLISECONDS.toNanos(timeoutMs)

    /** Whether the limit ended the call. */
    @Volatile
    var isOver: Boolean = false
        private set

    init {
        deadlines.begin(this)
    }

    /** The call ended by itself. */
    fun end() = deadlines.end(this)

    internal fun expire() {
        isOver = true
        // An event listener of the user's may throw, and every other call needs this thread.
        runCatching { call.cancel() }
    }
}

/**
 * Ends calls whose time is over. OkHttp's own timeouts wake a thread for every call, which costs more than
 * the rest of a short call. This thread wakes only when the earliest deadline is due. It ends when there was
 * nothing to do for a while, and once the transport is closed.
 */
internal class Deadlines : Closeable {
    private val open = ConcurrentHashMap.newKeySet<Deadline>()

    @Volatile
    private var watching: Thread? = null

    /** When the thread looks next. Only an earlier deadline has to wake it. */
    @Volatile
    private var nextLook = System.nanoTime()

    @Volatile
    private var isClosed = false

    fun begin(deadline: Deadline) {
        open.add(deadline)
        val thread = watching ?: begun()
        if (deadline.at - nextLook < 0) {
            LockSupport.unpark(thread)
        }
    }

    fun end(deadline: Deadline) {
        open.remove(deadline)
        if (isClosed) {
            LockSupport.unpark(watching)
        }
    }

    override fun close() {
        isClosed = true
        LockSupport.unpark(watching)
    }

    @Synchronized
    private fun begun(): Thread =
        watching ?: thread(start = false, name = "stablevps deadlines", isDaemon = true) { watch() }.also {
            watching = it
            it.start()
        }

    private fun watch() {
        var busy = System.nanoTime()
        while (true) {
            val now = System.nanoTime()
            // Whatever begins during this look wakes the thread again.
            nextLook = now + FAR
            var next = now + IDLE
            for (deadline in open) {
                if (deadline.at - now <= 0) {
                    open.remove(deadline)
                    deadline.expire()
                } else if (deadline.at - next < 0) {
                    next = deadline.at
                }
            }
            nextLook = next
            if (open.isNotEmpty()) {
                busy = now
            } else if ((isClosed || now - busy >= IDLE) && ended()) {
                return
            }
            LockSupport.parkNanos(this, next - System.nanoTime())
        }
    }

    /** Ends the thread, unless a deadline has begun meanwhile. */
    @Synchronized
    private fun ended(): Boolean {
        // Whoever begins a deadline adds it before looking for the thread.
        watching = null
        if (open.isEmpty()) {
            return true
        }
        watching = Thread.currentThread()
        return false
    }

    private companion object {
        const val FAR = Long.MAX_VALUE / 2
        val IDLE = SECONDS.toNanos(10)
    }
}
