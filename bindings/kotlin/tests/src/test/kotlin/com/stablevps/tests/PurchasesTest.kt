package com.stablevps.tests

import com.stablevps.Clock
import com.stablevps.DeadlineExceededException
import com.stablevps.Fault
import com.stablevps.InsufficientFundsException
import com.stablevps.InvalidInputException
import com.stablevps.Next
import com.stablevps.NotPlacedException
import com.stablevps.OverBudgetException
import com.stablevps.Phase
import com.stablevps.ProvisionOptions
import com.stablevps.PurchaseEvent
import com.stablevps.ResumeOptions
import com.stablevps.Secret
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import com.stablevps.StaleTokenException
import com.stablevps.VpsStatus
import com.stablevps.testing.Simulator
import com.stablevps.testing.SimulatorConfig
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Test
import java.math.BigDecimal
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

private val LARGE = BigDecimal("100000")

internal class PurchasesTest {
    private val simulator = Simulator()

    private fun client(): StableVps = simulator.client()

    private fun faultOrder(
        what: Any,
        skip: Int? = null,
        times: Int? = null,
        at: Simulator = simulator,
    ) = at.fault(what, method = "POST", path = "/vps", skip = skip, times = times)

    @Test
    fun `a purchase gives a VPS that can be used, and what it cost`() =
        runTest {
            val bought = client().buy(ProvisionOptions(maxSpend = BigDecimal(20)))
            assertEquals(BigDecimal("19.49"), bought.charged)
            assertEquals(BigDecimal("80.51"), bought.balanceAfter)
            assertEquals(VpsStatus.ACTIVE, bought.vps.vpsStatus)
            assertTrue(Regex("""\d+(\.\d+){3}""").matches(assertNotNull(bought.vps.ipAddress)))
            assertTrue(assertNotNull(bought.vps.rdpPassword).reveal().isNotEmpty())
            assertEquals(1, simulator.state().ordersReceived)
            assertTrue(currentTime >= 120_000, "the test's own time went on: $currentTime")
        }

