package com.stablevps.benches

import com.sun.management.OperatingSystemMXBean
import kotlinx.coroutines.runBlocking
import java.io.Closeable
import java.lang.management.ManagementFactory

/** Lists every VPS of the account, and gives their number. */
internal interface Lister : Closeable {
    suspend fun list(): Int
}

private class Size(
    val vps: Int,
    val calls: Int,
    val limit: Double,
)

private val SIZES =
    listOf(Size(1, 3000, 1.0), Size(10, 3000, 1.0), Size(100, 700, 0.75), Size(1000, 100, 0.7))
private const val ROUNDS = 31
private const val WARM_UP = 50_000
private const val AGAINST = "OkHttp + kotlinx.serialization"

internal val machine = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean

/**
 * Whole list calls over loopback, ours and theirs side by side; one JSON line a figure. The argument is the
 * simulator's program. Times are CPU times of this process with all its threads, over a kept connection;
 * each round measures both in turn, and the next one the other way round. Rounds are short and many: what
 * else the machine does then falls on both.
 */
public fun main(arguments: Array<String>) {
    // What runs this may have left its line unfinished.
    println()
    for (size in SIZES) {
        Service(arguments.single(), listOf("--vps", "${size.vps}")).use { service ->
            Ours(service.url, service.key).use { ours ->
                Theirs(service.url, service.key).use { theirs -> measure(size, ours, theirs) }
            }
        }
    }
}

private fun measure(
    size: Size,
    ours: Lister,
    theirs: Lister,
) {
    // Both until the compiler is done with what runs often.
    val warmUp = WARM_UP / (1 + size.vps / 10)
    repeat(2) {
        spent(ours, size, warmUp)
        spent(theirs, size, warmUp)
    }
    val rounds =
        List(ROUNDS) { round ->
            val sides = if (round % 2 == 0) listOf(ours, theirs) else listOf(theirs, ours)
            val spent = sides.associateWith { spent(it, size, size.calls) }
            spent.getValue(ours) to spent.getValue(theirs)
        }
    val ratio = median(rounds.map { (mine, other) -> mine / other })
    println(
        """{"what":"list call, ${size.vps} VPS","ours":"${shown(
            rounds.map { it.first },
        )}","against":"$AGAINST",""" +
            """"theirs":"${shown(rounds.map { it.second })}","ratio":$ratio,"limit":${size.limit}}""",
    )
}

/** Microseconds of CPU time a call. */
private fun spent(
    lister: Lister,
    size: Size,
    calls: Int,
): Double {
    System.gc()
    val before = machine.processCpuTime
    runBlocking {
        repeat(calls) { check(lister.list() == size.vps) { "not all rows came" } }
    }
    return (machine.processCpuTime - before) / 1e3 / calls
}

private fun median(numbers: List<Double>) = numbers.sorted()[numbers.size / 2]

private fun shown(micros: List<Double>) = "${median(micros).toInt()} us"
