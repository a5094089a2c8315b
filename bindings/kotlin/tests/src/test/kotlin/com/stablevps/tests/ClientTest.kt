package com.stablevps.tests

import com.stablevps.BillingCycle
import com.stablevps.CallOptions
import com.stablevps.Clock
import com.stablevps.DeadlineExceededException
import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.Fault
import com.stablevps.HttpResponse
import com.stablevps.HttpTransport
import com.stablevps.InvalidInputException
import com.stablevps.Location
import com.stablevps.Next
import com.stablevps.OutcomeUnknownException
import com.stablevps.PLANS
import com.stablevps.Phase
import com.stablevps.PlanId
import com.stablevps.ProviderException
import com.stablevps.ProvisionOptions
import com.stablevps.Scope
import com.stablevps.Secret
import com.stablevps.ServerException
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.StableVpsOptions
import com.stablevps.TransportException
import com.stablevps.TransportFailure
import com.stablevps.UnexpectedResponseException
import com.stablevps.VpsStatus
import com.stablevps.WaitOptions
import com.stablevps.price
import com.stablevps.testing.Simulator
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import java.math.BigDecimal
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds

internal class ClientTest {
    private val simulator = Simulator()

    @Test
    fun `every endpoint works`() =
        runTest {
            val client = simulator.client()
            assertEquals(BigDecimal("100.00") to "EUR", client.wallet.get().run { balance to currency })
            assertEquals("john@example.com", client.account.get().email)
            val order = client.vps.create(PLAN, CYCLE, PLACE)
            assertEquals(BigDecimal("19.49"), order.cost)
            assertEquals(listOf(order.id), client.vps.list().map { it.id })
            simulator.advance(4.minutes)
            assertEquals(VpsStatus.ACTIVE, client.vps.get(order.id).vpsStatus)
            assertEquals(
                "stop",
                client.vps
                    .stop(order.id)
                    .action.value,
            )
            assertEquals(
                "start",
                client.vps
                    .start(order.id)
                    .action.value,
            )
            assertEquals(
                "reboot",
                client.vps
                    .reboot(order.id)
                    .action.value,
            )
            assertEquals(order.id, client.vps.delete(order.id).id)
            val password = Secret("correct horse battery staple")
            val created =
                client.keys.create(
                    "john@example.com",
                    password,
                    "bot",
                    Scope.READ,
                    expiresInDays = 3,
                )
            assertTrue(created.apiKey.reveal().startsWith("svps_"))
            val key = client.keys.list().single { it.name == "bot" }
            assertEquals(false, client.keys.revoke(key.id).alreadyGone)
        }

    @Test
    fun `what can't be used is refused before anything is sent`() =
        runTest {
            val client = simulator.client()
            val refused: Map<String, suspend () -> Any> =
                mapOf(
                    "id" to { client.vps.get("") },
                    "planId" to { client.vps.create(PlanId.of(""), CYCLE, PLACE) },
                    "timeout" to { client.wallet.get(CallOptions(timeout = Duration.ZERO)) },
                    "deadline" to { client.wallet.get(CallOptions(deadline = Duration.INFINITE)) },
                    "token" to { client.vps.resume("") },
                    "apiKey" to { StableVps("two words") },
                    "baseUrl" to { StableVps(KEY, StableVpsOptions(baseUrl = "http://example.com")) },
                    "maxRetries" to { StableVps(KEY, StableVpsOptions(maxRetries = -1)) },
                )
            for ((field, call) in refused) {
                val error =
                    runCatching { call() }.exceptionOrNull()
                if (field == "token") {
                    assertEquals("stale_token", (error as StableVpsException).code)
                } else {
                    assertEquals(field, (error as InvalidInputException).field)
                    assertTrue(error.message!!.startsWith(field), error.message)
                }
            }
            assertEquals(emptyList(), simulator.requests())
        }