    @Test
    fun `a lost reply to the order is looked into, and never answered with a second order`() =
        runTest {
            faultOrder("lose_after")
            val bought = client().buy()
            assertTrue(bought.recovered)
            assertEquals(BigDecimal("19.49"), bought.charged)
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `an order that was certainly not sent is sent again`() =
        runTest {
            faultOrder("not_delivered")
            assertEquals(false, client().buy().recovered)
            assertEquals(1, simulator.state().ordersPlaced)
        }

    @Test
    fun `an order that never arrived ends as not placed`() =
        runTest {
            faultOrder("lose_before")
            assertFailsWith<NotPlacedException> { client().buy() }
            assertEquals(0, simulator.state().ordersPlaced)
        }

    @Test
    fun `too little money, or too high a price, ends it before anything is ordered`() =
        runTest {
            val limit = ProvisionOptions(maxSpend = BigDecimal("19.48"))
            val dear = assertFailsWith<OverBudgetException> { client().buy(limit) }
            assertEquals(BigDecimal("19.49") to BigDecimal("19.48"), dear.price to dear.maxSpend)
            simulator.control(mapOf("set_balance" to mapOf("amount" to 5)))
            val check = ProvisionOptions(checkFunds = true)
            val poor = assertFailsWith<InsufficientFundsException> { client().buy(check) }
            assertEquals(BigDecimal("14.49"), poor.shortfall)
            assertEquals(0, simulator.state().ordersReceived)
        }

    @Test
    fun `a highest price that was written as a floating-point number counts in cents`() =
        runTest {
            val price = client().buy(ProvisionOptions(maxSpend = BigDecimal(19.49))).charged
            assertEquals(BigDecimal("19.49"), price)
            val cent = BigDecimal(19.48)
            assertFailsWith<OverBudgetException> { client().buy(ProvisionOptions(maxSpend = cent)) }
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `two hundred purchases at once buy two hundred VPS, each its own`() =
        runTest {
            val simulator = Simulator(SimulatorConfig(LARGE))
            val client = simulator.client()
            val all = List(200) { async { client.buy(ProvisionOptions(timeout = 11.days)) } }.awaitAll()
            assertEquals(200, all.map { it.vps.id }.toSet().size)
            assertEquals(200, simulator.state().ordersReceived)
        }

    @Test
    fun `lost replies among purchases in many threads are not confused`() =
        runBlocking(Dispatchers.Default) {
            val simulator = Simulator(SimulatorConfig(LARGE))
            val clients = listOf(simulator.client(), simulator.client())
            faultOrder("lose_after", skip = 3, times = 5, at = simulator)
            val all =
                List(
                    20,
                ) { async { clients[it % 2].buy(ProvisionOptions(timeout = 11.days)) } }.awaitAll()
            assertEquals(20, all.map { it.vps.id }.toSet().size)
            assertEquals(5, all.count { it.recovered })
            assertEquals(20, simulator.state().ordersReceived)
        }

    @Test
    fun `progress is waited for, so that the token is stored before the order is sent`() =
        runTest {
            val stored = mutableListOf<Triple<Phase, Boolean, Int>>()
            client().buy { progress ->
                val before = simulator.state().ordersReceived
                withContext(
                    Dispatchers.IO,
                ) { stored += Triple(progress.phase, progress.token != null, before) }
                assertEquals(before, simulator.state().ordersReceived)
            }
            assertEquals(Triple(Phase.ORDERING, true, 0), stored.first { it.first == Phase.ORDERING })
        }

    /** The turn lasts until the first progress that is not exclusive was told. */
    private fun judge(
        ends: List<Pair<Boolean, Result<Any>>>,
        simulator: Simulator,
    ) {
        val said = "onProgress must not buy on the account of the purchase that calls it"
        val first = ends.indexOfFirst { (exclusive, _) -> !exclusive }
        assertTrue(first > 0)
        ends.forEachIndexed { number, (_, end) ->
            val error = end.exceptionOrNull()
            if (number > first) {
                assertEquals(null, error)
            } else {
                assertTrue(error is InvalidInputException, "$number: $error")
                assertEquals(said, error.message)
                assertEquals(Next.FIX to null, error.next to error.token)
            }
        }
        assertEquals(ends.size - first, simulator.state().ordersPlaced)
    }

    @Test
    fun `a purchase within onProgress is refused while the other orders`() =
        runTest {
            val rich = Simulator(SimulatorConfig(balance = LARGE))
            val client = rich.client()
            val ends = mutableListOf<Pair<Boolean, Result<Any>>>()
            client.buy { progress -> ends += progress.exclusive to runCatching { client.buy() } }
            judge(ends, rich)
        }

    @Test
    fun `a blocking purchase within onProgress is refused while the other orders`() {
        val rich = Simulator(SimulatorConfig(balance = LARGE))
        val vps = rich.client().blocking().vps
        val ends = mutableListOf<Pair<Boolean, Result<Any>>>()
        vps.provision(PLAN, CYCLE, PLACE) { progress ->
            ends += progress.exclusive to runCatching { vps.provision(PLAN, CYCLE, PLACE) }
        }
        judge(ends, rich)
    }

    @Test
    fun `clients of a real server that share a clock of their own stand in one line`() {
        val clock = object : Clock by Clock.SYSTEM {}
        val other = object : Clock by Clock.SYSTEM {}
        Service("--provisioning-ms", "0").use { service ->
            val options = ProvisionOptions(firstLook = 10.milliseconds, longestPause = 10.milliseconds)
            val clients =
                listOf(clock, clock, other).map {
                    StableVps(service.key, StableVpsOptions(baseUrl = service.url, clock = it))
                }
            val (first, second, third) = clients
            val ends = mutableListOf<Result<Any>>()
            runBlocking {
                first.buy(options) {
                    if (it.phase == Phase.BASELINE) {
                        ends += listOf(second, third).map { client -> runCatching { client.buy(options) } }
                    }
                }
            }
            clients.forEach { it.close() }
            val (shared, apart) = ends
            assertTrue(shared.exceptionOrNull() is InvalidInputException, "$shared")
            assertTrue(apart.isSuccess, "$apart")
        }
    }

    @Test
    fun `what onProgress throws ends the purchase before the order`() =
        runTest {
            val broken = IllegalStateException("the disk is full")
            val ended =
                assertFailsWith<IllegalStateException> {
                    client().buy { if (it.phase == Phase.ORDERING) throw broken }
                }
            assertEquals("the disk is full", ended.message)
            assertEquals(0, simulator.state().ordersReceived)
        }

    @Test
    fun `a flow emits every step and then the result, and never buys twice`() =
        runTest {
            val flow = client().vps.provisionFlow(PLAN, CYCLE, PLACE)
            val events = flow.toList()
            val result = (events.last() as PurchaseEvent.Completed).result
            assertEquals(BigDecimal("19.49"), result.charged)
            val phases = events.dropLast(1).map { (it as PurchaseEvent.Progressed).progress.phase }
            assertEquals(
                listOf(Phase.PREFLIGHT, Phase.BASELINE, Phase.ORDERING, Phase.POLLING),
                phases.distinct(),
            )
            assertFailsWith<IllegalStateException> { flow.toList() }
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `a flow orders only what was collected, and leaving it ends the wait`() =
        runTest {
            val flow = client().vps.provisionFlow(PLAN, CYCLE, PLACE)
            val event = flow.first { (it as PurchaseEvent.Progressed).progress.phase == Phase.ORDERING }
            assertEquals(0, simulator.state().ordersReceived)
            val token = assertNotNull((event as PurchaseEvent.Progressed).progress.token)
            assertFailsWith<NotPlacedException> { client().vps.resumeFlow(token).toList() }
            assertEquals(0, simulator.state().ordersReceived)
        }

    @Test
    fun `a token of another account is refused unless that is meant`() =
        runTest {
            var token: String? = null
            client().buy { token = it.token }
            val other = simulator.client(apiKey = Secret(KEY))
            assertFailsWith<StaleTokenException> { other.vps.resume(token!!) }
        }

    @Test
    fun `a VPS that was bought elsewhere is waited for`() =
        runTest {
            val order = client().vps.create(PLAN, CYCLE, PLACE)
            val ready = client().vps.waitUntilReady(order.id)
            assertEquals(order.id to 0, ready.vps.id to ready.ordersSent)
        }

    @Test
    fun `the time allowed ends a purchase with a token`() =
        runTest {
            val simulator = Simulator(SimulatorConfig(provisioning = 1.hours))
            val client = simulator.client()
            val late =
                assertFailsWith<DeadlineExceededException> {
                    client.buy(
                        ProvisionOptions(timeout = 1.minutes),
                    )
                }
            assertEquals(Next.RESUME, late.next)
            val resumed = client.vps.resume(late.token!!, ResumeOptions(timeout = 2.hours))
            assertEquals(VpsStatus.ACTIVE, resumed.vps.vpsStatus)
        }

    @Test
    fun `a purchase that waits for its turn keeps to the time allowed`() =
        runTest {
            val holding = CompletableDeferred<Unit>()
            val held = CompletableDeferred<Unit>()
            val first =
                async {
                    client().buy(ProvisionOptions(timeout = 11.days)) {
                        holding.complete(Unit)
                        held.await()
                    }
                }
            holding.await()
            val second =
                async {
                    assertFailsWith<DeadlineExceededException> {
                        client().buy(ProvisionOptions(timeout = 1.minutes))
                    }
                }
            testScheduler.runCurrent()
            simulator.advance(1.minutes)
            val late = second.await()
            assertEquals("the other purchases of this account", late.waitingFor)
            assertEquals(Fault.SERVER to Next.RESUME, late.fault to late.next)
            assertNotNull(late.token)
            held.complete(Unit)
            first.await()
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `purchases order in the order in which they came`() =
        runTest {
            simulator.control(mapOf("set_balance" to mapOf("amount" to 1000)))
            val holding = CompletableDeferred<Unit>()
            val held = CompletableDeferred<Unit>()
            val came = mutableListOf<Int>()
            val first =
                async {
                    client().buy {
                        holding.complete(Unit)
                        held.await()
                    }
                }
            holding.await()
            val others =
                List(5) { number ->
                    async { client().buy { if (it.phase == Phase.PREFLIGHT) came += number } }
                }
            testScheduler.runCurrent()
            assertEquals(emptyList(), came)
            held.complete(Unit)
            (others + first).awaitAll()
            assertEquals(listOf(0, 1, 2, 3, 4), came)
        }

    @Test
    fun `clients with different keys wait for each other where their account has a name`() =
        runTest {
            val password = Secret("correct horse battery staple")
            val key = client().keys.create("john@example.com", password, "other").apiKey
            for ((account, waits) in listOf(null to false, "acme" to true)) {
                val options = StableVpsOptions(account = account)
                val holding = CompletableDeferred<Unit>()
                val held = CompletableDeferred<Unit>()
                var begun = false
                val first =
                    async {
                        simulator.client(options).buy {
                            holding.complete(Unit)
                            held.await()
                        }
                    }
                holding.await()
                val second = async { simulator.client(options, key).buy { begun = true } }
                testScheduler.runCurrent()
                assertEquals(waits, !begun)
                held.complete(Unit)
                first.await()
                second.await()
            }
        }

    private suspend fun boughtDuringRealWaits(simulator: Simulator) =
        coroutineScope {
            val client = simulator.client()
            val bought =
                List(3) {
                    async {
                        client.buy { withContext(Dispatchers.IO) { Thread.sleep(20) } }
                    }
                }.awaitAll()
            assertEquals(3, bought.map { it.vps.id }.toSet().size)
            assertEquals(3, simulator.state().ordersReceived)
        }

    @Test
    fun `time stands for those who wait for their turn while another's callback waits for something real`() {
        runTest { boughtDuringRealWaits(simulator) }
        runBlocking { boughtDuringRealWaits(Simulator()) }
        runBlocking(Dispatchers.Default) { boughtDuringRealWaits(Simulator()) }
    }

    @Test
    fun `simulated services with equal keys share no queue and no time`() =
        runTest {
            val holding = CompletableDeferred<Unit>()
            val held = CompletableDeferred<Unit>()
            val first =
                async {
                    client().buy {
                        holding.complete(Unit)
                        held.await()
                    }
                }
            holding.await()
            val other = Simulator()
            assertEquals(simulator.apiKey.reveal(), other.apiKey.reveal())
            val before = simulator.now
            withContext(Dispatchers.Default) { other.client().buy() }
            val real = Simulator(SimulatorConfig(realTime = true, provisioning = Duration.ZERO))
            real.client().buy(ProvisionOptions(firstLook = Duration.ZERO))
            assertEquals(before, simulator.now)
            assertEquals(0, simulator.state().ordersReceived)
            held.complete(Unit)
            first.await()
        }

    @Test
    fun `clients of one simulated service share a queue, whatever their clocks are`() =
        runBlocking {
            val own =
                object : Clock {
                    override fun now() = simulator.clock.now()

                    override fun monotonic() = simulator.clock.monotonic()

                    override suspend fun sleep(duration: Duration) = simulator.clock.sleep(duration)
                }
            val other = simulator.client(StableVpsOptions(clock = own))
            val second = CompletableDeferred<Unit>()
            var isFirstOver = false
            val first =
                async {
                    client().buy {
                        if (it.phase == Phase.PREFLIGHT) second.complete(Unit)
                        repeat(20) { yield() }
                        isFirstOver = it.phase == Phase.POLLING
                    }
                }
            second.await()
            other.buy { assertTrue(isFirstOver) }
            first.await()
            assertEquals(2, simulator.state().ordersReceived)
        }

    @Test
    fun `outside of runTest nothing is waited for either`() =
        runBlocking {
            val bought = coroutineScope { List(3) { async { client().buy() } }.awaitAll() }
            assertEquals(3, bought.map { it.vps.id }.toSet().size)
            assertTrue(simulator.now.toEpochMilli() >= 1_767_225_600_000 + 120_000)
        }
}
