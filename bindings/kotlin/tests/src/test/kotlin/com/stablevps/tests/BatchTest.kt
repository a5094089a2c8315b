package com.stablevps.tests

import com.stablevps.BatchOptions
import com.stablevps.BatchProgress
import com.stablevps.BatchResult
import com.stablevps.BillingCycle
import com.stablevps.ClientClosedException
import com.stablevps.HttpTransport
import com.stablevps.InvalidInputException
import com.stablevps.Location
import com.stablevps.NotFoundException
import com.stablevps.OverBudgetException
import com.stablevps.PlanId
import com.stablevps.ProvisionOptions
import com.stablevps.PurchaseOrder
import com.stablevps.SqliteStore
import com.stablevps.StableVpsOptions
import com.stablevps.testing.Simulator
import com.stablevps.testing.SimulatorConfig
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.math.BigDecimal
import java.sql.DriverManager
import java.util.concurrent.FutureTask
import kotlin.concurrent.thread
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Orders that are bought together. */
@Timeout(120)
internal class BatchTest {
    private val simulator = Simulator(SimulatorConfig(BigDecimal(1000)))

    private fun orders(
        count: Int,
        plan: PlanId = PlanId.BASIC,
        options: (Int) -> ProvisionOptions = { ProvisionOptions() },
    ) = List(count) { PurchaseOrder(plan, BillingCycle.MONTHLY, Location.TOKYO, options(it)) }

    private fun ids(results: List<BatchResult>) = results.map { it.result!!.vps.id }.toSet()

    @Test
    fun `every order is bought once, and all are waited for together`() =
        runTest {
            val begun = simulator.now
            val told = mutableListOf<BatchProgress>()
            val batch = simulator.client().vps.provisionMany(orders(20)) { told += it }
            assertNull(batch.progress)
            val results = batch.results.toList()
            assertEquals(20, ids(results).size)
            assertEquals((0..19).toSet(), results.map { it.index }.toSet())
            assertEquals(20, simulator.state().ordersReceived)
            // One after the other takes 20 times two minutes.
            assertTrue(simulator.now < begun.plusSeconds(300), "${simulator.now}")
            assertTrue(batch.tokens.isEmpty())
            val end = assertNotNull(batch.progress)
            assertEquals(listOf(20, 20, 0, 0), listOf(end.begun, end.ready, end.failed, end.polling))
            assertEquals(BigDecimal("249.80") to "EUR", end.spent to end.currency)
            assertTrue(told.all { it.ordering + it.reconciling <= 1 }, "orders go one at a time")
            assertEquals(20, told.maxOf { it.polling })
        }

    @Test
    fun `what does not fit into the limit for all of them fails by itself`() =
        runTest {
            val mixed = orders(2) + orders(1, PlanId.PRO) + orders(1)
            val options = BatchOptions(maxSpend = BigDecimal("40"))
            val results =
                simulator
                    .client()
                    .vps
                    .provisionMany(mixed, options)
                    .results
                    .toList()
                    .sortedBy { it.index }
            assertEquals(listOf(true, true, false, true), results.map { it.result != null })
            assertIs<OverBudgetException>(results[2].error)
            assertEquals(PlanId.PRO, results[2].order.planId)
            assertEquals(3, simulator.state().ordersReceived)
        }

    @Test
    fun `orders are taken from their source only as fast as they are placed`() =
        runTest {
            var taken = 0
            var collected = 0
            val source =
                flow {
                    for (order in orders(6)) {
                        assertTrue(++taken <= collected + 2, "$taken were taken and $collected collected")
                        emit(order)
                    }
                }
            val batch = simulator.client().vps.provisionMany(source, BatchOptions(atOnce = 2))
            batch.results.collect { collected++ }
            assertEquals(6 to 6, taken to collected)
        }

    @Test
    fun `whoever leaves early gets the tokens of what is open, and nothing is bought twice`() =
        runTest {
            val batch = simulator.client().vps.provisionMany(orders(5))
            val first = batch.results.first()
            val received = simulator.state().ordersReceived
            val open = batch.tokens
            assertEquals((0..4).toList() - first.index, open.map { it.index })
            assertTrue(open.none { it.token in "$it" })
            val client = simulator.client()
            val resumed =
                open.map {
                    client.vps
                        .resume(it.token)
                        .vps.id
                }
            assertEquals(4, (resumed - first.result!!.vps.id).toSet().size)
            assertEquals(5, received)
            assertEquals(5, simulator.state().ordersReceived)
        }

