package com.stablevps.internal.ffi

import com.sun.jna.Memory
import com.sun.jna.Pointer
import com.sun.jna.Structure
import java.nio.Buffer
import java.nio.ByteBuffer

// The generated code uses these in place of its own: it allocated native memory, watched by a cleaner, for
// every structure of every call, filled it by reflection, and copied every text out of native memory by
// itself. That cost more than most calls do.

private const val STATUS_SIZE = 64L
private const val SLOTS = 64
private const val SLOT_SIZE = 32L

/** One status for each thread: nothing else is called between a call and the check of its status. */
internal val statuses: ThreadLocal<Pointer> =
    ThreadLocal.withInitial {
        Memory(STATUS_SIZE).also { it.clear() }
    }

/**
 * A structure in memory that later structures use again. Structures are written right before a call and
 * read right after it, and no call has as many of them as there are slots.
 */
internal abstract class QuickStructure : Structure() {
    override fun autoAllocate(size: Int): Memory {
        check(size <= SLOT_SIZE) { "no room for a structure of $size bytes" }
        return slots.get().next()
    }
}

/** Reads the next [length] bytes of a result, which is in an array by then. */
internal fun text(
    result: ByteBuffer,
    length: Int,
): String {
    val start = result.position()
    // Android's older `ByteBuffer` has no `position` of its own.
    (result as Buffer).position(start + length)
    return String(result.array(), start, length, Charsets.UTF_8)
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

/** A part of a larger block of memory, to which it holds a reference. */
private class Slot(
    @Suppress("unused") private val whole: Memory,
    offset: Long,
) : Memory() {
    init {
        peer = Pointer.nativeValue(whole) + offset
        size = SLOT_SIZE
    }
}
