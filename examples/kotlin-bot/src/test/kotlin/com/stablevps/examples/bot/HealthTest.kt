package com.stablevps.examples.bot

import com.stablevps.UnauthorizedException
import com.stablevps.examples.bot.support.Rig
import com.stablevps.examples.bot.support.fleetOf
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

internal class HealthTest {
    private val fleet = fleetOf()

    /** A fleet that was bought, and its health checks. */
    private fun looking(test: suspend (Rig, Health) -> Unit) =
        Rig().use { rig ->
            runTest {
                rig.keep(fleet)
                rig.printed.clear()
                rig.client().use { client ->
                    val report =
                        Report(rig.simulator.clock) { rig.printed.appendLine(it.substringAfter(' ')) }
                    test(rig, Health(client, report))
                }
            }
        }

    private suspend fun Rig.set(
        name: String,
        vararg change: Pair<String, String>,
    ) = simulator.control(mapOf("set_vps" to mapOf("id" to idOf(name)) + change))

    @Test
    fun `a healthy fleet has no report`() =
        looking { rig, health ->
            assertEquals(Verdict.FINE, health.look(fleet))
            assertEquals("", "${rig.printed}")
        }

    @Test
    fun `a problem is reported once, and when it is over`() =
        looking { rig, health ->
            rig.set("eurusd", "vps_status" to "suspended")
            rig.set("gold", "status" to "past_due")
            val hedge = rig.idOf("hedge")
            rig.client().use { it.vps.delete(hedge) }
            repeat(2) { assertEquals(Verdict.PERSON, health.look(fleet)) }
            rig.set("gold", "status" to "active")
            health.look(fleet)
            val gone = "hedge: gone: $hedge is not in the account"
            assertEquals("eurusd: suspended\ngold: past due\n$gone\ngold: well again\n", "${rig.printed}")
        }

    @Test
    fun `a fleet's file that wants something else is reported`() =
        looking { rig, health ->
            val changed = fleet.map { if (it.name == "gold") it.copy(terms = fleet[0].terms) else it }
            assertEquals(Verdict.PERSON, health.look(changed))
            assertContains(rig.printed, "gold: is basic monthly in tokyo, and the fleet's file says prime")
        }

    @Test
    fun `an outage passes, and a key that does not work ends it`() =
        looking { rig, health ->
            rig.simulator.fault(mapOf("status" to mapOf("code" to 503)), path = "/vps", times = 3)
            assertEquals(Verdict.LATER, health.look(fleet))
            assertEquals(Verdict.FINE, health.look(fleet))
            assertContains(rig.printed, "account: well again")
            rig.simulator.fault(mapOf("status" to mapOf("code" to 401)), path = "/vps")
            assertFailsWith<UnauthorizedException> { health.look(fleet) }
        }
}
