package com.stablevps.tests

import com.stablevps.ClientClosedException
import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.HttpTransport
import com.stablevps.IdempotencyMismatchException
import com.stablevps.InsufficientFundsException
import com.stablevps.InvalidInputException
import com.stablevps.Next
import com.stablevps.NotPlacedException
import com.stablevps.Phase
import com.stablevps.PlanId
import com.stablevps.Progress
import com.stablevps.ProvisionOptions
import com.stablevps.Provisioned
import com.stablevps.ProvisioningFailedException
import com.stablevps.PurchaseEvent
import com.stablevps.PurchaseInProgressException
import com.stablevps.PurchaseState
import com.stablevps.RecordedOptions
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.StableVpsOptions
import com.stablevps.Store
import com.stablevps.StoreException
import com.stablevps.TransportFailure
import com.stablevps.UnresolvedException
import com.stablevps.WhenHeld
import com.stablevps.testing.Simulator
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.minutes

private const val ORDER = "order-1"

/** Purchases with idempotency keys, on a simulated service and a database in a file. */
internal class RecordedTest {
    @TempDir
    lateinit var folder: Path

    private val simulator = Simulator()

    private val file: Path get() = folder.resolve("purchases.db")

    /** A client with a connection of its own, as another process has it. */
    private fun client(
        store: Store = sqlite(file),
        at: Simulator = simulator,
        transport: HttpTransport? = null,
    ): StableVps = at.client(StableVpsOptions(store = store, transport = transport))

    private suspend fun StableVps.order(
        key: String? = ORDER,
        whenHeld: WhenHeld = WhenHeld.REFUSE,
        onProgress: (suspend (Progress) -> Unit)? = null,
    ): Provisioned = buy(ProvisionOptions(idempotencyKey = key, whenHeld = whenHeld), onProgress)

    /** Is cancelled at the first progress of that phase. */
    private suspend fun StableVps.leave(
        key: String,
        phase: Phase,
    ) = coroutineScope {
        launch { order(key) { if (it.phase == phase) cancel() } }.join()
    }

    private fun placed(at: Simulator = simulator) = at.state().ordersPlaced

    @Test
    fun `a key buys one VPS however often it is asked for`() =
        runTest {
            val first = client().order()
            val other = client()
            val again = other.order()
            assertEquals(first.vps.id, again.vps.id)
            assertNotEquals(first.vps.id, other.order("order-2").vps.id)
            assertNotEquals(first.vps.id, other.order(key = null).vps.id)
            assertEquals(3, placed())

            val listed = other.purchases.list()
            assertEquals(listOf(ORDER, "order-2", null), listed.map { it.idempotencyKey })
            assertEquals(emptyList(), other.purchases.list(openOnly = true))
            val record = assertNotNull(other.purchases.get(ORDER))
            assertEquals(PurchaseState.READY, record.state)
            assertEquals(first.vps.id, record.vpsId)
            assertEquals(PLAN to 1, record.planId to record.attempt)
            assertNull(other.purchases.get("order-9"))
        }

    @Test
    fun `a purchase that goes on elsewhere is refused, or waited for`() =
        runTest {
            val second = client()
            val first =
                client().order { progress ->
                    if (progress.phase == Phase.POLLING) {
                        val refused = assertFailsWith<PurchaseInProgressException> { second.order() }
                        assertEquals("purchase_in_progress", refused.code)
                        val resumed =
                            assertFailsWith<PurchaseInProgressException> { second.purchases.resume(ORDER) }
                        assertEquals(refused.message, resumed.message)
                    }
                }
            assertEquals(first.vps.id, second.order(whenHeld = WhenHeld.WAIT).vps.id)
            assertEquals(1, placed())
        }

    @Test
    fun `many clients with one key buy one VPS`() =
        runTest {
            val bought =
                List(4) { async { client().order() } }.awaitAll()
            assertEquals(1, bought.map { it.vps.id }.toSet().size)
            assertEquals(1, placed())
        }

    @Test
    fun `who was cancelled is followed at once`() =
        runTest {
            for (phase in listOf(Phase.PREFLIGHT, Phase.BASELINE, Phase.POLLING)) {
                val key = "cancelled in $phase"
                client().leave(key, phase)
                client().order(key)
            }
            assertEquals(3, placed())
        }

