package com.stablevps.examples.bot.support

import com.stablevps.HttpTransport
import com.stablevps.StableVpsOptions
import com.stablevps.examples.bot.Keeper
import com.stablevps.examples.bot.Ledger
import com.stablevps.examples.bot.LedgerFile
import com.stablevps.examples.bot.LedgerStore
import com.stablevps.examples.bot.Member
import com.stablevps.examples.bot.PurchaseSettings
import com.stablevps.examples.bot.Report
import com.stablevps.examples.bot.Verdict
import com.stablevps.examples.bot.Wanted
import com.stablevps.examples.bot.readFleet
import com.stablevps.testing.Simulator
import com.stablevps.testing.SimulatorConfig
import java.nio.file.Path
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.createTempDirectory
import kotlin.io.path.deleteRecursively
import kotlin.io.path.writeText
import kotlin.test.assertEquals

/** The service in memory, a folder for what is kept, and all that was ever printed. */
internal class Rig(
    balance: Int = 1000,
    vps: List<Map<String, String>> = emptyList(),
) : AutoCloseable {
    val simulator =
        Simulator(SimulatorConfig(balance = balance.toBigDecimal(), more = mapOf("vps" to vps)))
    val folder: Path = createTempDirectory("kotlin-bot")
    val store = LedgerFile(folder.resolve("fleet.state.json"))
    val printed = StringBuilder()

    val members: Map<String, Member> get() = store.read()

    /** What a process does that begins now, and that its death may end. */
    suspend fun keep(
        fleet: List<Wanted>,
        settings: PurchaseSettings = PurchaseSettings(),
        transport: HttpTransport = simulator.transport,
        store: LedgerStore = this.store,
    ): Verdict {
        val report = Report(simulator.clock) { printed.appendLine(it) }
        return simulator.client(StableVpsOptions(transport = transport)).use { client ->
            Keeper(client, Ledger(store), report, settings).complete(fleet)
        }
    }

    fun loseOrder(skip: Int = 0) = simulator.fault("lose_after", method = "POST", path = "/vps", skip = skip)

    fun neverPlaceOrder() = simulator.fault("lose_before", method = "POST", path = "/vps")

    /** Everybody has a VPS of their own on their terms, and nothing else was bought. */
    fun assertBoughtOnce(fleet: List<Wanted>) {
        val state = simulator.state()
        assertEquals(fleet.size, state.ordersPlaced)
        val bought = members.mapValues { (_, member) -> member as Member.Bought }
        assertEquals(fleet.associate { it.name to it.terms }, bought.mapValues { it.value.terms })
        val ids = bought.values.associate { it.vpsId to "${it.terms}" }
        assertEquals(fleet.size, ids.size)
        val there =
            state.vps.associate { vps ->
                "${vps["id"]}" to "${vps["plan_id"]} ${vps["billing_cycle"]} in ${vps["location"]}"
            }
        assertEquals(ids, there.filterKeys { it in ids })
    }

    @OptIn(ExperimentalPathApi::class)
    override fun close() {
        simulator.close()
        folder.deleteRecursively()
    }
}

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
