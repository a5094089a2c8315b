package com.stablevps.examples.bot

import com.stablevps.Clock
import com.stablevps.StableVps
import com.stablevps.testing.Simulator
import com.stablevps.testing.SimulatorConfig
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

private val SILENCE = 5.minutes..15.minutes
private val OVERDUE = 20.minutes
private val END = 30.minutes

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
 * The service in memory: half an hour in which a reply is lost, a VPS stops answering, and another one is
 * not paid for.
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
    private var silentAddress: String? = null

    override val client: StableVps = simulator.client()
    override val clock: Clock = simulator.clock
    override val store: LedgerStore = LedgerInMemory()
    override val knock =
        Knock { address ->
            val silent = silentAddress ?: address.also { silentAddress = it }
            address != silent || elapsed() !in SILENCE
        }

    init {
        simulator.fault("lose_after", method = "POST", path = "/vps", skip = 1)
    }

    override suspend fun <T> alone(block: suspend () -> T): T = block()

    override suspend fun watch(looks: suspend () -> Unit) =
        coroutineScope {
            val watching = launch { looks() }
            clock.sleep(OVERDUE - elapsed())
            val unpaid =
                client.vps
                    .list()
                    .first()
                    .id
            simulator.control(mapOf("set_vps" to mapOf("id" to unpaid, "status" to "past_due")))
            clock.sleep(END - elapsed())
            watching.cancel()
        }

    private fun elapsed() = (clock.now() - begin).milliseconds

    override fun close() {
        client.close()
        simulator.close()
    }

    private companion object {
        const val ODD_MONEY = "20"
    }
}

/** A ledger in memory. */
internal class LedgerInMemory : LedgerStore {
    private var members = emptyMap<String, Member>()

    override fun read(): Map<String, Member> = members

    override fun write(members: Map<String, Member>) {
        this.members = members
    }
}
