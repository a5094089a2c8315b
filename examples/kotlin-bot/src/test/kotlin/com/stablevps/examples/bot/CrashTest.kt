package com.stablevps.examples.bot

import com.stablevps.HttpRequest
import com.stablevps.HttpResponse
import com.stablevps.HttpTransport
import com.stablevps.Store
import com.stablevps.examples.bot.support.Rig
import com.stablevps.examples.bot.support.fleetOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.minutes

/** Every place at which a process can die, one after the other; the next process begins with what is recorded. */
internal class CrashTest {
    private val fleet = fleetOf()

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `a process can die at every operation of the store`(isCarriedOut: Boolean) {
        val places =
            everyPlace { rig, place ->
                rig.dies(Process(rig, isDone = isCarriedOut, operation = place))
            }
        assertTrue(places > 7 * fleet.size, "only $places operations")
    }

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `a process can die at every request`(arrives: Boolean) {
        val places =
            everyPlace { rig, place ->
                rig.dies(Process(rig, isDone = arrives) { number, _ -> number == place })
            }
        assertTrue(places > 4 * fleet.size, "only $places requests")
    }

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `a process can be cancelled at every request`(arrives: Boolean) {
        everyPlace { rig, place -> rig.isCancelledAtRequest(place, arrives) }
    }

    @Test
    fun `the next process can die too, while it looks for an order`() {
        everyPlace { rig, place ->
            val first = rig.dies(Process(rig, isDone = true) { _, request -> request.method == "POST" })
            assertTrue(first, "no order was sent")
            rig.dies(Process(rig, isDone = false) { number, _ -> number == place })
        }
    }

    /** Counts the places: the first one at which nothing crashes is past the last. */
    private fun everyPlace(diesAt: suspend (Rig, Int) -> Boolean): Int {
        for (place in 1..MANY) {
            val died =
                Rig().use { rig ->
                    var died = false
                    runTest(timeout = 5.minutes) {
                        rig.loseOrder(skip = 1)
                        died = diesAt(rig, place)
                        assertEquals(Verdict.FINE, rig.keep(fleet), "place $place:\n${rig.printed}")
                        rig.assertBoughtOnce(fleet)
                    }
                    died
                }
            if (!died) {
                return place - 1
            }
        }
        error("it never ends")
    }

    private suspend fun Rig.dies(process: Process): Boolean =
        try {
            keep(fleet, transport = process.transport, store = process.store)
            false
        } catch (_: Died) {
            true
        }

    private suspend fun Rig.isCancelledAtRequest(
        place: Int,
        arrives: Boolean,
    ): Boolean {
        val reached = CompletableDeferred<Boolean>()
        coroutineScope {
            val transport = Hanging(simulator.transport, place, arrives, reached)
            val process = launch { keep(fleet, transport = transport) }
            process.invokeOnCompletion { reached.complete(false) }
            reached.await()
            process.cancelAndJoin()
        }
        return reached.await()
    }

    private class Died : Error()

    /** A process that dies at an operation or a request, which is done before that or never. */
    private class Process(
        rig: Rig,
        private val isDone: Boolean,
        operation: Int? = null,
        isLast: (number: Int, request: HttpRequest) -> Boolean = { _, _ -> false },
    ) {
        private val operations = AtomicInteger()
        private val requests = AtomicInteger()

        @Volatile
        private var isDead = false

        val store =
            Store { asked ->
                act(operations.incrementAndGet() == operation) { rig.store.carryOut(asked) }
            }

        val transport =
            HttpTransport { request ->
                act(isLast(requests.incrementAndGet(), request)) { rig.simulator.transport.send(request) }
            }

        /** A dead process neither sends nor writes. */
        private suspend fun <T> act(
            isLast: Boolean,
            act: suspend () -> T,
        ): T {
            if (isDead) {
                throw Died()
            }
            if (!isLast) {
                return act()
            }
            isDead = true
            if (isDone) {
                act()
            }
            throw Died()
        }
    }

    /** Hangs from a request on, which the service has had by then or not. */
    private class Hanging(
        private val service: HttpTransport,
        private val place: Int,
        private val arrives: Boolean,
        private val reached: CompletableDeferred<Boolean>,
    ) : HttpTransport {
        private var requests = 0

        override suspend fun send(request: HttpRequest): HttpResponse {
            requests++
            if (requests < place) {
                return service.send(request)
            }
            if (requests == place && arrives) {
                service.send(request)
            }
            reached.complete(true)
            awaitCancellation()
        }
    }

    private companion object {
        const val MANY = 200
    }
}
