package com.stablevps

import java.lang.ref.WeakReference

/** The names of the worlds of clocks that are the caller's own. */
internal object Worlds {
    private class World(
        clock: Clock,
        val name: String,
    ) {
        val clock = WeakReference(clock)
    }

    private val worlds = mutableListOf<World>()
    private var made = 0

    /** The same for the same object. */
    @Synchronized
    fun of(clock: Clock): String {
        worlds.removeAll { it.clock.get() == null }
        val known = worlds.firstOrNull { it.clock.get() === clock }
        return (known ?: World(clock, "clock ${made++}").also { worlds += it }).name
    }
}