    @Test
    fun `what a process left in a phase is taken over`() =
        runTest {
            for (phase in listOf(Phase.PREFLIGHT, Phase.BASELINE, Phase.ORDERING, Phase.POLLING)) {
                val key = "left in $phase"
                val before = placed()
                client().leave(key, phase)
                simulator.advance(10.minutes)
                val next = client()
                if (phase == Phase.ORDERING) {
                    // It may have been sent, and is looked for.
                    assertFailsWith<NotPlacedException> { next.order(key) }
                }
                next.order(key)
                assertEquals(before + 1, placed(), key)
            }
        }

    @Test
    fun `everything that was left is resumed, the oldest first`() =
        runTest {
            val phases = listOf(Phase.PREFLIGHT, Phase.ORDERING, Phase.POLLING)
            for (phase in phases) {
                client().leave("left in $phase", phase)
            }
            simulator.advance(10.minutes)
            val next = client()
            val resumed = next.purchases.resumeAll(RecordedOptions(timeout = 20.minutes))
            // The order that was announced was looked for by the first one that entered, and not found.
            assertEquals(
                listOf("left in PREFLIGHT", "left in POLLING"),
                resumed.filter { it.result != null }.map { it.record.idempotencyKey },
            )
            assertEquals(2, placed())
            assertEquals(PurchaseState.NOT_ORDERED, next.purchases.get("left in ORDERING")?.state)
            assertEquals(emptyList(), next.purchases.resumeAll())
            next.order("left in ORDERING")
            assertEquals(3, placed())
        }

    @Test
    fun `a purchase that failed or can't be resolved ends the same way again`() =
        runTest {
            simulator.fault(
                mapOf("shape_order" to mapOf("vps_status" to "suspended")),
                method = "POST",
                path = "/vps",
            )
            val failed = assertFailsWith<ProvisioningFailedException> { client().order() }
            val again = assertFailsWith<ProvisioningFailedException> { client().order() }
            assertEquals(failed.message, again.message)
            assertEquals(1, placed())

            simulator.control(mapOf("set_balance" to mapOf("amount" to 1000)))
            simulator.fault("lose_after", method = "POST", path = "/vps")
            val plain = simulator.client()
            var isOther = false
            val unresolved =
                assertFailsWith<UnresolvedException> {
                    client().order("order-2") {
                        if (it.phase == Phase.RECONCILING && !isOther) {
                            isOther = true
                            plain.vps.create(PLAN, CYCLE, PLACE)
                        }
                    }
                }
            val same = assertFailsWith<UnresolvedException> { client().order("order-2") }
            assertEquals(unresolved.message, same.message)
            assertEquals(3, placed())
        }

    @Test
    fun `what was refused or not placed is ordered anew`() =
        runTest {
            simulator.control(mapOf("set_balance" to mapOf("amount" to 5)))
            assertFailsWith<InsufficientFundsException> { client().order() }
            simulator.control(mapOf("set_balance" to mapOf("amount" to 100)))
            simulator.fault("lose_before", method = "POST", path = "/vps")
            assertFailsWith<NotPlacedException> { client().order() }
            val last = client()
            assertFailsWith<StableVpsException> { last.purchases.resume(ORDER) }
            last.order()
            assertEquals(1, placed())
            assertEquals(3, last.purchases.get(ORDER)?.attempt)
        }

    @Test
    fun `another order under the same key is refused`() =
        runTest {
            client().order()
            val options = ProvisionOptions(idempotencyKey = ORDER)
            val refused =
                assertFailsWith<IdempotencyMismatchException> {
                    client().vps.provision(PlanId.BASIC, CYCLE, PLACE, options)
                }
            assertEquals("idempotency_mismatch" to "planId", refused.code to refused.field)
            assertEquals("the idempotency key was used for an order with another planId", refused.message)
            assertEquals(1, placed())
        }

    @Test
    fun `a forgotten purchase keeps its key`() =
        runTest {
            val client = client()
            val open = assertFailsWith<InvalidInputException> { client.purchases.forget(ORDER) }
            assertEquals("idempotencyKey is not known to the store", open.message)
            client.order()
            client.purchases.forget(ORDER)
            val record = assertNotNull(client.purchases.get(ORDER))
            assertEquals(PurchaseState.FORGOTTEN to null, record.state to record.token)
            val refused = assertFailsWith<InvalidInputException> { client().order() }
            assertEquals("idempotencyKey belongs to a purchase that was forgotten", refused.message)
            assertEquals(1, placed())
        }

