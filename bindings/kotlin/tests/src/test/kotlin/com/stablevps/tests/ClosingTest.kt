package com.stablevps.tests

import com.stablevps.ClientClosedException
import com.stablevps.Clock
import com.stablevps.HttpTransport
import com.stablevps.Phase
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import com.stablevps.testing.Simulator
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.net.Socket
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.FutureTask
import kotlin.concurrent.thread
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What `close()` ends, and what it leaves. */
@Timeout(60)
internal class ClosingTest {
    private val simulator = Simulator()

    /** How many waits have begun. */
    private val sleeps = MutableStateFlow(0)

    /** Whether waits for a turn end, which are short. */
    private var turnsCome = false

    /** A clock on which no wait ends. */
    private val stopped =
        object : Clock {
            override fun now(): Long = simulator.clock.now()

            override fun monotonic(): Long = simulator.clock.monotonic()

            override suspend fun sleep(duration: Duration) {
                if (turnsCome && duration < 1.seconds) return delay(duration)
                sleeps.update { it + 1 }
                awaitCancellation()
            }
        }

    private fun sleeping(transport: HttpTransport? = null): StableVps =
        simulator.client(StableVpsOptions(clock = stopped, transport = transport))

    /** The threads of clients. OkHttp names them anew during a request. */
    private fun threads(): Set<Thread> =
        Thread
            .getAllStackTraces()
            .keys
            .filter { it.name.startsWith("stablevps") || it.name.startsWith("OkHttp http") }
            .toSet()

    /** Continues from a token elsewhere, and says how many orders were received. */
    private suspend fun ordersAfter(token: String?): Int {
        simulator.client().vps.resume(assertNotNull(token))
        return simulator.state().ordersReceived
    }

    @Test
    fun `a purchase that sleeps ends at once, with its token`() =
        runBlocking(Dispatchers.Default) {
            val client = sleeping()
            val purchase = async { assertFailsWith<ClientClosedException> { client.buy() } }
            sleeps.first { it == 1 }
            client.close()
            assertEquals(1, ordersAfter(purchase.await().token))
        }

    @Test
    fun `purchases that wait for their turn end at once, with their tokens`() =
        runBlocking(Dispatchers.Default) {
            turnsCome = true
            val client = sleeping()
            val other = sleeping()
            val holding = CompletableDeferred<Unit>()
            val held = CompletableDeferred<Unit>()
            val first =
                async {
                    assertFailsWith<ClientClosedException> {
                        client.buy {
                            holding.complete(Unit)
                            held.await()
                        }
                    }
                }
            holding.await()
            // Each of them waits as soon as this coroutine does.
            val begun = CoroutineStart.UNDISPATCHED
            val waiting =
                List(3) { async(start = begun) { assertFailsWith<ClientClosedException> { client.buy() } } }
            val elsewhere = async(start = begun) { other.buy() }
            client.close()
            for (purchase in waiting) {
                assertNotNull(purchase.await().token)
            }
            assertEquals(0, simulator.state().ordersReceived)
            held.complete(Unit)
            assertNotNull(first.await().token)
            // The queue goes on for the other client.
            sleeps.first { it == 1 }
            assertEquals(1, simulator.state().ordersReceived)
            elsewhere.cancel()
        }

    @Test
    fun `for callers that block it is the same, futures included`() {
        val client = sleeping().blocking()
        val blocked = FutureTask { client.vps.provision(PLAN, CYCLE, PLACE) }
        thread { blocked.run() }
        val future = client.vps.provisionAsync(PLAN, CYCLE, PLACE)
        runBlocking { sleeps.first { it == 2 } }
        client.close()
        for (ended in listOf(blocked, future)) {
            val why = assertFailsWith<ExecutionException> { ended.get() }.cause
            assertNotNull(assertIs<ClientClosedException>(why).token)
        }
    }

    @Test
    fun `a call that waits to be repeated ends at once`() =
        runBlocking(Dispatchers.Default) {
            simulator.fault(mapOf("status" to mapOf("code" to 503, "effect" to "before")))
            val client = sleeping()
            val call = async { assertFailsWith<ClientClosedException> { client.wallet.get() } }
            sleeps.first { it == 1 }
            client.close()
            assertNull(call.await().token)
        }

    @Test
    fun `an order that is under way gets its reply, which the token has`() =
        runBlocking(Dispatchers.Default) {
            val sent = CompletableDeferred<Unit>()
            val replied = CompletableDeferred<Unit>()
            val slow =
                HttpTransport { request ->
                    simulator.transport.send(request).also {
                        if (request.endpoint == "POST /vps") {
                            sent.complete(Unit)
                            replied.await()
                        }
                    }
                }
            val client = sleeping(slow)
            val purchase = async { assertFailsWith<ClientClosedException> { client.buy() } }
            sent.await()
            client.close()
            replied.complete(Unit)
            var phase: Phase? = null
            val token = assertNotNull(purchase.await().token)
            val resumed = simulator.client().vps.resume(token) { phase = phase ?: it.phase }
            assertEquals(Phase.POLLING, phase, "the token knows the VPS")
            assertEquals(false, resumed.recovered)
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `three hundred closed clients leave no connection and no thread`() =
        runBlocking {
            val before = threads()
            val count = 300
            val closed = CountDownLatch(count)
            BareServer(closed::countDown) { socket, _, _ -> socket.say(answer(WALLET)) }.use { server ->
                val clients = List(count) { connected(server.url).also { it.wallet.get() } }
                assertEquals(count, server.connections)
                clients.forEach(StableVps::close)
                closed.await()
            }
            (threads() - before).forEach(Thread::join)
        }

    @Test
    fun `a client that is closed amid a request leaves no connection and no thread either`() =
        runBlocking(Dispatchers.Default) {
            val before = threads()
            val closed = CountDownLatch(1)
            val arrived = CompletableDeferred<Socket>()
            BareServer(closed::countDown) { socket, _, _ -> arrived.complete(socket) }.use { server ->
                val client = connected(server.url)
                val call = async { client.wallet.get() }
                val socket = arrived.await()
                client.close()
                socket.say(answer(WALLET))
                assertEquals("12.50", "${call.await().balance}")
                closed.await()
            }
            (threads() - before).forEach(Thread::join)
        }
}
