package com.stablevps.tests

import com.stablevps.Auth
import com.stablevps.CallOptions
import com.stablevps.Clock
import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.OutcomeUnknownException
import com.stablevps.ProvisionOptions
import com.stablevps.ServerException
import com.stablevps.TransportException
import com.stablevps.UnexpectedResponseException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import okhttp3.OkHttpClient
import okhttp3.tls.HandshakeCertificates
import okhttp3.tls.HeldCertificate
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.zip.GZIPOutputStream
import javax.net.ssl.SSLServerSocket
import kotlin.concurrent.thread
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** Over real sockets: what a failure says about delivery, and limits of time and size. */
internal class HttpTest {
    @Test
    fun `a purchase over HTTP, and one whose reply is lost`() =
        runBlocking {
            Service("--provisioning-ms", "0").use { service ->
                val client = service.client()
                val quick = ProvisionOptions(firstLook = Duration.ZERO)
                assertEquals("19.49", client.buy(quick).charged.toString())
                service.control("""{"fault":{"on":{"method":"POST","path":"/vps"},"do":"lose_after"}}""")
                assertTrue(client.buy(quick).recovered)
                assertEquals("2", service.state()["orders_received"].toString())
            }
        }

    @Test
    fun `a connection that is refused, and a host that does not exist, sent nothing`() =
        runBlocking {
            val port = ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")).use { it.localPort }
            assertEquals(
                FailureKind.CONNECT to Delivery.NOT_SENT,
                verdict(connected("http://127.0.0.1:$port")),
            )
            val nowhere = connected("https://no-such-host.invalid")
            assertEquals(FailureKind.DNS to Delivery.NOT_SENT, verdict(nowhere))
        }

    @Test
    fun `with a certificate that is not trusted, nothing was sent`() =
        runBlocking {
            val held = HeldCertificate.Builder().addSubjectAlternativeName("localhost").build()
            val tls = HandshakeCertificates.Builder().heldCertificate(held).build()
            val server = tls.sslContext().serverSocketFactory.createServerSocket(0) as SSLServerSocket
            var received = -1
            val serving =
                thread {
                    received =
                        runCatching { server.accept().use { it.getInputStream().read() } }.getOrDefault(-1)
                }
            val client = connected("https://localhost:${server.localPort}")
            assertEquals(FailureKind.TLS to Delivery.NOT_SENT, verdict(client))
            serving.join()
            assertEquals(-1, received)
            server.close()
        }

