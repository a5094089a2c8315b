package com.stablevps.examples.bot

import com.stablevps.StableVps
import com.stablevps.examples.bot.support.Rig
import com.stablevps.examples.bot.support.fleetOf
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.time.Duration.Companion.minutes

internal class DesktopsTest {
    private val fleet = fleetOf()

    /** A fleet that was bought, and is watched for half an hour. What is done comes after the first look. */
    private fun watched(
        rebootStuck: Boolean,
        act: suspend (Rig, StableVps) -> Unit,
    ): Rig =
        Rig(vps = listOf(mapOf("id" to "another", "location" to "tokyo"))).also { rig ->
            runTest {
                rig.keep(fleet)
                rig.printed.clear()
                rig.client().use { client ->
                    val report =
                        Report(rig.simulator.clock) { rig.printed.appendLine(it.substringAfter(' ')) }
                    val desktops = Desktops(client, fleet, report, rebootStuck)
                    val watching = launch { desktops.watch(1.minutes) }
                    rig.simulator.clock.sleep(2.minutes)
                    act(rig, client)
                    rig.simulator.clock.sleep(30.minutes)
                    watching.cancel()
                }
            }
        }

    private fun Rig.bought(name: String) = runBlocking { idOf(name) }

    private fun Rig.reboots(id: String) = simulator.state().vps.first { it["id"] == id }["reboots"]

    @Test
    fun `who hangs is rebooted, and nobody else is`() =
        watched(rebootStuck = true) { rig, _ ->
            rig.simulator.hang(rig.idOf("gold"))
            rig.simulator.hang("another")
        }.use { rig ->
            assertEquals(listOf(0L, 1L, 0L), fleet.map { rig.reboots(rig.bought(it.name)) })
            assertEquals(0L, rig.reboots("another"))
            val told = listOf("does not answer", "does not answer, rebooting it", "well again")
            assertEquals(told.map { "gold's desktop: $it" }, rig.printed.lines().filter { "desktop" in it })
        }

    @Test
    fun `a VPS that another buys meanwhile is left alone`() =
        watched(rebootStuck = true) { rig, _ ->
            rig.simulator.control(mapOf("add_vps" to mapOf("id" to "new", "location" to "tokyo")))
            rig.simulator.clock.sleep(3.minutes)
            rig.simulator.hang("new")
        }.use { rig -> assertEquals(0L, rig.reboots("new")) }

    @Test
    fun `without being asked for, nothing is rebooted`() =
        watched(rebootStuck = false) { rig, _ -> rig.simulator.hang(rig.idOf("gold")) }.use { rig ->
            assertEquals(0L, rig.reboots(rig.bought("gold")))
            assertEquals("gold's desktop: does not answer", rig.printed.trim().toString())
        }

    @Test
    fun `a reboot whose reply is lost is not repeated`() =
        watched(rebootStuck = true) { rig, _ ->
            rig.simulator.hang(rig.idOf("gold"))
            rig.simulator.fault("lose_after", method = "POST")
        }.use { rig ->
            assertEquals(1L, rig.reboots(rig.bought("gold")))
            assertContains(rig.printed, "not repeated")
        }
}
