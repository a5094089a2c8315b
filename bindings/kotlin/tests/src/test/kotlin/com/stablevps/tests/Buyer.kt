package com.stablevps.tests

import com.stablevps.testing.Simulator
import kotlinx.coroutines.runBlocking

/** A program of its own: buys a VPS in memory, and prints what it cost. */
internal object Buyer {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking { println("${Simulator().client().buy().charged}") }
}
