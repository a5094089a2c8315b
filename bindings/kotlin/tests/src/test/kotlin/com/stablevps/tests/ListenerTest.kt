package com.stablevps.tests

import com.stablevps.ClientEvent
import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.HttpTransport
import com.stablevps.InsufficientFundsException
import com.stablevps.InvalidInputException
import com.stablevps.LogLevel
import com.stablevps.Logger
import com.stablevps.Phase
import com.stablevps.RateLimitedException
import com.stablevps.StableVpsOptions
import com.stablevps.WatchEvent
import com.stablevps.WatchOptions
import com.stablevps.testing.Simulator
import com.stablevps.testing.SimulatorConfig
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import java.math.BigDecimal
import java.util.logging.Handler
import java.util.logging.Level
import java.util.logging.LogRecord
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** What a client's listener and logger hear. */
internal class ListenerTest {
    private val simulator = Simulator()
    private val events = mutableListOf<ClientEvent>()
    private val lines = mutableListOf<Pair<LogLevel, String>>()
    private val logger =
        object : Logger {
            override fun log(message: String) = error("each line has a level")

            override fun log(
                level: LogLevel,
                message: String,
            ) {
                lines += level to message
            }
        }

    private fun client(service: Simulator = simulator) =
        service.client(StableVpsOptions(listener = events::add, logger = logger))

    private inline fun <reified T> of(): List<T> = events.filterIsInstance<T>()

    @Test
    fun `a purchase is told request by request, and phase by phase`() =
        runTest {
            simulator.fault("lose_after", method = "POST", path = "/vps")
            val bought = client().buy()
            val phases = of<ClientEvent.PhaseChanged>()
            assertEquals(
                listOf(
                    Phase.PREFLIGHT,
                    Phase.BASELINE,
                    Phase.ORDERING,
                    Phase.RECONCILING,
                    Phase.POLLING,
                    Phase.ENDED,
                ),
                phases.map { it.phase },
            )
            assertEquals(bought.vps.id, phases.last().vpsId)
            assertEquals(bought.elapsed, phases.last().elapsed)
            assertEquals(setOf("vps.provision"), phases.map { it.operation }.toSet())
            val order = of<ClientEvent.RequestEnded>().single { it.endpoint == "POST /vps" }
            assertEquals(null, order.status)
            assertEquals(FailureKind.IO to Delivery.UNKNOWN, order.failure to order.delivery)
            val looks = of<ClientEvent.RequestEnded>() - order
            assertTrue(
                looks.all { it.status == 200 && it.bytesReceived > 10 && it.method == "GET" },
                "$looks",
            )
            assertEquals(bought.requests, looks.size + 1)
            val secret = simulator.apiKey.reveal()
            assertTrue(events.none { secret in "$it" } && lines.none { secret in it.second })
        }

    @Test
    fun `a retry says which attempt it is, and of what`() =
        runTest {
            simulator.fault(mapOf("status" to mapOf("code" to 503, "effect" to "before")))
            simulator.fault(mapOf("delay" to mapOf("ms" to 2500)), path = "/wallet")
            client().wallet.get()
            val (first, second) = of<ClientEvent.RequestEnded>()
            assertEquals(Triple(1, null, 503), Triple(first.attempt, first.retryOf, first.status))
            assertEquals(Triple(2, "server", 200), Triple(second.attempt, second.retryOf, second.status))
            assertEquals(2.5.seconds, second.duration)
            assertEquals("wallet.get", second.operation)
            assertEquals(0, of<ClientEvent.PhaseChanged>().size)
        }

    @Test
    fun `a purchase that fails ends with the error's code`() =
        runTest {
            val poor = Simulator(SimulatorConfig(BigDecimal(5)))
            assertFailsWith<InsufficientFundsException> { client(poor).buy() }
            val end = of<ClientEvent.PhaseChanged>().last()
            assertEquals(Phase.ENDED to "insufficient_funds", end.phase to end.error)
        }

    @Test
    fun `what a watch tells is heard, too`() =
        runTest {
            val told = client().vps.watch(WatchOptions(atMost = 5.minutes)).first()
            assertEquals(told, of<ClientEvent.Watched>().single().event)
            assertIs<WatchEvent.Started>(told)
        }

    @Test
    fun `orders, deletions and reboots are logged as information, with status and time`() =
        runTest {
            val client = client()
            val id = client.buy().vps.id
            client.vps.stop(id)
            client.vps.start(id)
            client.vps.reboot(id)
            client.vps.delete(id)
            val important = lines.filter { it.first == LogLevel.INFO }.map { it.second }
            assertEquals(
                listOf(
                    "vps.provision: POST /vps answered 201 in 0 ms",
                    "vps.reboot: POST /vps/:id/actions answered 200 in 0 ms",
                    "vps.delete: DELETE /vps/:id answered 200 in 0 ms",
                ),
                important,
            )
            assertTrue(LogLevel.DEBUG to "vps.stop: POST /vps/:id/actions answered 200 in 0 ms" in lines)
        }

    @Test
    fun `a listener that throws costs no purchase, and is logged once`() =
        runTest {
            val options = StableVpsOptions(listener = { error("the disk is full") }, logger = logger)
            assertEquals(BigDecimal("19.49"), simulator.client(options).buy().charged)
            assertEquals(
                listOf("listener: it threw java.lang.IllegalStateException, here and maybe later"),
                lines.map { it.second }.filter { it.startsWith("listener") },
            )
        }

    @Test
    fun `a program's name is the first word of the user agent, and one with spaces is refused`() =
        runTest {
            val agents = mutableListOf<String?>()
            val noting =
                HttpTransport { request ->
                    agents += request.headers["user-agent"]
                    simulator.transport.send(request)
                }
            simulator.client(StableVpsOptions(transport = noting, app = "grid-bot/2.1")).wallet.get()
            assertEquals(true, agents.single()?.startsWith("grid-bot/2.1 stablevps-kotlin/"), "$agents")
            assertFailsWith<InvalidInputException> { simulator.client(StableVpsOptions(app = "grid bot")) }
        }

    @Test
    fun `after a 429 other calls wait, too, unless that is switched off`() =
        runTest {
            suspend fun waited(pacing: Boolean): Boolean {
                val service = Simulator()
                val client = service.client(StableVpsOptions(maxRetries = 0, pacing = pacing))
                service.fault(mapOf("status" to mapOf("code" to 429, "effect" to "before")))
                assertFailsWith<RateLimitedException> { client.wallet.get() }
                val begun = service.clock.monotonic()
                repeat(3) { client.wallet.get() }
                return service.clock.monotonic() > begun
            }
            assertEquals(true to false, waited(pacing = true) to waited(pacing = false))
        }

    @Test
    fun `the platform's own logging gets the lines`() =
        runTest {
            val records = mutableListOf<LogRecord>()
            val target =
                java.util.logging.Logger
                    .getLogger("stablevps.test")
            val handler =
                object : Handler() {
                    override fun publish(record: LogRecord) {
                        records += record
                    }

                    override fun flush() {}

                    override fun close() {}
                }
            target.level = Level.FINE
            target.useParentHandlers = false
            target.addHandler(handler)
            simulator.client(StableVpsOptions(logger = Logger.javaUtilLogging("stablevps.test"))).buy()
            assertEquals(
                listOf("vps.provision: POST /vps answered 201 in 0 ms"),
                records.filter { it.level == Level.INFO }.map { it.message },
            )
            assertTrue(records.size > 5 && records.all { it.level == Level.INFO || it.level == Level.FINE })
        }
}
