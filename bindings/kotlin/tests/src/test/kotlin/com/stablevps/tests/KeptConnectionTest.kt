package com.stablevps.tests

import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.OutcomeUnknownException
import com.stablevps.Secret
import com.stablevps.StableVps
import com.stablevps.TransportException
import kotlinx.coroutines.runBlocking
import okhttp3.ConnectionPool
import okhttp3.OkHttpClient
import okhttp3.Protocol
import okhttp3.Request
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.Socket
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

/** What may be sent only once is sent once, however the server ends a connection that was kept. */
internal class KeptConnectionTest {
    private val requests: Map<String, suspend (StableVps) -> Any> =
        mapOf(
            "order" to { it.vps.create(PLAN, CYCLE, PLACE) },
            "reboot" to { it.vps.reboot("1") },
            "key" to { it.keys.create("john@example.com", Secret("password"), "bot") },
        )

    private val ends: Map<String, (Socket) -> Unit> =
        mapOf("FIN" to { it.close() }, "RST" to { it.reset() })

    /** What the server does before it ends the connection. */
    private val beforehand: Map<String, (Socket) -> Unit> =
        mapOf(
            "at once" to {},
            "late" to { Thread.sleep(100) },
            "amid the status line" to { it.say("HTTP/1.1 20") },
            "amid the head" to { it.say("HTTP/1.1 201 Created\r\ncontent-type: appl") },
            "after the head" to { it.say("HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n") },
            "amid the body" to { it.say("HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{\"id\"") },
            "after 100 Continue" to { it.say("HTTP/1.1 100 Continue\r\n\r\n") },
        )

    /** Clients of the caller's own, whose settings would have OkHttp send again. */
    private val clients: Map<String, () -> OkHttpClient?> =
        mapOf(
            "none" to { null },
            "default" to { OkHttpClient() },
            "retrying" to { OkHttpClient.Builder().retryOnConnectionFailure(true).build() },
            "large pool, slow fallback" to {
                OkHttpClient
                    .Builder()
                    .connectionPool(ConnectionPool(50, 1, TimeUnit.HOURS))
                    .fastFallback(false)
                    .protocols(listOf(Protocol.HTTP_1_1))
                    .build()
            },
        )

    @Test
    fun `nothing that was sent is sent again`() =
        runBlocking {
            for ((http, build) in clients) {
                for ((end, finish) in ends) {
                    for ((moment, begin) in beforehand) {
                        val name = "$http, $end, $moment"
                        BareServer { socket, _, head ->
                            // The client's connection is kept until a request comes that may be sent only once.
                            if (head.startsWith("POST")) {
                                begin(socket)
                                finish(socket)
                            } else {
                                socket.say(answer(WALLET))
                            }
                        }.use { server ->
                            connected(server.url, retries = 2, http = build()).use { client ->
                                for (send in requests.values) {
                                    client.wallet.get()
                                    assertFailsWith<OutcomeUnknownException>(name) { send(client) }
                                }
                            }
                            assertEquals(requests.size, server.count("POST"), name)
                            assertEquals(requests.size, server.count("GET"), name)
                        }
                    }
                }
            }
        }

    @Test
    fun `an order does not go to a connection that the server has closed meanwhile`() =
        runBlocking {
            val closed = CountDownLatch(1)
            BareServer { socket, number ->
                socket.say(answer(WALLET))
                if (number == 1) {
                    socket.close()
                    closed.countDown()
                }
            }.use { server ->
                val client = connected(server.url)
                client.wallet.get()
                assertTrue(closed.await(10, TimeUnit.SECONDS))
                // The answer is a wallet: read, and refused.
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
                assertEquals(1, server.count("POST"))
            }
        }

    @Test
    fun `an interceptor that replaces the request can't order twice`() =
        runBlocking {
            val http =
                OkHttpClient
                    .Builder()
                    .addInterceptor { chain ->
                        val ours = chain.request()
                        val theirs = Request.Builder().url(ours.url).method(ours.method, ours.body)
                        runCatching { chain.proceed(theirs.build()) }.getOrNull()
                            ?: chain.proceed(theirs.build())
                    }.build()
            BareServer { socket, _ -> socket.reset() }.use { server ->
                val client = connected(server.url, http = http)
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
                assertEquals(1, server.count("POST"))
            }
        }

    @Test
    fun `what an interceptor sends in another way may have arrived`() =
        runBlocking {
            BareServer { socket, _ -> socket.reset() }.use { server ->
                val fallback = OkHttpClient.Builder().retryOnConnectionFailure(false).build()
                val http =
                    OkHttpClient
                        .Builder()
                        .addInterceptor { chain ->
                            val other = "${server.url}${chain.request().url.encodedPath}"
                            try {
                                chain.proceed(chain.request())
                            } catch (_: IOException) {
                                val again = chain.request().newBuilder().url(other)
                                fallback.newCall(again.build()).execute()
                            }
                        }.build()
                val client = connected("http://127.0.0.1:1", retries = 2, http = http)
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
                assertEquals(1, server.count("POST"))
                assertEquals(FailureKind.IO to Delivery.UNKNOWN, verdict(client))
            }
        }

    @Test
    fun `only a failure to connect says that nothing was sent`() =
        runBlocking {
            val unsent = connected("http://127.0.0.1:1", http = OkHttpClient())
            for ((name, send) in requests) {
                val error = assertFailsWith<TransportException>(name) { send(unsent) }
                assertEquals(FailureKind.CONNECT to Delivery.NOT_SENT, error.kind to error.delivery, name)
            }
        }
}
