package com.stablevps.tests

import com.stablevps.ClientClosedException
import com.stablevps.HttpTransport
import com.stablevps.InvalidInputException
import com.stablevps.ProbeOutcome
import com.stablevps.Prober
import com.stablevps.ProvisionOptions
import com.stablevps.RebootPolicy
import com.stablevps.ServerException
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import com.stablevps.UnauthorizedException
import com.stablevps.WaitLevel
import com.stablevps.WatchEvent
import com.stablevps.WatchOptions
import com.stablevps.testing.Simulator
import com.stablevps.testing.SimulatorConfig
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.FutureTask
import kotlin.concurrent.thread
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

/** Watches over the VPS of a simulated account. */
@Timeout(120)
internal class WatchTest {
    private val simulator = account("a", "b", "c")

    private fun account(
        vararg ids: String,
        addresses: (Int) -> String? = { null },
    ): Simulator {
        val vps =
            ids.mapIndexed { number, id ->
                mapOf("id" to id, "ip_address" to addresses(number)).filterValues { it != null }
            }
        return Simulator(SimulatorConfig(more = mapOf("vps" to vps)))
    }

    private fun line(event: WatchEvent): String =
        if (event is WatchEvent.OfVps) "${event.name} ${event.vps.id}" else event.name

    private fun reboots(): Int = simulator.state().vps.sumOf { (it.getValue("reboots") as Number).toInt() }

    private fun rebootsReceived(): Int = simulator.requests().count { "${it["path"]}".endsWith("/actions") }

    @Test
    fun `a VPS that hangs is rebooted, and what happens is told`() =
        runTest {
            val begun = simulator.now
            val client = simulator.client()
            val lines = mutableListOf<String>()
            val reachable =
                client.vps
                    .watch(WatchOptions(reboot = RebootPolicy.WHEN_SILENT))
                    .onEach {
                        lines += line(it)
                        if (it is WatchEvent.Started) {
                            // What this program has stopped is not expected to answer.
                            client.vps.stop("c")
                            simulator.hang("b")
                        }
                    }.first { it is WatchEvent.Reachable }
            assertEquals(listOf("started", "unreachable b", "reboot_sent b", "reachable b"), lines)
            assertEquals(1, reboots())
            assertEquals(1, assertIs<WatchEvent.Reachable>(reachable).reboots)
            assertTrue(reachable.silent in 3.minutes..6.minutes, "${reachable.silent}")
            assertEquals(reachable.silent.inWholeMilliseconds, reachable.silentMs)
            assertEquals(reachable.at, simulator.now)
            assertTrue(simulator.now < begun.plusSeconds(600))
        }

    @Test
    fun `what the list shows is told with its facts`() =
        runTest {
            val client = simulator.client()
            val events =
                client.vps
                    .watch(WatchOptions(probing = false, alarmDays = 3650))
                    .onEach {
                        if (it is WatchEvent.Started) {
                            simulator.control(
                                command(
                                    "set_vps",
                                    "b",
                                    "vps_status" to "stopped",
                                ),
                            )
                        }
                    }.take(5)
                    .toList()
            assertEquals(3, assertIs<WatchEvent.Started>(events[0]).vps.size)
            val ending = events.filterIsInstance<WatchEvent.PeriodEnding>()
            assertEquals(listOf("EUR"), ending.map { it.currency }.distinct())
            assertTrue(ending.all { it.renewal!! <= it.renewals }, "$ending")
            val changed = events.filterIsInstance<WatchEvent.StatusChanged>().single()
            assertEquals("active" to "stopped", changed.before.value to changed.vps.vpsStatus.value)
        }

    private fun command(
        name: String,
        id: String,
        change: Pair<String, Any>,
    ) = mapOf(name to mapOf("id" to id, change))

    @Test
    fun `options that can not be met are refused before anything is sent`() =
        runTest {
            val cases =
                mapOf(
                    WatchOptions(silentProbes = 0) to "silentProbes must be a whole number from 1 to 1000",
                    WatchOptions(interval = 0.milliseconds) to "interval must be more than zero",
                    WatchOptions(probing = false, reboot = RebootPolicy.WHEN_SILENT) to
                        "reboot needs probes, which are off",
                    WatchOptions(exclude = listOf("a/b")) to
                        "exclude must not contain spaces, control characters or any of / \\ ? # %",
                )
            for ((options, expected) in cases) {
                val refused =
                    assertFailsWith<InvalidInputException> {
                        simulator
                            .client()
                            .vps
                            .watch(options)
                            .toList()
                    }
                assertEquals(expected, refused.message)
                assertFailsWith<InvalidInputException> { simulator.blockingClient().vps.watch(options) }
            }
            assertEquals(0, simulator.requests().size)
        }

