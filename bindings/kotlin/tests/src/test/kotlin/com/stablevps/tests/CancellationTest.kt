package com.stablevps.tests

import com.stablevps.HttpTransport
import com.stablevps.Phase
import com.stablevps.StableVpsOptions
import com.stablevps.testing.Simulator
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

/** Calls end with the coroutines they are made in. */
internal class CancellationTest {
    private val simulator = Simulator()
    private val reached = CompletableDeferred<Unit>()

    /** The service, but orders never end. */
    private val stuck =
        HttpTransport { request ->
            if (request.endpoint == "POST /vps") {
                simulator.transport.send(request)
                reached.complete(Unit)
                awaitCancellation()
            }
            simulator.transport.send(request)
        }

    @Test
    fun `cancelling amid the order leaves a token that never orders again`() =
        runTest {
            var token: String? = null
            val client = simulator.client(StableVpsOptions(transport = stuck))
            val purchase = launch { client.buy { token = it.token } }
            reached.await()
            purchase.cancelAndJoin()
            val resumed = simulator.client().vps.resume(token!!)
            assertTrue(resumed.recovered)
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `cancelling a wait leaves a token from which another client goes on`() =
        runTest {
            var token: String? = null
            val waiting = CompletableDeferred<Unit>()
            val purchase =
                launch {
                    simulator.client().buy {
                        token = it.token
                        if (it.phase == Phase.POLLING && it.nextLook > 1.seconds) waiting.complete(Unit)
                    }
                }
            waiting.await()
            purchase.cancelAndJoin()
            assertTrue(purchase.isCancelled)
            simulator.client().vps.resume(token!!)
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `a timeout of the caller ends a purchase as a timeout`() =
        runTest {
            assertFailsWith<TimeoutCancellationException> {
                withTimeout(
                    30.seconds,
                ) { simulator.client().buy() }
            }
            assertEquals(1, simulator.state().ordersReceived)
        }

    @Test
    fun `the failure of a sibling ends a call, and is what is thrown`() =
        runTest {
            var ended: Throwable? = null
            val client = simulator.client(StableVpsOptions(transport = stuck))
            val failure =
                assertFailsWith<IllegalStateException> {
                    coroutineScope {
                        launch {
                            try {
                                client.vps.create(PLAN, CYCLE, PLACE)
                            } catch (e: CancellationException) {
                                ended = e
                                throw e
                            }
                        }
                        reached.await()
                        error("the sibling failed")
                    }
                }
            assertEquals("the sibling failed", failure.message)
            assertTrue(ended is CancellationException)
        }

    @Test
    fun `a purchase that waits for its turn can be cancelled, and holds up nobody`() =
        runTest {
            val held = CompletableDeferred<Unit>()
            val client = simulator.client()
            val holding = CompletableDeferred<Unit>()
            val first =
                async {
                    client.buy {
                        holding.complete(Unit)
                        held.await()
                    }
                }
            holding.await()
            val second = launch { client.buy() }
            val third = async { client.buy() }
            testScheduler.runCurrent()
            second.cancelAndJoin()
            held.complete(Unit)
            assertEquals(2, setOf(first.await().vps.id, third.await().vps.id).size)
            assertEquals(2, simulator.state().ordersReceived)
        }
}
