package com.stablevps.examples.bot

import com.stablevps.Clock
import com.stablevps.SqliteStore
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import com.stablevps.Store
import com.stablevps.testing.Simulator
import com.stablevps.testing.SimulatorConfig
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import java.sql.DriverManager
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

private val HANG = 6.minutes
private val OVERDUE = 40.minutes
private val END = 60.minutes

/** Opens simulated worlds with virtual time. */
internal class SimulatedWorlds : Worlds {
    override suspend fun with(
        files: Worlds.Files,
        block: suspend (World) -> Unit,
    ) = SimulatedWorld(readFleet(files.fleet)).use { world ->
        runTest(timeout = Duration.INFINITE) { block(world) }
    }
}

/**
 * The service in memory: a while in which a reply is lost, and a VPS hangs and is later not paid for.
 */
private class SimulatedWorld(
    fleet: List<Wanted>,
) : World,
    AutoCloseable {
    private val simulator =
        Simulator(
            SimulatorConfig(
                balance = fleet.sumOf { it.price } + ODD_MONEY.toBigDecimal(),
                more = mapOf("vps" to listOf(mapOf("location" to "tokyo"))),
            ),
        )
    private val begin = simulator.clock.now()

    private val store = SqliteStore { DriverManager.getConnection("jdbc:sqlite::memory:") }

    override val client: StableVps = simulator.client(StableVpsOptions(store = store.inThisThread()))
    override val clock: Clock = simulator.clock

    init {
        simulator.fault("lose_after", method = "POST", path = "/vps", skip = 1)
    }

    override suspend fun watch(looks: suspend () -> Unit) =
        coroutineScope {
            val watching = launch { looks() }
            clock.sleep(HANG - elapsed())
            simulator.hang(newest())
            clock.sleep(OVERDUE - elapsed())
            simulator.control(mapOf("set_vps" to mapOf("id" to newest(), "status" to "past_due")))
            clock.sleep(END - elapsed())
            watching.cancel()
        }

    private suspend fun newest(): String =
        client.vps
            .list()
            .first()
            .id

    private fun elapsed() = (clock.now() - begin).milliseconds

    override fun close() {
        client.close()
        store.close()
        simulator.close()
    }

    private companion object {
        const val ODD_MONEY = "20"
    }
}

/** Virtual time passes while other threads work. It does not while its own thread does. */
internal fun SqliteStore.inThisThread() = Store { operation -> runBlocking { carryOut(operation) } }
