package com.stablevps.internal.ffi

import com.sun.jna.Memory
import com.sun.jna.Pointer
import com.sun.jna.Structure

// What the generated code is given in place of its own ways, which cost more than most calls do: it made
// native memory, watched by a cleaner, for every structure of every call, and filled it by reflection.

private const val STATUS_SIZE = 64L
private const val SLOTS = 64
private const val SLOT_SIZE = 32L

/** One status a thread: nothing else is called between a call and the look at its status. */
internal val statuses: ThreadLocal<Pointer> =
    ThreadLocal.withInitial {
        Memory(STATUS_SIZE).also { it.clear() }
    }

/**
 * A structure in memory that others have after it. It is there for the length of a call: structures are
 * written right before one and read right after it, and no call has so many of them.
 */
internal abstract class QuickStructure : Structure() {
    override fun autoAllocate(size: Int): Memory {
        check(size <= SLOT_SIZE) { "no room for a structure of $size bytes" }
        return slots.get().next()
    }
}

private val slots = ThreadLocal.withInitial(::Slots)

private class Slots {
    private val memory = Memory(SLOTS * SLOT_SIZE)
    private val all = Array(SLOTS) { Slot(memory, it * SLOT_SIZE) }
    private var last = 0

    fun next(): Memory {
        last = (last + 1) % SLOTS
        return all[last]
    }
}

/** A part of a larger memory, which it keeps. */
private class Slot(
    @Suppress("unused") private val whole: Memory,
    offset: Long,
) : Memory() {
    init {
        peer = Pointer.nativeValue(whole) + offset
        size = SLOT_SIZE
    }
}