    @Test
    fun `a proxy that refuses sent nothing`() =
        runBlocking {
            val proxy = ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))
            val serving =
                thread {
                    proxy.accept().use {
                        it.getInputStream().bufferedReader().readLine()
                        it.say("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
                        it.getInputStream().read()
                    }
                }
            val through = Proxy(Proxy.Type.HTTP, InetSocketAddress("127.0.0.1", proxy.localPort))
            val http = OkHttpClient.Builder().proxy(through).build()
            val client = connected("https://stablevps.invalid", http = http)
            assertEquals(FailureKind.PROXY to Delivery.NOT_SENT, verdict(client))
            http.connectionPool.evictAll()
            proxy.close()
            serving.join(10_000)
        }

    @Test
    fun `after a request was written its outcome is unknown, and nothing is sent twice`() =
        runBlocking {
            val behaviours =
                mapOf<String, (Socket, Int) -> Unit>(
                    "reset" to { socket, _ -> socket.reset() },
                    "closed" to { socket, _ -> socket.close() },
                    "cut" to { socket, _ ->
                        socket.say("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")
                        socket.close()
                    },
                    "garbage" to { socket, _ ->
                        socket.say("SSH-2.0-OpenSSH_9.2\r\n\r\n")
                        socket.close()
                    },
                )
            for ((name, behave) in behaviours) {
                BareServer(behave).use { server ->
                    val order = connected(server.url, retries = 2)
                    assertFailsWith<OutcomeUnknownException>(name) { order.vps.create(PLAN, CYCLE, PLACE) }
                    assertEquals(1, server.heads.size, name)
                    assertEquals(FailureKind.IO to Delivery.UNKNOWN, verdict(connected(server.url)), name)
                }
            }
        }

    @Test
    fun `an order goes out on a connection of its own, which is not kept`() =
        runBlocking {
            BareServer { socket, turn ->
                if (turn ==
                    2
                ) {
                    socket.reset()
                } else {
                    socket.say(answer(WALLET))
                }
            }.use { server ->
                val client = connected(server.url)
                client.wallet.get()
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
                client.wallet.get()
                assertContentEquals(
                    listOf("GET", "POST", "GET"),
                    server.heads.map { it.substringBefore(' ') },
                )
                assertEquals(2, server.connections, "the first and the third share one")
            }
        }

    @Test
    fun `what OkHttp would repeat by itself is sent once`() =
        runBlocking {
            Server { exchange, _ ->
                exchange.responseHeaders.add("retry-after", "0")
                exchange.give("{}".toByteArray(), status = 503)
            }.use { server ->
                val client = connected(server.url)
                assertFailsWith<ServerException> { client.wallet.get() }
                assertFailsWith<OutcomeUnknownException> { client.vps.create(PLAN, CYCLE, PLACE) }
                assertEquals(2, server.requests.size)
            }
        }

    @Test
    fun `a request that takes too long is over in time, its body included`() =
        runBlocking {
            for (begin in listOf("", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")) {
                BareServer { socket, _ -> socket.say(begin) }.use { server ->
                    val slow = connected(server.url, timeout = 60.milliseconds)
                    assertEquals(FailureKind.TIMEOUT to Delivery.UNKNOWN, verdict(slow))
                    val one = connected(server.url)
                    val options = CallOptions(timeout = 60.milliseconds)
                    assertFailsWith<TransportException> { one.wallet.get(options) }
                }
            }
        }

    @Test
    fun `a cancelled request is cut off at once`() =
        runBlocking {
            val reached = CompletableDeferred<Unit>()
            val cutOff = CountDownLatch(1)
            BareServer { socket, _ ->
                reached.complete(Unit)
                // The rest of the request, and then its end or its break.
                runCatching { socket.getInputStream().readAllBytes() }
                cutOff.countDown()
            }.use { server ->
                val call = launch { connected(server.url).wallet.get() }
                reached.await()
                call.cancelAndJoin()
                assertTrue(call.isCancelled)
                assertTrue(cutOff.await(10, TimeUnit.SECONDS))
            }
        }

    @Test
    fun `a redirect is not followed with a key`() =
        runBlocking {
            Server { exchange, _ ->
                exchange.responseHeaders.add("location", "/elsewhere")
                exchange.sendResponseHeaders(302, -1)
            }.use { server ->
                val error =
                    assertFailsWith<UnexpectedResponseException> { connected(server.url).wallet.get() }
                assertEquals(302, error.status)
                assertEquals(listOf("/api/v1/wallet"), server.requests.map { "${it.requestURI}" })
            }
        }

    @Test
    fun `a body beyond 16 MiB is not read, whether its length is declared or not`() =
        runBlocking {
            val large = ByteArray(17 * 1024 * 1024) { ' '.code.toByte() }
            val packed = ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(large) } }
            for (case in 0..2) {
                Server { exchange, _ ->
                    if (case == 2) exchange.responseHeaders.add("content-encoding", "gzip")
                    val body = if (case == 2) packed.toByteArray() else large
                    exchange.give(body, isLengthDeclared = case != 1)
                }.use { server ->
                    val wanted = FailureKind.TOO_LARGE to Delivery.UNKNOWN
                    assertEquals(wanted, verdict(connected(server.url)), "case $case")
                }
            }
        }

    @Test
    fun `the key goes into the header that was asked for, and nowhere else`() =
        runBlocking {
            Server { exchange, _ -> exchange.give(WALLET.toByteArray()) }.use { server ->
                connected(server.url).wallet.get()
                connected(server.url, auth = Auth.X_API_KEY).wallet.get()
                val (bearer, plain) = server.requests.map { it.requestHeaders }
                assertEquals("Bearer $KEY", bearer.getFirst("authorization"))
                assertNull(bearer.getFirst("x-api-key"))
                assertEquals(KEY, plain.getFirst("x-api-key"))
                assertNull(plain.getFirst("authorization"))
                assertTrue(bearer.getFirst("user-agent").startsWith("stablevps-kotlin/"))
            }
        }

    @Test
    fun `a busy service is asked again after the time that it names`() =
        runBlocking {
            val waits = mutableListOf<Duration>()
            val clock =
                object : Clock {
                    override fun now() = 1_767_225_600_000

                    override fun monotonic() = waits.sumOf { it.inWholeMilliseconds }

                    override suspend fun sleep(duration: Duration) {
                        waits += duration
                    }
                }
            Server { exchange, turn ->
                if (turn == 1) exchange.responseHeaders.add("retry-after", "7")
                exchange.give(WALLET.toByteArray(), if (turn == 1) 429 else 200)
            }.use { server -> connected(server.url, retries = 1, clock = clock).wallet.get() }
            assertEquals(listOf(7L), waits.map { it.inWholeSeconds })
        }

    @Test
    fun `two hundred calls at once`() =
        runBlocking {
            Server { exchange, _ -> exchange.give(WALLET.toByteArray()) }.use { server ->
                val client = connected(server.url)
                val all = List(200) { async { client.wallet.get() } }.awaitAll()
                assertTrue(all.all { it.balance.toString() == "12.50" })
                assertNotNull(client).close()
            }
        }
}