    /** The service, but the second order never ends. */
    private class Stuck(
        private val simulator: Simulator,
    ) {
        private var orders = 0
        val reached = CompletableDeferred<Unit>()
        val transport =
            HttpTransport { request ->
                val response = simulator.transport.send(request)
                if (request.endpoint == "POST /vps" && ++orders == 2) {
                    reached.complete(Unit)
                    awaitCancellation()
                }
                response
            }
    }

    @Test
    fun `an order that is cancelled on its way is open, and is found by its token`() =
        runTest {
            val stuck = Stuck(simulator)
            val batch =
                simulator
                    .client(StableVpsOptions(transport = stuck.transport))
                    .vps
                    .provisionMany(orders(2))
            val buying = launch { batch.results.collect {} }
            stuck.reached.await()
            buying.cancelAndJoin()
            val resumed = batch.tokens.map { simulator.client().vps.resume(it.token) }
            assertEquals(2, resumed.map { it.vps.id }.toSet().size)
            assertEquals(2, simulator.state().ordersReceived)
        }

    @Test
    fun `closing the client ends a batch, and what is open goes on elsewhere`() =
        runTest {
            val client = simulator.client()
            val batch = client.vps.provisionMany(orders(3)) { if (it.polling == 2) client.close() }
            assertFailsWith<ClientClosedException> { batch.results.collect {} }
            val received = simulator.state().ordersReceived
            assertTrue(received in 2..3, "$received")
            val resumed = batch.tokens.map { simulator.client().vps.resume(it.token) }
            assertEquals(resumed.size, resumed.map { it.vps.id }.toSet().size)
            assertTrue(resumed.size >= received)
            assertFailsWith<ClientClosedException> {
                client.vps
                    .provisionMany(orders(1))
                    .results
                    .first()
            }
        }

    @Test
    fun `an error that onProgress throws ends the batch, and is not taken for the end of a purchase`() =
        runTest {
            val client = simulator.client()
            val batch = client.vps.provisionMany(orders(2)) { if (it.polling == 2) client.vps.get("unknown") }
            assertFailsWith<NotFoundException> { batch.results.collect {} }
            val resumed =
                batch.tokens.map {
                    client.vps
                        .resume(it.token)
                        .vps.id
                }
            assertEquals(2, resumed.toSet().size)
            assertEquals(2, simulator.state().ordersReceived)
        }

    @Test
    fun `with a store and keys, a second batch gets what the first has bought`(
        @TempDir folder: File,
    ) = runTest {
        val store = SqliteStore { DriverManager.getConnection("jdbc:sqlite:${File(folder, "purchases.db")}") }
        val keyed = orders(3) { ProvisionOptions(idempotencyKey = "order-$it") }
        val batches =
            List(2) {
                val client = simulator.client(StableVpsOptions(store = store))
                client.vps
                    .provisionMany(keyed)
                    .results
                    .toList()
            }
        assertEquals(ids(batches[0]), ids(batches[1]))
        assertEquals(3, simulator.state().ordersReceived)
    }

    @Test
    fun `what can not be met is refused before anything is sent, and nothing is bought twice`() =
        runTest {
            val vps = simulator.client().vps
            val batch = vps.provisionMany(orders(1), BatchOptions(atOnce = 0))
            val refused = assertFailsWith<InvalidInputException> { batch.results.toList() }
            assertEquals("atOnce must be a whole number from 1 to 10000", refused.message)
            val negative = vps.provisionMany(orders(1), BatchOptions(maxSpend = BigDecimal(-1)))
            assertFailsWith<InvalidInputException> { negative.results.toList() }
            val keyed =
                vps
                    .provisionMany(
                        orders(1) { ProvisionOptions(idempotencyKey = "no store") },
                    ).results
                    .first()
            assertIs<InvalidInputException>(keyed.error)
            assertEquals(0, simulator.requests().size)
            val once = vps.provisionMany(orders(1))
            once.results.toList()
            assertFailsWith<IllegalStateException> { once.results.toList() }
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `an interrupted caller that blocks leaves nothing running, and keeps what is open`() {
        val stuck = Stuck(simulator)
        val client = simulator.blockingClient(StableVpsOptions(transport = stuck.transport))
        val batch = client.vps.provisionMany(orders(2), BatchOptions(atOnce = 1))
        assertNotNull(batch.next().result)
        val asking = FutureTask { batch.use { it.hasNext() } to Thread.interrupted() }
        val asker = thread { asking.run() }
        runBlocking { stuck.reached.await() }
        asker.interrupt()
        assertEquals(false to true, asking.get())
        val open = batch.tokens.single()
        assertEquals(1, open.index)
        assertTrue(
            simulator
                .blockingClient()
                .vps
                .resume(open.token)
                .recovered,
        )
        assertEquals(2, simulator.state().ordersReceived)
    }
}
