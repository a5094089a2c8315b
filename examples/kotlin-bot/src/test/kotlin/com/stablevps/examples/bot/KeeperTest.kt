package com.stablevps.examples.bot

import com.stablevps.ProvisionOptions
import com.stablevps.examples.bot.support.Rig
import com.stablevps.examples.bot.support.fleetOf
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

internal class KeeperTest {
    private val fleet = fleetOf()

    private fun rigged(
        rig: Rig = Rig(),
        test: suspend TestScope.(Rig) -> Unit,
    ) = rig.use { runTest { test(it) } }

    @Test
    fun `what is missing is bought once, and waited for at the same time`() =
        rigged { rig ->
            assertEquals(Verdict.FINE, rig.keep(fleet))
            rig.assertBoughtOnce(fleet)
            assertTrue(currentTime < 3 * 60_000, "one after the other: $currentTime")

            assertEquals(Verdict.FINE, rig.keep(fleet))
            rig.assertBoughtOnce(fleet)
        }

    @Test
    fun `who is added to the fleet is bought, and who leaves it stays`() =
        rigged { rig ->
            rig.keep(fleet.take(2))
            rig.keep(fleet.drop(1))
            rig.assertBoughtOnce(fleet)
        }

    @Test
    fun `what others have is never adopted`() {
        val others = List(2) { mapOf("id" to "other-$it", "plan_id" to "basic", "location" to "tokyo") }
        rigged(Rig(vps = others)) { rig ->
            rig.loseOrder(skip = 1)
            assertEquals(Verdict.FINE, rig.keep(fleet))
            rig.assertBoughtOnce(fleet)
        }
    }

    @Test
    fun `the budget is for all runs together`() =
        rigged { rig ->
            val settings = PurchaseSettings(budget = "40".toBigDecimal())
            assertEquals(Verdict.PERSON, rig.keep(fleet, settings))
            assertEquals(setOf("eurusd", "gold"), rig.members.keys)
            assertContains(
                rig.printed,
                "hedge: 12.49 EUR more than 31.98 would be above the budget of 40 EUR",
            )

            assertEquals(Verdict.PERSON, rig.keep(fleet, settings))
            assertEquals(2, rig.simulator.state().ordersReceived)
        }

    @Test
    fun `nothing is asked of the service for what the budget has no room for`() =
        rigged { rig ->
            assertEquals(Verdict.PERSON, rig.keep(fleet, PurchaseSettings(budget = "12".toBigDecimal())))
            assertEquals(emptyList(), rig.simulator.requests())
        }

    @Test
    fun `an empty wallet leaves nothing behind, and a full one goes on`() =
        rigged(Rig(balance = 20)) { rig ->
            assertEquals(Verdict.PERSON, rig.keep(fleet))
            assertEquals(setOf("eurusd"), rig.members.keys)

            rig.simulator.control(mapOf("set_balance" to mapOf("amount" to 100)))
            assertEquals(Verdict.FINE, rig.keep(fleet))
            rig.assertBoughtOnce(fleet)
        }

    @Test
    fun `an order whose reply is lost is found and never sent again`() =
        rigged { rig ->
            rig.loseOrder(skip = 1)
            assertEquals(Verdict.FINE, rig.keep(fleet))
            assertEquals(3, rig.simulator.state().ordersReceived)
            assertContains(rig.printed, "gold: ready at 198.18.0.2 after 125 s, 12.49 EUR charged, found")
            rig.assertBoughtOnce(fleet)
        }

    @Test
    fun `an order that was not placed is for the next run`() =
        rigged { rig ->
            rig.neverPlaceOrder()
            assertEquals(Verdict.LATER, rig.keep(fleet))
            assertEquals(setOf("gold", "hedge"), rig.members.keys)
            assertEquals(Verdict.FINE, rig.keep(fleet))
            rig.assertBoughtOnce(fleet)
        }

    @Test
    fun `an order whose outcome is not known waits for a person, and keeps its share of the budget`() =
        rigged { rig ->
            val charged = mapOf("partial_order" to mapOf("half" to "charged_not_created"))
            rig.simulator.fault(charged, method = "POST", path = "/vps")
            val settings = PurchaseSettings(budget = "35".toBigDecimal())
            assertEquals(Verdict.PERSON, rig.keep(fleet, settings))
            assertIs<Member.Parked>(rig.members["eurusd"])
            assertIs<Member.Bought>(rig.members["gold"])
            assertEquals(null, rig.members["hedge"])
        }

    @Test
    fun `nothing new is ordered while it is not known what became of an order`() =
        rigged { rig ->
            rig.neverPlaceOrder()
            assertEquals(Verdict.LATER, rig.keep(fleet.take(1), within(10.seconds)))
            assertEquals(Verdict.LATER, rig.keep(fleet, within(10.seconds)))
            assertContains(rig.printed, "gold: waits for the order of eurusd, which is still open")
            assertEquals(1, rig.simulator.state().ordersReceived)

            assertEquals(Verdict.FINE, rig.keep(fleet, within(10.minutes)))
            rig.assertBoughtOnce(fleet)
        }

    @Test
    fun `time that runs out is no loss`() =
        rigged { rig ->
            assertEquals(Verdict.LATER, rig.keep(fleet, within(1.minutes)))
            assertEquals(Verdict.FINE, rig.keep(fleet, within(10.minutes)))
            rig.assertBoughtOnce(fleet)
        }

    private fun within(timeout: Duration) = PurchaseSettings(waiting = ProvisionOptions(timeout = timeout))

    @Test
    fun `what is bought and then suspended is kept, and not bought again`() =
        rigged { rig ->
            val shape = mapOf("shape_order" to mapOf("vps_status" to "suspended"))
            rig.simulator.fault(shape, method = "POST", path = "/vps")
            assertEquals(Verdict.PERSON, rig.keep(fleet))
            assertEquals(Verdict.FINE, rig.keep(fleet))
            rig.assertBoughtOnce(fleet)
        }
}
