package com.stablevps.examples.bot

import com.stablevps.HttpRequest
import com.stablevps.HttpResponse
import com.stablevps.HttpTransport
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
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** Every place at which a process can die, one after the other; the next process begins with its file. */
internal class CrashTest {
    private val fleet = fleetOf()

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `a process can die at every write`(isWritten: Boolean) {
        val places = everyPlace { rig, place -> rig.diesAtWrite(place, isWritten) }
        assertTrue(places > 2 * fleet.size, "only $places writes")
    }

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `a process can die at every request`(arrives: Boolean) {
        val places = everyPlace { rig, place -> rig.diesAtRequest(place, arrives) }
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
            val first = rig.diesAtRequest(ORDER, arrives = true)
            assertTrue(first, "the order is the request $ORDER")
            rig.diesAtRequest(place, arrives = false)
        }
    }

    /** Counts the places: the first one at which nothing crashes is past the last. */
    private fun everyPlace(diesAt: suspend (Rig, Int) -> Boolean): Int {
        for (place in 1..MANY) {
            val died =
                Rig().use { rig ->
                    var died = false
                    runTest {
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

    private suspend fun Rig.diesAtWrite(
        place: Int,
        isWritten: Boolean,
    ): Boolean {
        var writes = 0
        val doomed =
            object : LedgerStore by store {
                override fun write(members: Map<String, Member>) {
                    writes++
                    if (writes < place || (writes == place && isWritten)) {
                        store.write(members)
                    }
                    if (writes >= place) {
                        throw Died()
                    }
                }
            }
        return died { keep(fleet, store = doomed) }
    }

    private suspend fun Rig.diesAtRequest(
        place: Int,
        arrives: Boolean,
    ): Boolean {
        val transport = Doomed(simulator.transport, place, arrives) { throw Died() }
        return died { keep(fleet, transport = transport) }
    }

    private suspend fun Rig.isCancelledAtRequest(
        place: Int,
        arrives: Boolean,
    ): Boolean {
        val reached = CompletableDeferred<Boolean>()
        val transport =
            Doomed(simulator.transport, place, arrives) {
                reached.complete(true)
                awaitCancellation()
            }
        coroutineScope {
            val process = launch { keep(fleet, transport = transport) }
            process.invokeOnCompletion { reached.complete(false) }
            reached.await()
            process.cancelAndJoin()
        }
        return reached.await()
    }

    private suspend fun died(process: suspend () -> Unit): Boolean =
        try {
            process()
            false
        } catch (_: Died) {
            true
        }

    private class Died : Error()

    /** Ends at a request, which the service has had by then or not. A dead process sends nothing more. */
    private class Doomed(
        private val service: HttpTransport,
        private val place: Int,
        private val arrives: Boolean,
        private val end: suspend () -> Nothing,
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
            end()
        }
    }

    private companion object {
        const val ORDER = 3
        const val MANY = 200
    }
}