    @Test
    fun `a key needs a store`() =
        runTest {
            val plain = simulator.client()
            val refused = assertFailsWith<InvalidInputException> { plain.order() }
            assertEquals("idempotencyKey needs a client with a store", refused.message)
            assertEquals("idempotencyKey", refused.field)
            val questions =
                listOf<suspend () -> Any?>(
                    { plain.purchases.list() },
                    { plain.purchases.get(ORDER) },
                    { plain.purchases.resume(ORDER) },
                    { plain.purchases.resumeAll() },
                    { plain.purchases.forget(ORDER) },
                )
            for (question in questions) {
                val missing = assertFailsWith<InvalidInputException> { question() }
                assertEquals("store is missing: recorded purchases need a client with one", missing.message)
            }
            assertEquals(emptyList(), simulator.requests())
            assertFailsWith<InvalidInputException> { client().order("") }
        }

    @Test
    fun `a recorded purchase is a flow, too`() =
        runTest {
            client().leave(ORDER, Phase.POLLING)
            simulator.advance(10.minutes)
            val events = client().purchases.resumeFlow(ORDER).toList()
            val last = assertNotNull(events.last() as? PurchaseEvent.Completed)
            assertEquals(client().order().vps.id, last.result.vps.id)
            assertEquals(1, placed())
        }

    @Test
    fun `a smooth purchase asks the store at most nine times`() =
        runTest {
            val store = Meddled(sqlite(file)) { _, carryOut -> carryOut() }
            client(store).order()
            assertTrue(store.asked.size in 5..9, "${store.asked}")
        }

    /** Runs a purchase that is meddled with at each of its operations in turn, each on a service of its own. */
    private suspend fun atEachOperation(check: suspend (Int, Path, Simulator) -> Boolean) {
        var number = 0
        while (check(number, folder.resolve("$number.db"), Simulator())) {
            number++
        }
        assertTrue(number in 5..30, "$number operations")
    }

    /** Asks for the purchase until it succeeds, as whoever wants the VPS does. */
    private suspend fun finished(
        at: Simulator,
        store: Path,
    ) {
        at.advance(10.minutes)
        val next = client(sqlite(store), at)
        val bought =
            try {
                next.order()
            } catch (_: NotPlacedException) {
                next.order()
            }
        assertEquals(1, placed(at))
        assertEquals(bought.vps.id, next.purchases.get(ORDER)?.vpsId)
        assertEquals(1, at.state().vps.size)
    }

    @Test
    fun `a store that fails at any operation, done or not, buys one VPS at most and loses none`() =
        runTest {
            for (isDone in listOf(false, true)) {
                atEachOperation { wanted, name, at ->
                    val path = folder.resolve("$isDone-${name.fileName}")
                    val store =
                        Meddled(sqlite(path)) { number, carryOut ->
                            if (number !=
                                wanted
                            ) {
                                carryOut()
                            } else if (isDone) {
                                carryOut().let { down() }
                            } else {
                                down()
                            }
                        }
                    try {
                        client(store, at).order()
                    } catch (failed: StoreException) {
                        assertEquals("the store failed: the database is down", failed.message)
                        assertTrue(failed.token != null || placed(at) == 0, "lost at $wanted")
                    }
                    finished(at, path)
                    wanted < store.asked.size
                }
            }
        }

    @Test
    fun `a purchase that is cancelled within any operation is taken over`() =
        runTest {
            atEachOperation { wanted, path, at ->
                val reached = CompletableDeferred<Unit>()
                val store =
                    Meddled(sqlite(path)) { number, carryOut ->
                        val answer = carryOut()
                        if (number == wanted) {
                            reached.complete(Unit)
                            awaitCancellation()
                        }
                        answer
                    }
                val purchase = async { client(store, at).order() }
                purchase.invokeOnCompletion { reached.complete(Unit) }
                reached.await()
                purchase.cancelAndJoin()
                finished(at, path)
                wanted < store.asked.size
            }
        }

