package com.stablevps.examples.bot

import com.stablevps.HttpTransport
import com.stablevps.ProvisionOptions
import com.stablevps.examples.bot.support.Rig
import com.stablevps.examples.bot.support.fleetOf
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
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
            assertEquals(setOf("eurusd", "gold"), rig.members().all.keys)
            assertContains(
                rig.printed,
                "hedge: 12.49 EUR more than 31.98 would be above the budget of 40 EUR",
            )

            assertEquals(Verdict.PERSON, rig.keep(fleet, settings))
            assertEquals(2, rig.simulator.state().ordersReceived)
        }

    @Test
    fun `nothing is begun for what the budget has no room for`() =
        rigged { rig ->
            assertEquals(Verdict.PERSON, rig.keep(fleet, PurchaseSettings(budget = "12".toBigDecimal())))
            assertEquals(emptyList(), rig.client().use { it.purchases.list() })
        }

    @Test
    fun `an empty wallet leaves nothing behind, and a full one goes on`() =
        rigged(Rig(balance = 20)) { rig ->
            assertEquals(Verdict.PERSON, rig.keep(fleet))
            assertEquals(setOf("eurusd"), rig.members().all.keys)

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
            val found = Regex("gold: ready at 198.18.0.2 after [0-9]+ s, 12.49 EUR charged, found")
            assertContains(rig.printed, found)
            rig.assertBoughtOnce(fleet)
        }

    @Test
    fun `an order that was not placed is for the next run`() =
        rigged { rig ->
            rig.neverPlaceOrder()
            assertEquals(Verdict.LATER, rig.keep(fleet))
            assertEquals(setOf("gold", "hedge"), rig.members().all.keys)
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
            val members = rig.members()
            assertTrue(members["eurusd"]?.isUnresolved == true)
            assertNotNull(members["gold"]?.vpsId)
            assertNull(members["hedge"])

            assertEquals(Verdict.PERSON, rig.keep(fleet, settings))
            assertEquals(2, rig.simulator.state().ordersReceived)
        }

    @Test
    fun `nothing new is ordered while it is not known what became of an order`() =
        rigged { rig ->
            rig.neverPlaceOrder()
            assertEquals(Verdict.LATER, rig.keep(fleet.take(1), within(10.seconds)))
            assertEquals(Verdict.LATER, rig.keep(fleet, within(10.seconds)))
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

    @Test
    fun `what was begun and ordered nothing is not bought once the fleet does not want it`() =
        rigged { rig ->
            rig.stopBeforeOrder(fleet.take(1))
            assertEquals(Verdict.FINE, rig.keep(fleet.drop(1)))
            rig.assertBoughtOnce(fleet.drop(1))
        }

    @Test
    fun `what was begun and ordered nothing is bought on the terms of now`() =
        rigged { rig ->
            rig.stopBeforeOrder(fleet)
            rig.simulator.control(mapOf("set_balance" to mapOf("amount" to 0)))
            rig.keep(fleet.drop(1))
            val changed = fleet.map { it.copy(terms = fleet[0].terms) }
            rig.simulator.control(mapOf("set_balance" to mapOf("amount" to 1000)))
            assertEquals(Verdict.FINE, rig.keep(changed))
            rig.assertBoughtOnce(changed)
            val keys = rig.client().use { client -> client.purchases.list().map { it.idempotencyKey } }
            assertEquals(setOf("eurusd#1", "gold#1", "gold#2", "hedge#1", "hedge#2"), keys.toSet())
        }

    /** A process whose purchases begin, and that is ended before the first order. */
    private suspend fun Rig.stopBeforeOrder(fleet: List<Wanted>) =
        coroutineScope {
            val transport =
                HttpTransport { request ->
                    if (request.url.endsWith("/wallet")) awaitCancellation()
                    simulator.transport.send(request)
                }
            val process = launch { keep(fleet, transport = transport) }
            simulator.clock.sleep(5.seconds)
            process.cancelAndJoin()
            assertEquals(fleet.size, client().use { it.purchases.list() }.size)
        }

    @Test
    fun `two processes that keep one fleet buy everything once`() =
        rigged { rig ->
            val verdicts = List(2) { async { rig.keep(fleet) } }.awaitAll()
            assertEquals(listOf(Verdict.FINE, Verdict.FINE), verdicts)
            rig.assertBoughtOnce(fleet)
        }

    @Test
    fun `what a person assigned is not bought, and has one owner`() =
        rigged(Rig(vps = listOf(FOUND))) { rig ->
            val assigned = fleet.map { if (it.name == "gold") it.copy(vpsId = "found") else it }
            assertEquals(Verdict.FINE, rig.keep(assigned))
            assertEquals("gold", rig.members(assigned).owners["found"])
            assertEquals(2, rig.simulator.state().ordersPlaced)

            val taken = rig.idOf("hedge")
            val twice = fleet.map { if (it.name == "gold") it.copy(vpsId = taken) else it }
            val error = assertFailsWith<UserError> { rig.keep(twice) }
            assertEquals("the VPS $taken of gold belongs to hedge", error.message)
        }

    @Test
    fun `what was forgotten is bought again, with the next key`() =
        rigged { rig ->
            rig.keep(fleet)
            val before = rig.idOf("gold")
            rig.client().use { it.purchases.forget("gold#1") }
            assertNull(rig.members()["gold"])
            assertEquals(Verdict.FINE, rig.keep(fleet))
            val record = assertNotNull(rig.members()["gold"]?.purchase)
            assertEquals("gold#2", record.idempotencyKey)
            assertNotEquals(before, record.vpsId)
            assertEquals(4, rig.simulator.state().ordersPlaced)
        }

    @Test
    fun `an outage passes, and nothing is begun in it`() =
        rigged { rig ->
            rig.simulator.fault(mapOf("status" to mapOf("code" to 503)), path = "/account", times = 3)
            assertEquals(Verdict.LATER, rig.keep(fleet))
            assertEquals(Verdict.FINE, rig.keep(fleet))
            rig.assertBoughtOnce(fleet)
        }

    private companion object {
        val FOUND = mapOf("id" to "found", "plan_id" to "basic", "location" to "tokyo")
    }
}