    @Test
    fun `a watch ends after the time it is given`() =
        runTest {
            val begun = simulator.now
            val options = WatchOptions(atMost = 90.minutes)
            assertEquals(
                listOf("started"),
                simulator
                    .client()
                    .vps
                    .watch(options)
                    .map(::line)
                    .toList(),
            )
            assertEquals(begun.plusSeconds(90 * 60), simulator.now)
        }

    @Test
    fun `outages are waited out, and a key that is refused ends the watch`() =
        runTest {
            val down = mapOf("status" to mapOf("code" to 500, "effect" to "before"))
            val lines = mutableListOf<String>()
            assertFailsWith<UnauthorizedException> {
                simulator.client(StableVpsOptions(maxRetries = 0)).vps.watch().collect { event ->
                    lines += line(event)
                    when (event) {
                        is WatchEvent.Started -> {
                            simulator.fault(down, method = "GET", path = "/vps", times = 3)
                        }

                        is WatchEvent.ListingFailed -> {
                            if (lines.size < 4) assertIs<ServerException>(event.error)
                        }

                        is WatchEvent.ListingRecovered -> {
                            assertEquals(3, event.failedLooks)
                            val key = simulator.apiKey.reveal()
                            simulator.control(mapOf("expire_key" to mapOf("key" to key)))
                        }

                        else -> {}
                    }
                }
            }
            assertEquals(listOf("started", "listing_failed", "listing_recovered", "listing_failed"), lines)
        }

    @Test
    fun `cancelling the collector ends a watch, and nothing is sent after it`() =
        runTest {
            val started = CompletableDeferred<Unit>()
            val watching =
                launch {
                    simulator
                        .client()
                        .vps
                        .watch()
                        .collect { started.complete(Unit) }
                }
            started.await()
            watching.cancelAndJoin()
            val sent = simulator.requests().size
            simulator.advance(2.hours)
            yield()
            assertEquals(sent, simulator.requests().size)
        }

    @Test
    fun `closing the client ends its watches`() =
        runBlocking(Dispatchers.Default) {
            val probing = CompletableDeferred<Unit>()
            val stuck =
                Prober { _, _ ->
                    probing.complete(Unit)
                    awaitCancellation()
                }
            val client = simulator.client(StableVpsOptions(prober = stuck))
            val watching = async { assertFailsWith<ClientClosedException> { client.vps.watch().collect {} } }
            probing.await()
            client.close()
            watching.await()
            assertFailsWith<ClientClosedException> { client.vps.watch().first() }
            Unit
        }

    @Test
    fun `a prober that fails says nothing about a VPS, and one that is silent does`() =
        runTest {
            val failing = Prober { _, _ -> error("no such program") }
            val options = WatchOptions(atMost = 10.minutes)
            val all =
                simulator
                    .client(StableVpsOptions(prober = failing))
                    .vps
                    .watch(options)
                    .map(::line)
                    .toList()
            assertEquals(listOf("started"), all)
            val one = simulator.state().vps.first { it["id"] == "b" }["ip_address"]
            val silent =
                Prober { target, _ ->
                    if (target.address == one) ProbeOutcome.SILENT else ProbeOutcome.ANSWERED
                }
            val other = WatchOptions(atMost = 10.minutes, prober = silent)
            val some =
                simulator
                    .client()
                    .vps
                    .watch(other)
                    .map(::line)
                    .toList()
            assertEquals(listOf("started", "unreachable b"), some)
        }

    @Test
    fun `a purchase waits until the VPS answers where that is asked for`() =
        runTest {
            var probes = 0
            val booting =
                Prober { target, _ ->
                    assertEquals(3389, target.port)
                    if (++probes < 3) ProbeOutcome.SILENT else ProbeOutcome.ANSWERED
                }
            val client = simulator.client(StableVpsOptions(prober = booting))
            val bought = client.buy(ProvisionOptions(waitFor = WaitLevel.REACHABLE))
            assertEquals(3, probes)
            assertTrue(bought.vps.ipAddress != null)
            // The simulated desktop answers by itself.
            simulator.client().buy(ProvisionOptions(waitFor = WaitLevel.REACHABLE))
            assertEquals(2, simulator.state().ordersPlaced)
        }

