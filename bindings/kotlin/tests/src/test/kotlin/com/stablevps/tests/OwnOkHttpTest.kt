package com.stablevps.tests

import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.OutcomeUnknownException
import com.stablevps.TransportException
import com.stablevps.TransportFailure
import com.stablevps.UnauthorizedException
import kotlinx.coroutines.runBlocking
import mockwebserver3.MockResponse
import mockwebserver3.MockWebServer
import mockwebserver3.SocketEffect
import okhttp3.Call
import okhttp3.EventListener
import okhttp3.Interceptor
import okhttp3.OkHttpClient
import okhttp3.Protocol
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.InetAddress
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.time.Duration.Companion.milliseconds

/** The code with which a server of HTTP/2 says that it did nothing. */
private const val REFUSED_STREAM = 7

/** With an OkHttp client of the caller's own, whatever it is made of. */
internal class OwnOkHttpTest {
    private fun intercepted(interceptor: Interceptor): OkHttpClient =
        OkHttpClient.Builder().addInterceptor(interceptor).build()

    @Test
    fun `it keeps its interceptors, and stays open`() =
        runBlocking {
            var seen = 0
            val http =
                intercepted {
                    seen++
                    it.proceed(it.request())
                }
            Server { exchange, _ -> exchange.give(WALLET.toByteArray()) }.use { server ->
                connected(server.url, http = http).use { it.wallet.get() }
                connected(server.url, http = http).use { it.wallet.get() }
            }
            assertEquals(2, seen)
            assertEquals(false, http.dispatcher.executorService.isShutdown)
        }

    @Test
    fun `an interceptor that repeats what failed can't order twice`() =
        runBlocking {
            val http =
                intercepted { chain ->
                    val request = chain.request()
                    try {
                        chain.proceed(request).takeIf { it.isSuccessful }
                    } catch (_: IOException) {
                        null
                    } ?: chain.proceed(request.newBuilder().header("x-attempt", "2").build())
                }
            BareServer { socket, _ -> socket.reset() }.use { server ->
                val client = connected(server.url, retries = 2, http = http)
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
                assertEquals(1, server.heads.size)
                assertFailsWith<OutcomeUnknownException> { client.vps.reboot("1") }
                assertEquals(2, server.heads.size)
            }
        }

    @Test
    fun `what an interceptor says of an order that was sent is not believed`() =
        runBlocking {
            val http =
                intercepted {
                    it.proceed(it.request()).close()
                    throw TransportFailure(FailureKind.CONNECT, Delivery.NOT_SENT)
                }
            Server { exchange, _ -> exchange.give(WALLET.toByteArray()) }.use { server ->
                val client = connected(server.url, retries = 2, http = http)
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
                assertEquals(1, server.requests.size)
            }
        }

    @Test
    fun `an interceptor that sends nothing may say so`() =
        runBlocking {
            val http =
                intercepted { throw TransportFailure(FailureKind.CONNECT, Delivery.NOT_SENT, "offline") }
            val client = connected("http://127.0.0.1:1", http = http)
            val error = assertFailsWith<TransportException> { client.vps.create(PLAN, CYCLE, PLACE) }
            assertEquals(Delivery.NOT_SENT to "offline", error.delivery to error.detail)
        }

    @Test
    fun `over HTTP 2 an order has a connection of its own, and is not sent again where it is refused`() =
        runBlocking {
            val protocols = listOf(Protocol.H2_PRIOR_KNOWLEDGE)
            val http = OkHttpClient.Builder().protocols(protocols).build()
            MockWebServer().use { server ->
                server.protocols = protocols
                server.enqueue(MockResponse(body = WALLET))
                val refused = SocketEffect.CloseStream(REFUSED_STREAM)
                server.enqueue(MockResponse.Builder().onResponseStart(refused).build())
                server.enqueue(MockResponse(body = WALLET))
                server.start(InetAddress.getByName("127.0.0.1"), 0)
                val client = connected("http://127.0.0.1:${server.port}", retries = 2, http = http)
                client.wallet.get()
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
                client.wallet.get()
                val seen = List(server.requestCount) { server.takeRequest() }
                assertEquals(
                    listOf("GET" to 0, "POST" to 1, "GET" to 0),
                    seen.map { it.method to it.connectionIndex },
                )
            }
        }

    @Test
    fun `an address at which nobody answers is passed over, for orders too`() =
        runBlocking {
            val addresses = listOf("127.0.0.2", "127.0.0.1").map(InetAddress::getByName)
            val http = OkHttpClient.Builder().dns { addresses }.build()
            Server {
                exchange,
                _,
                ->
                exchange.give("""{"error":"unauthorized"}""".toByteArray(), status = 401)
            }.use { server ->
                val client = connected(server.url.replace("127.0.0.1", "localhost"), http = http)
                assertFailsWith<UnauthorizedException> { client.wallet.get() }
                assertFailsWith<UnauthorizedException> { client.vps.create(PLAN, CYCLE, PLACE) }
                assertEquals(2, server.requests.size)
            }
        }

    @Test
    fun `its authenticator does not answer for the key`() =
        runBlocking {
            val http =
                OkHttpClient
                    .Builder()
                    .authenticator { _, response ->
                        response.request
                            .newBuilder()
                            .header("authorization", "Basic bm8=")
                            .build()
                    }.build()
            Server { exchange, _ ->
                exchange.responseHeaders.add("www-authenticate", "Basic realm=\"vps\"")
                exchange.give("""{"error":"invalid key"}""".toByteArray(), status = 401)
            }.use { server ->
                assertFailsWith<UnauthorizedException> { connected(server.url, http = http).wallet.get() }
                assertEquals(1, server.requests.size)
            }
        }

    @Test
    fun `its shorter timeouts hold`() =
        runBlocking {
            BareServer { _, _ -> }.use { server ->
                for (http in listOf(
                    OkHttpClient.Builder().readTimeout(50, TimeUnit.MILLISECONDS),
                    OkHttpClient.Builder().callTimeout(50, TimeUnit.MILLISECONDS),
                )) {
                    val client = connected(server.url, http = http.build())
                    assertEquals(FailureKind.TIMEOUT to Delivery.UNKNOWN, verdict(client))
                }
            }
        }

    @Test
    fun `a listener that throws keeps no other call from ending in time`() =
        runBlocking {
            val listener =
                object : EventListener() {
                    override fun canceled(call: Call): Unit = error("the listener is broken")
                }
            val broken = OkHttpClient.Builder().eventListener(listener).build()
            BareServer { _, _ -> }.use { server ->
                for (http in listOf(broken, null)) {
                    val client = connected(server.url, http = http, timeout = 50.milliseconds)
                    assertEquals(FailureKind.TIMEOUT to Delivery.UNKNOWN, verdict(client))
                }
            }
        }
}