    @Test
    fun `a key from a file that ends in a line break is used without it`() =
        runTest {
            val key = simulator.apiKey.reveal()
            for (text in listOf("$key\n", "$key\r\n", " $key\t\n")) {
                simulator.client(apiKey = Secret(text)).wallet.get()
            }
            assertEquals(3, simulator.requests().size)
        }

    @Test
    fun `spans and counts are checked by the core`() =
        runTest {
            val client = simulator.client()
            val negative = -1.milliseconds
            val refused: Map<suspend () -> Any, String> =
                mapOf(
                    suspend { client.wallet.get(CallOptions(timeout = -0.2.milliseconds)) } to
                        "timeout must be more than zero",
                    suspend { client.wallet.get(CallOptions(deadline = Duration.INFINITE)) } to
                        "deadline must be finite, and less than a billion seconds",
                    suspend { client.buy(ProvisionOptions(firstLook = negative)) } to
                        "firstLook must not be negative",
                    suspend { client.buy(ProvisionOptions(longestPause = Duration.ZERO)) } to
                        "longestPause must be more than zero",
                    suspend { client.buy(ProvisionOptions(settle = negative)) } to
                        "settle must not be negative",
                    suspend { client.vps.waitUntilReady("1", WaitOptions(timeout = Duration.ZERO)) } to
                        "timeout must be more than zero",
                    suspend { StableVps(KEY, StableVpsOptions(connectTimeout = Duration.ZERO)) } to
                        "connectTimeout must be more than zero",
                    suspend { StableVps(KEY, StableVpsOptions(maxRetries = 1001)) } to
                        "maxRetries must be a whole number from 0 to 1000",
                )
            for ((call, message) in refused) {
                val error = runCatching { call() }.exceptionOrNull()
                assertEquals(message, error?.message)
                assertTrue(error is InvalidInputException)
                assertEquals(Fault.CALLER to Next.FIX, error.fault to error.next)
            }
            assertEquals(emptyList(), simulator.requests())
        }

    @Test
    fun `spans are rounded to milliseconds, and never to nothing`() =
        runTest {
            val timeouts = mutableListOf<Long>()
            val transport =
                HttpTransport {
                    timeouts += it.timeoutMs
                    HttpResponse(200, emptyMap(), WALLET.toByteArray())
                }
            val client = simulator.client(StableVpsOptions(transport = transport))
            for (span in listOf(1.nanoseconds, 1.4.milliseconds, 1.6.milliseconds, 30.seconds)) {
                client.wallet.get(CallOptions(timeout = span))
            }
            assertEquals(listOf(1L, 1L, 2L, 30_000L), timeouts)
        }

    @Test
    fun `the system's clock waits in real time even where delays are skipped`() =
        runTest {
            Clock.SYSTEM.sleep(2.milliseconds)
            assertEquals(0, testScheduler.currentTime)
        }

    @Test
    fun `no secret is printed or logged`() =
        runTest {
            val logged = mutableListOf<String>()
            val client = simulator.client(StableVpsOptions(logger = logged::add))
            val bought = client.buy()
            simulator.fault(mapOf("status" to mapOf("code" to 500, "effect" to "before")), times = 3)
            val error = assertFailsWith<ServerException> { client.wallet.get() }
            val secrets = listOf(simulator.apiKey.reveal(), bought.vps.rdpPassword!!.reveal())
            val shown =
                listOf("$bought", "$error", error.stackTraceToString(), "${simulator.apiKey}", "$simulator")
            assertTrue(logged.size > 5)
            for (text in shown + logged) {
                assertTrue(secrets.none(text::contains), text)
            }
            assertEquals("***", "${bought.vps.rdpPassword}")
            assertTrue("rdpPassword=***" in "$bought")
        }

    @Test
    fun `errors are classes with their facts`() =
        runTest {
            simulator.fault(mapOf("status" to mapOf("code" to 502, "effect" to "before")), times = 9)
            val error = assertFailsWith<ServerException> { simulator.client().wallet.get() }
            assertTrue(error is ProviderException)
            assertEquals("provider" to Next.RETRY, error.code to error.next)
            assertEquals(Triple("GET /wallet", 502, 3), Triple(error.endpoint, error.status, error.attempts))
        }

