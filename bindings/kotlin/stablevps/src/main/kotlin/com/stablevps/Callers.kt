package com.stablevps

import com.stablevps.internal.ffi.Machine
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import java.util.Collections
import java.util.concurrent.ConcurrentHashMap

/**
 * The purchases whose `onProgress` runs. Each has its account's turn while it orders, and waits for its `onProgress`:
 * a second purchase of the account in the same coroutine could only wait for its deadline, and is refused.
 */
internal object Callers {
    private class Caller(
        val job: Job,
        val machine: Machine,
    )

    private val all: MutableSet<Caller> = Collections.newSetFromMap(ConcurrentHashMap())

    /** The coroutines that wait for what this thread does. */
    private val blocked = ThreadLocal<List<Job>>()

    /** Runs what the machine's purchase waits for, in its coroutine. */
    suspend fun calling(
        machine: Machine,
        call: suspend () -> Unit,
    ) {
        val job = currentCoroutineContext()[Job] ?: return call()
        val caller = Caller(job, machine)
        all += caller
        try {
            call()
        } finally {
            all -= caller
        }
    }

    /** Runs what blocks this coroutine's thread. */
    suspend fun blocking(call: () -> Unit) {
        val before = blocked.get()
        blocked.set(before.orEmpty() + listOfNotNull(currentCoroutineContext()[Job]))
        try {
            call()
        } finally {
            blocked.set(before)
        }
    }

    /** Those of this coroutine, and of the coroutines that wait for this thread. */
    suspend fun here(): List<Machine> {
        val jobs = blocked.get().orEmpty() + listOfNotNull(currentCoroutineContext()[Job])
        return all.filter { it.job in jobs }.map { it.machine }
    }
}
