package com.stablevps.examples.bot

import com.github.ajalt.clikt.command.parse
import com.github.ajalt.clikt.testing.CliktCommandTestResult
import com.github.ajalt.clikt.testing.test
import com.stablevps.Clock
import com.stablevps.StableVps
import com.stablevps.examples.bot.support.FLEET_FILE
import com.stablevps.examples.bot.support.Rig
import com.stablevps.examples.bot.support.fleetOf
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse

/** The commands, as a person or a script gives them. */
internal class BotTest {
    private val rig = Rig()
    private val file = rig.folder.resolve("fleet.json").also { it.writeText(FLEET_FILE) }
    private val fleet = fleetOf()
    private var output = ""

    @AfterEach
    fun close() = rig.close()

    private val worlds =
        object : Worlds {
            override suspend fun with(
                files: Worlds.Files,
                block: suspend (World) -> Unit,
            ) = rig.client().use { block(RiggedWorld(it)) }
        }

    private inner class RiggedWorld(
        override val client: StableVps,
    ) : World {
        override val clock: Clock = rig.simulator.clock

        override suspend fun watch(looks: suspend () -> Unit) = looks()
    }

    private suspend fun run(vararg arguments: String): CliktCommandTestResult {
        val bot = bot(worlds)
        val result = bot.test(listOf("--fleet", "$file") + arguments) { bot.parse(it) }
        output += result.output
        return result
    }

    private suspend fun idOf(name: String) = rig.idOf(name)

    @Test
    fun `keep buys, and status and list show it`() =
        runTest {
            assertEquals(3, run("status").statusCode)
            assertEquals(0, run("keep", "--max-spend", "50").statusCode)
            rig.assertBoughtOnce(fleet)

            val status = run("status")
            assertEquals(0, status.statusCode)
            assertEquals(listOf("NAME", "eurusd", "gold", "hedge"), status.stdout.lines().firstWords())
            rig.simulator.control(mapOf("add_vps" to mapOf("id" to "another")))
            assertContains(run("list").stdout, Regex("^another +- +prime monthly", RegexOption.MULTILINE))
        }

    @Test
    fun `no secret is printed or kept unless it is asked for`() =
        runTest {
            run("keep")
            run("status")
            run("list")
            assertContains(run("credentials", "gold").stdout, "***")
            val id = idOf("gold")
            val gold = rig.client().use { it.vps.get(id) }
            val password = checkNotNull(gold.rdpPassword).reveal()
            val kept = rig.folder.resolve("fleet.db").readText(Charsets.ISO_8859_1)
            for (secret in listOf(password, rig.simulator.apiKey.reveal())) {
                assertFalse(secret in output + kept)
            }
            assertContains(run("credentials", "gold", "--reveal").stdout, password)
        }

    @Test
    fun `a VPS is rebooted by its name, and none by an unknown one`() =
        runTest {
            run("keep")
            assertEquals(0, run("reboot", "gold").statusCode)
            val gold = idOf("gold")
            assertEquals(
                1L,
                rig.simulator
                    .state()
                    .vps
                    .first { it["id"] == gold }["reboots"],
            )
            val unknown = run("reboot", "silver")
            assertEquals(2, unknown.statusCode)
            assertEquals("kotlin-bot: silver has no VPS\n", unknown.stderr)
        }

    @Test
    fun `a person decides about an order whose outcome is not known`() =
        runTest {
            val charged = mapOf("partial_order" to mapOf("half" to "charged_not_created"))
            rig.simulator.fault(charged, method = "POST", path = "/vps", times = 3)
            assertEquals(2, run("keep").statusCode)
            assertContains(run("status").stdout, "waits for a decision")
            assertEquals(2, run("keep").statusCode)
            assertEquals(3, rig.simulator.state().ordersReceived)

            rig.simulator.control(mapOf("add_vps" to mapOf("id" to "found", "plan_id" to "basic")))
            file.writeText(FLEET_FILE.replace("\"gold\",", "\"gold\", \"vps\": \"found\","))
            assertEquals(0, run("forget", "hedge").statusCode)
            assertEquals("kotlin-bot: nothing was bought for hedge\n", run("forget", "hedge").stderr)
            assertEquals(2, run("keep").statusCode)
            assertContains(run("list").stdout, Regex("^found +gold", RegexOption.MULTILINE))
            assertEquals(4, rig.simulator.state().ordersReceived)
            assertContains(run("status").stdout, Regex("eurusd .*waits for a decision"))
        }

    @Test
    fun `a wrong command line is reported`() =
        runTest {
            assertEquals(1, run("keep", "--watch", "soon").statusCode)
            assertEquals(1, run("keep", "--max-spend", "much").statusCode)
            file.writeText("nonsense")
            val unreadable = run("keep")
            assertEquals(2, unreadable.statusCode)
            assertContains(unreadable.stderr, "fleet.json")
        }

    @Test
    fun `a simulation needs nothing and shows everything`() {
        val result = runBlocking { run("--simulate", "keep", "--watch", "5m", "--reboot-stuck") }
        assertEquals(0, result.statusCode)
        for (news in listOf(
            "found after its order's reply was lost",
            "rebooting it",
            "well again",
            "past due",
        )) {
            assertContains(result.stdout, news)
        }
        assertContains(
            runBlocking { run("--simulate", "status") }.stdout,
            "hedge   basic monthly in tokyo   active",
        )
        assertEquals(0, rig.simulator.state().ordersReceived)
    }

    private fun List<String>.firstWords() = filter { it.isNotEmpty() }.map { it.substringBefore(' ') }
}
