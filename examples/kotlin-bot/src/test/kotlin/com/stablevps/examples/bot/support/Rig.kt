package com.stablevps.examples.bot.support

import com.stablevps.HttpTransport
import com.stablevps.SqliteStore
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import com.stablevps.Store
import com.stablevps.examples.bot.Keeper
import com.stablevps.examples.bot.Members
import com.stablevps.examples.bot.PurchaseSettings
import com.stablevps.examples.bot.Report
import com.stablevps.examples.bot.Verdict
import com.stablevps.examples.bot.Wanted
import com.stablevps.examples.bot.inThisThread
import com.stablevps.examples.bot.readFleet
import com.stablevps.testing.Simulator
import com.stablevps.testing.SimulatorConfig
import java.nio.file.Path
import java.sql.DriverManager
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.createTempDirectory
import kotlin.io.path.deleteRecursively
import kotlin.io.path.writeText
import kotlin.test.assertEquals

/** The service in memory, a folder for what is recorded, and all that was ever printed. */
internal class Rig(
    balance: Int = 1000,
    vps: List<Map<String, String>> = emptyList(),
) : AutoCloseable {
    val simulator =
        Simulator(SimulatorConfig(balance = balance.toBigDecimal(), more = mapOf("vps" to vps)))
    val folder: Path = createTempDirectory("kotlin-bot")
    private val database = storeIn(folder.resolve("fleet.db"))
    val store: Store = database.inThisThread()
    val printed = StringBuilder()
    private var processes = 0L

    /** The client of a process that begins now. */
    fun client(
        transport: HttpTransport = simulator.transport,
        store: Store = this.store,
    ): StableVps {
        processes++
        return simulator.client(
            StableVpsOptions(transport = transport, store = store, randomSeed = processes),
        )
    }

    /** What a process does that begins now, and that its death may end. */
    suspend fun keep(
        fleet: List<Wanted>,
        settings: PurchaseSettings = PurchaseSettings(),
        transport: HttpTransport = simulator.transport,
        store: Store = this.store,
    ): Verdict {
        val report = Report(simulator.clock) { printed.appendLine(it) }
        return client(transport, store).use { Keeper(it, report, settings).complete(fleet) }
    }

    suspend fun members(fleet: List<Wanted> = emptyList()): Members = client().use { Members.of(it, fleet) }

    suspend fun idOf(name: String): String = checkNotNull(members()[name]?.vpsId)

    fun loseOrder(skip: Int = 0) = simulator.fault("lose_after", method = "POST", path = "/vps", skip = skip)

    fun neverPlaceOrder() = simulator.fault("lose_before", method = "POST", path = "/vps")

    /** Everybody has a VPS of their own on their terms, and nothing else was bought. */
    suspend fun assertBoughtOnce(fleet: List<Wanted>) {
        val state = simulator.state()
        assertEquals(fleet.size, state.ordersPlaced)
        val there =
            state.vps.associate { vps ->
                "${vps["id"]}" to "${vps["plan_id"]} ${vps["billing_cycle"]} in ${vps["location"]}"
            }
        val owners = members().owners
        assertEquals(fleet.size, owners.size)
        assertEquals(
            fleet.associate { it.name to "${it.terms}" },
            owners.entries.associate { (id, name) -> name to there[id] },
        )
    }

    @OptIn(ExperimentalPathApi::class)
    override fun close() {
        database.close()
        simulator.close()
        folder.deleteRecursively()
    }
}

internal fun storeIn(file: Path) = SqliteStore { DriverManager.getConnection("jdbc:sqlite:$file") }

/** A fleet of which two look alike in the account. */
internal val FLEET_FILE =
    """
    {"vps": [
      {"name": "eurusd", "plan": "prime", "location": "london"},
      {"name": "gold", "plan": "basic", "location": "tokyo"},
      {"name": "hedge", "plan": "basic", "location": "tokyo"}
    ]}
    """.trimIndent()

/** The fleet of [FLEET_FILE], or of another file's text. */
internal fun fleetOf(text: String = FLEET_FILE): List<Wanted> {
    val folder = createTempDirectory("kotlin-bot")
    val file = folder.resolve("fleet.json")
    try {
        file.writeText(text)
        return readFleet(file)
    } finally {
        file.toFile().delete()
        folder.toFile().delete()
    }
}