    @Test
    fun `a transport that breaks in its own way ends in a transport error without its words`() =
        runTest {
            val broken = HttpTransport { error("no way to send with $KEY") }
            val options = StableVpsOptions(transport = broken, maxRetries = 0)
            val error = assertFailsWith<TransportException> { simulator.client(options).wallet.get() }
            assertEquals("IllegalStateException", error.detail)
            assertFalse(KEY in error.stackTraceToString())
        }

    @Test
    fun `the message of a transport is shown without the key`() =
        runTest {
            val verbose =
                HttpTransport { throw TransportFailure(FailureKind.IO, Delivery.UNKNOWN, "sent Bearer $KEY") }
            StableVps(KEY, StableVpsOptions(transport = verbose, maxRetries = 0)).use { client ->
                val error = assertFailsWith<TransportException> { client.wallet.get() }
                assertEquals(FailureKind.IO to Delivery.UNKNOWN, error.kind to error.delivery)
                assertFalse(KEY in error.stackTraceToString() + error.detail)
            }
        }

    @Test
    fun `a time limit within a transport is its failure, and cancels nothing`() =
        runTest {
            val slow = HttpTransport { withTimeout(1.seconds) { awaitCancellation() } }
            val client = simulator.client(StableVpsOptions(transport = slow, maxRetries = 0))
            val error = assertFailsWith<TransportException> { client.wallet.get() }
            assertEquals(FailureKind.TIMEOUT to Delivery.UNKNOWN, error.kind to error.delivery)
            assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
        }

    @Test
    fun `what a transport throws after the order is no cancellation and no error of the caller's`() =
        runTest {
            val thrown: Map<String, suspend () -> Nothing> =
                mapOf(
                    "a cancellation" to { throw CancellationException("of the transport's own") },
                    "a job that was cancelled" to
                        { CompletableDeferred<Nothing>().apply { cancel() }.await() },
                    "a scope that was cancelled" to {
                        withContext(Job().apply { cancel() }) { awaitCancellation() }
                    },
                    "a missing class" to { throw NoClassDefFoundError("okio/Sink") },
                    "an exception of this package" to { throw refused() },
                )
            for ((name, fail) in thrown) {
                val simulator = Simulator()
                val losing =
                    HttpTransport { request ->
                        simulator.transport.send(request).also { if (request.endpoint == "POST /vps") fail() }
                    }
                val client = simulator.client(StableVpsOptions(transport = losing))
                assertFailsWith<OutcomeUnknownException>(name) { client.vps.create(PLAN, CYCLE, PLACE) }
                assertEquals(1, simulator.state().ordersReceived, name)
                val blocking = client.blocking()
                assertFailsWith<OutcomeUnknownException>(name) { blocking.vps.create(PLAN, CYCLE, PLACE) }
                val future = blocking.vps.createAsync(PLAN, CYCLE, PLACE)
                assertIs<OutcomeUnknownException>(
                    assertFailsWith<ExecutionException>(name) { future.get() }.cause,
                )
                assertEquals(3, simulator.state().ordersReceived, name)
                val bought = client.buy()
                assertTrue(bought.recovered, name)
                assertEquals(4, simulator.state().ordersReceived, name)
            }
        }

    @Test
    fun `an interrupt that a transport of the blocking client swallows is not lost`() {
        val arrived = CountDownLatch(1)
        val blocking =
            HttpTransport { request ->
                if (request.endpoint == "POST /vps") {
                    simulator.transport.send(request)
                    arrived.countDown()
                    CountDownLatch(1).await()
                }
                simulator.transport.send(request)
            }
        val client = simulator.client(StableVpsOptions(transport = blocking)).blocking()
        var token: String? = null
        val isInterrupted = AtomicBoolean()
        val buyer =
            thread {
                try {
                    client.vps.provision(PLAN, CYCLE, PLACE, ProvisionOptions()) { token = it.token }
                } catch (_: InterruptedException) {
                    isInterrupted.set(true)
                }
            }
        arrived.await()
        buyer.interrupt()
        buyer.join()
        assertTrue(isInterrupted.get())
        runBlocking {
            assertTrue(
                simulator
                    .client()
                    .vps
                    .resume(token!!)
                    .recovered,
            )
        }
        assertEquals(1, simulator.state().ordersReceived)
    }

