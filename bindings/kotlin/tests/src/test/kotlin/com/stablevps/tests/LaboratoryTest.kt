package com.stablevps.tests

import com.stablevps.Clock
import com.stablevps.HttpTransport
import com.stablevps.Next
import com.stablevps.OkHttpTransport
import com.stablevps.ProvisionOptions
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.StableVpsOptions
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import okhttp3.OkHttpClient
import okhttp3.Protocol
import org.junit.jupiter.api.Test
import java.io.Closeable
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import java.net.http.HttpResponse as JdkResponse

/** Every fault of the laboratory, with every transport: no order is sent twice, and nobody is told to retry one. */
internal class LaboratoryTest {
    /** A server that counts orders on the wire. */
    private class Laboratory : Closeable {
        private val process =
            ProcessBuilder(variable("STABLEVPS_LABORATORY_BIN"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
        private val http = HttpClient.newHttpClient()
        val url: String = process.inputReader().readLine().substringAfterLast(' ')

        private fun get(path: String): String {
            val request = HttpRequest.newBuilder(URI("$url/_laboratory/$path")).build()
            return http.send(request, JdkResponse.BodyHandlers.ofString()).body()
        }

        fun faults(): List<String> =
            Json.parseToJsonElement(get("faults")).jsonArray.map { it.jsonPrimitive.content }

        /** Begins anew with a fault; where the API is, and the key. */
        fun arm(fault: String): Pair<String, String> {
            val armed = Json.parseToJsonElement(get("arm/$fault")).jsonObject
            val (url, key) = listOf("url", "key").map { armed.getValue(it).jsonPrimitive.content }
            return url to key
        }

        /** Gives the route back that a fault took away. */
        fun restore() {
            get("restore")
        }

        fun state(): JsonObject = Json.parseToJsonElement(get("state")).jsonObject

        override fun close() {
            process.outputStream.close()
            process.waitFor()
        }
    }

    /** Goes ten times as fast as the real one. */
    private class FastClock : Clock {
        override fun now(): Long = Clock.SYSTEM.now()

        override fun monotonic(): Long = Clock.SYSTEM.monotonic() * 10

        override suspend fun sleep(duration: Duration) = delay(duration / 10)
    }

    private val transports: Map<String, () -> HttpTransport?> =
        mapOf(
            "built-in" to { null },
            "OkHttpClient()" to { OkHttpTransport(OkHttpClient()) },
            "retrying, HTTP/1.1" to {
                val http = OkHttpClient.Builder().retryOnConnectionFailure(true).fastFallback(false)
                OkHttpTransport(http.protocols(listOf(Protocol.HTTP_1_1)).build())
            },
            "repeating interceptor" to {
                val http =
                    OkHttpClient.Builder().addInterceptor { chain ->
                        runCatching { chain.proceed(chain.request()) }.getOrNull()
                            ?: chain.proceed(chain.request().newBuilder().build())
                    }
                OkHttpTransport(http.build())
            },
        )

    private val calls: Map<String, suspend (StableVps) -> Any> =
        mapOf(
            "create" to { it.vps.create(PLAN, CYCLE, PLACE) },
            "provision" to { it.buy(ProvisionOptions(timeout = 40.seconds)) },
        )

    /** The orders that arrived, and what the caller got. */
    private suspend fun outcome(
        laboratory: Laboratory,
        fault: String,
        transport: HttpTransport?,
        call: suspend (StableVps) -> Any,
    ): Pair<Int, String> {
        val (url, key) = laboratory.arm(fault)
        val options =
            StableVpsOptions(
                baseUrl = url,
                transport = transport,
                timeout = 2.seconds,
                maxRetries = 10,
                clock = FastClock(),
            )
        StableVps(key, options).use { client ->
            client.wallet.get()
            var error: StableVpsException? = null
            try {
                call(client)
            } catch (e: StableVpsException) {
                error = e
            }
            if (error?.next == Next.RESUME) {
                assertEquals("route_lost", fault, "only what has no route runs out of time: $error")
                laboratory.restore()
                client.vps.resume(checkNotNull(error.token))
                error = null
            }
            val state = laboratory.state()
            val orders =
                state
                    .getValue("orders")
                    .jsonPrimitive.content
                    .toInt()
            val vps =
                state
                    .getValue("vps")
                    .jsonPrimitive.content
                    .toInt()
            assertTrue(orders <= 1 && vps <= 1, "$fault: $orders orders, $vps VPS")
            assertTrue(orders == 0 || error?.next !in setOf(Next.RETRY, Next.FIX), "$fault: $error")
            return orders to (error?.let { "${it.code}, ${it.next}" } ?: "bought")
        }
    }

    @Test
    fun `no fault makes any transport order twice`() {
        val rows =
            runBlocking(Dispatchers.Default) {
                transports
                    .map { (name, transport) ->
                        async {
                            Laboratory().use { laboratory ->
                                laboratory.faults().flatMap { fault ->
                                    calls.map { (call, make) ->
                                        val (orders, got) = outcome(laboratory, fault, transport(), make)
                                        "%-22s %-9s %-20s %d  %s".format(name, call, fault, orders, got) to
                                            (call == "create" || got == "bought")
                                    }
                                }
                            }
                        }
                    }.awaitAll()
                    .flatten()
            }
        println(rows.joinToString("\n") { it.first })
        assertEquals(
            emptyList(),
            rows.filterNot { it.second }.map { it.first },
            "each purchase finds its VPS",
        )
    }
}
