package com.stablevps.benches

import com.stablevps.BatchOptions
import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.PlanId
import com.stablevps.PurchaseOrder
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

private const val PURCHASES = 500

/** Once all of them wait, their pauses grow for so long, and the virtual machine compiles what it runs often. */
private val SETTLING = 150.seconds

/** For how long it is measured then. */
private val MEASURED = 1.minutes

/** Of a core, in a hundred. */
private const val LIMIT = 1.0

/**
 * What five hundred purchases cost that wait for their VPS in one process: the CPU time of this process with all its
 * threads, with the package's own transport, against the simulated service on loopback. The argument is the simulator's
 * program. One JSON line.
 */
public fun main(arguments: Array<String>) {
    // What runs this may have left its line unfinished.
    println()
    val slow = listOf("--balance", "1000000", "--provisioning-ms", "3600000")
    Service(arguments.single(), slow).use { service ->
        StableVps(service.key, StableVpsOptions(baseUrl = service.url)).use { client -> wait(client) }
    }
}

private fun wait(client: StableVps): Unit =
    runBlocking {
        val order = PurchaseOrder(PlanId.BASIC, BillingCycle.MONTHLY, Location.TOKYO)
        val batch = client.vps.provisionMany(List(PURCHASES) { order }, BatchOptions(atOnce = PURCHASES))
        val waiting = launch { batch.results.collect { error("none is ready that soon") } }
        while ((batch.progress?.polling ?: 0) < PURCHASES) delay(500.milliseconds)
        delay(SETTLING)
        val (cpu, begun) = machine.processCpuTime to System.nanoTime()
        delay(MEASURED)
        val part = (machine.processCpuTime - cpu) * 100.0 / (System.nanoTime() - begun)
        val shown = "%.2f %% of a core".format(part)
        println(
            """{"what":"Kotlin, coroutines: $PURCHASES that wait","ours":"$shown",""" +
                """"against":"limit","theirs":"$LIMIT %","ratio":${part / LIMIT},"limit":1.0}""",
        )
        waiting.cancel()
    }