    @Test
    fun `what a transport answers is not trusted`() =
        runTest {
            val large = ByteArray(16 * 1024 * 1024 + 1) { ' '.code.toByte() }
            for ((status, body) in listOf(0 to "", -1 to "", 200 to "", 200 to "[]", 200 to "\u0000")) {
                val odd = HttpTransport { HttpResponse(status, emptyMap(), body.toByteArray()) }
                val client = simulator.client(StableVpsOptions(transport = odd, maxRetries = 0))
                assertFailsWith<UnexpectedResponseException>("$status $body") { client.wallet.get() }
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
            }
            val endless = HttpTransport { HttpResponse(200, emptyMap(), large) }
            val client = simulator.client(StableVpsOptions(transport = endless, maxRetries = 0))
            assertFailsWith<StableVpsException> { client.wallet.get() }
        }

    @Test
    fun `a deadline ends a call that is repeated`() =
        runTest {
            simulator.fault(mapOf("status" to mapOf("code" to 500, "effect" to "before")), times = 99)
            val client = simulator.client(StableVpsOptions(maxRetries = 90))
            val error =
                runCatching { client.wallet.get(CallOptions(deadline = 20.seconds)) }.exceptionOrNull()
            assertTrue(error is ServerException || error is DeadlineExceededException, "$error")
            assertTrue(simulator.now.toEpochMilli() <= 1_767_225_600_000 + 20_000)
        }

    @Test
    fun `the catalogue is there without a request`() {
        assertEquals(listOf("basic", "prime", "pro"), PLANS.map { it.id.value })
        assertEquals(BigDecimal("194.90"), price(PlanId.PRIME, BillingCycle.YEARLY))
        assertNull(price(PlanId.of("huge"), BillingCycle.MONTHLY))
    }

    @Test
    fun `values that this version does not know are kept`() {
        assertEquals("mars", Location.of("mars").value)
        assertEquals(Location.of("mars"), Location.of("mars"))
        assertEquals<Any>(Location.LONDON, Location.of("london"))
        assertNotEquals<Any>(PlanId.of("x"), Location.of("x"))
        assertEquals(Location.NEW_YORK.value, "newYork")
    }

    @Test
    fun `a closed client calls nothing`() =
        runTest {
            val client = simulator.client()
            client.close()
            client.close()
            for (call in listOf<suspend () -> Any>({ client.wallet.get() }, { client.buy() })) {
                assertEquals(
                    "the client is closed",
                    assertFailsWith<IllegalStateException> { call() }.message,
                )
            }
            assertEquals(emptyList(), simulator.requests())
        }

    @Test
    fun `closing amid a purchase ends the wait, and its token leads on`() =
        runTest {
            var token: String? = null
            val client = simulator.client()
            assertFailsWith<IllegalStateException> {
                client.buy {
                    token = it.token
                    if (it.phase == Phase.POLLING) client.close()
                }
            }
            assertEquals(
                BigDecimal("19.49"),
                simulator
                    .client()
                    .vps
                    .resume(token!!)
                    .charged,
            )
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `a logger that throws costs no purchase`() =
        runTest {
            val client = simulator.client(StableVpsOptions(logger = { error("the disk is full") }))
            assertEquals(BigDecimal("19.49"), client.buy().charged)
        }

    private companion object {
        /** An error of another client. */
        fun refused(): StableVpsException =
            runCatching { StableVps("two words") }.exceptionOrNull() as StableVpsException
    }
}