    @Test
    fun `a store that is down for two minutes from any operation on is written to when it is back`() =
        runTest {
            atEachOperation { wanted, path, at ->
                var until: Long? = null
                val store =
                    Meddled(sqlite(path)) { number, carryOut ->
                        if (number == wanted) until = at.clock.now() + 2.minutes.inWholeMilliseconds
                        if (until?.let { at.clock.now() < it } == true) down()
                        carryOut()
                    }
                val first = runCatching { client(store, at).order() }
                val record = client(sqlite(path), at).purchases.get(ORDER)
                if (first.isSuccess) {
                    assertEquals(PurchaseState.READY to 1, record?.state to placed(at), "$wanted")
                } else {
                    val failure = assertNotNull(first.exceptionOrNull() as? StoreException, "$first")
                    assertEquals(0 to Next.RETRY, placed(at) to failure.next, "$wanted")
                }
                finished(at, path)
                wanted < store.asked.size
            }
        }

    @Test
    fun `of what a store throws only the class is shown`() =
        runTest {
            val store = Store { error("jdbc:postgresql://user:hunter2@localhost/db") }
            val failed = assertFailsWith<StoreException> { client(store).order() }
            assertEquals("the store failed: IllegalStateException", failed.message)
            assertEquals(0, simulator.state().ordersReceived)
        }

    @Test
    fun `an order whose time to begin was over is announced anew`() =
        runTest {
            var refused = 0
            val transport =
                HttpTransport { request ->
                    assertTrue(request.mayBegin())
                    if (request.endpoint == "POST /vps" && refused++ == 0) throw request.late()
                    simulator.transport.send(request)
                }
            val store = Meddled(sqlite(file)) { _, carryOut -> carryOut() }
            val bought = client(store, transport = transport).order()
            assertEquals(Triple(2, 1, 1), Triple(refused, placed(), bought.ordersSent))
        }

    @Test
    fun `a client that is closed during its order still writes the receipt`() =
        runTest {
            lateinit var client: StableVps
            val transport =
                HttpTransport { request ->
                    simulator.transport.send(request).also {
                        if (request.endpoint ==
                            "POST /vps"
                        ) {
                            client.close()
                        }
                    }
                }
            client = client(transport = transport)
            val closed = assertFailsWith<ClientClosedException> { client.order() }
            assertNotNull(closed.token)
            val record = assertNotNull(client().purchases.get(ORDER))
            assertEquals(
                simulator
                    .state()
                    .vps
                    .single()["id"],
                record.vpsId,
            )
            assertFailsWith<ClientClosedException> { client.purchases.list() }
        }

    @Test
    fun `a lost reply and a second call end in the same VPS`() =
        runTest {
            simulator.fault("lose_after", method = "POST", path = "/vps")
            val first = client().order()
            assertTrue(first.recovered)
            assertEquals(first.vps.id, client().order().vps.id)
            assertEquals(1, placed())
        }

    @Test
    fun `an order that may have been sent is looked for by its own store`() =
        runTest {
            val transport =
                HttpTransport { request ->
                    val reply = simulator.transport.send(request)
                    if (request.endpoint ==
                        "POST /vps"
                    ) {
                        throw TransportFailure(FailureKind.IO, Delivery.UNKNOWN)
                    }
                    reply
                }
            assertTrue(client(transport = transport).order().recovered)
            assertEquals(PurchaseState.READY to 1, client().purchases.get(ORDER)?.state to placed())
        }

    @Test
    fun `nothing secret is stored`() =
        runTest {
            val bought = client().order()
            val password = assertNotNull(bought.vps.rdpPassword).reveal()
            val stored = Files.readAllBytes(file).toString(Charsets.ISO_8859_1)
            assertTrue(ORDER in stored)
            assertTrue(password !in stored && "svps_live_" !in stored)
        }

    @Test
    fun `purchases of several clients go on side by side in PostgreSQL`() =
        runTest {
            val server = postgres() ?: return@runTest
            val stores = List(2) { com.stablevps.PostgresStore(server) }
            simulator.control(mapOf("set_balance" to mapOf("amount" to 1000)))
            val key = "order ${System.nanoTime()}"
            val bought =
                List(6) { number ->
                    async { client(stores[number % 2]).orderAgain("$key ${number / 2}") }
                }.awaitAll()
            assertEquals(3, bought.map { it.vps.id }.toSet().size)
            assertEquals(3, placed())
        }

    /**
     * While the database works, virtual time may pass a lease, and another takes the purchase over before its order is
     * sent. Then it was not placed, and is asked for again.
     */
    private suspend fun StableVps.orderAgain(key: String): Provisioned {
        while (true) {
            try {
                return order(key, WhenHeld.WAIT)
            } catch (notPlaced: NotPlacedException) {
                assertEquals(Next.RETRY, notPlaced.next)
            }
        }
    }
}