    /** A client that probes with TCP, for VPS at these addresses. */
    private fun connecting(service: Simulator): StableVps =
        StableVps(
            service.apiKey,
            StableVpsOptions(transport = { service.transport.send(it) }, clock = service.clock),
        )

    @Test
    fun `open ports answer, closed ones are silent, and one that can not be tried says nothing`() =
        runBlocking(Dispatchers.Default) {
            ServerSocket(0, 200).use { server ->
                thread(isDaemon = true) { runCatching { while (true) server.accept().close() } }
                val ids = Array(100) { "vps-$it" }
                // TCP may not connect to the last one's address.
                val service = account(*ids) { if (it == 99) "255.255.255.255" else "127.0.0.${it + 1}" }
                val options =
                    WatchOptions(
                        probePort = server.localPort,
                        atMost = 5.minutes,
                        silentProbes = 2,
                        alarmDays = 0,
                    )
                val lines =
                    connecting(service)
                        .vps
                        .watch(options)
                        .map(::line)
                        .toList()
                assertEquals(listOf("started"), lines)
            }
            val closed = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
            val service = account("a", "b", "c") { if (it == 0) "127.0.0.1" else "127.0.0.2" }
            val port = closed.localPort
            val options = WatchOptions(probePort = port, atMost = 5.minutes, silentProbes = 2, alarmDays = 0)
            ServerSocket(port, 50, InetAddress.getByName("127.0.0.2")).use {
                closed.close()
                val lines =
                    connecting(service)
                        .vps
                        .watch(options)
                        .map(::line)
                        .toList()
                assertEquals(listOf("started", "unreachable a"), lines)
            }
        }

    @Test
    fun `a watch that is left amid its probes leaves no connection`() =
        runBlocking(Dispatchers.Default) {
            ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { server ->
                // Its queue is full: it neither accepts nor refuses.
                val full = List(2) { Socket(server.inetAddress, server.localPort) }
                val probing = CompletableDeferred<Unit>()
                val service = account("a", "b", "c") { "127.0.0.1" }
                val client =
                    StableVps(
                        service.apiKey,
                        StableVpsOptions(
                            transport = { service.transport.send(it) },
                            clock = service.clock,
                            logger = { if ("probing" in it) probing.complete(Unit) },
                        ),
                    )
                val options = WatchOptions(probePort = server.localPort, probeTimeout = 1.hours)
                val watching = launch { client.vps.watch(options).collect {} }
                probing.await()
                watching.cancelAndJoin()
                assertTrue(watching.isCancelled)
                full.forEach(Socket::close)
            }
        }

    /** Reboots are received and never answered. */
    private inner class StuckReboots {
        val reached = CompletableDeferred<Unit>()
        val transport =
            HttpTransport { request ->
                val response = simulator.transport.send(request)
                if (request.endpoint.endsWith("/actions")) {
                    reached.complete(Unit)
                    awaitCancellation()
                }
                response
            }
    }

    @Test
    fun `a reboot that was interrupted on its way is told as lost, and not sent again`() {
        val stuck = StuckReboots()
        val client = simulator.blockingClient(StableVpsOptions(transport = stuck.transport))
        val watch = client.vps.watch(WatchOptions(reboot = RebootPolicy.WHEN_SILENT))
        assertEquals("started", watch.next().name)
        simulator.hang("b")
        assertEquals("unreachable", watch.next().name)
        val asking = FutureTask { watch.hasNext() to Thread.interrupted() }
        val asker = thread { asking.run() }
        runBlocking { stuck.reached.await() }
        asker.interrupt()
        assertEquals(false to true, asking.get())
        assertEquals("reboot_unknown b", line(watch.next()))
        assertEquals("reachable b", line(watch.next()))
        assertEquals(1, rebootsReceived())
        watch.close()
        assertFalse(watch.hasNext())
    }

    @Test
    fun `a watch that blocks ends where another thread closes it`() {
        val stuck = StuckReboots()
        val client = simulator.blockingClient(StableVpsOptions(transport = stuck.transport))
        val watch = client.vps.watch(WatchOptions(reboot = RebootPolicy.WHEN_SILENT))
        val looping =
            FutureTask {
                watch.map(::line).also { assertFalse(Thread.interrupted()) }
            }
        simulator.hang("b")
        val looper = thread { looping.run() }
        runBlocking { stuck.reached.await() }
        watch.close()
        assertEquals(listOf("started", "unreachable b"), looping.get())
        looper.join()
        assertEquals(1, rebootsReceived())
    }
}
