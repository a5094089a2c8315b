package com.stablevps.tests

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.io.Closeable
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.Collections
import java.util.concurrent.Executors
import kotlin.concurrent.thread

private val LOOPBACK = InetAddress.getByName("127.0.0.1")

/** An HTTP server that keeps the requests it received. */
internal class Server(
    private val answer: (HttpExchange, Int) -> Unit,
) : Closeable {
    private val server = HttpServer.create(InetSocketAddress(LOOPBACK, 0), 0)
    private val threads = Executors.newCachedThreadPool()
    val requests: MutableList<HttpExchange> = Collections.synchronizedList(mutableListOf())
    val url: String get() = "http://127.0.0.1:${server.address.port}"

    init {
        server.executor = threads
        server.createContext("/") { exchange ->
            exchange.requestBody.readAllBytes()
            requests += exchange
            answer(exchange, requests.size)
            exchange.close()
        }
        server.start()
    }

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }
}

/** Sends a body, whose length is declared or not. */
internal fun HttpExchange.give(
    body: ByteArray,
    status: Int = 200,
    isLengthDeclared: Boolean = true,
) {
    responseHeaders.add("content-type", "application/json")
    sendResponseHeaders(status, if (isLengthDeclared) body.size.toLong() else 0)
    // The client may have seen enough before the end.
    runCatching { responseBody.write(body) }
}

/** A server of bare sockets, which calls [behave] once a whole request has arrived. Its bodies must be ASCII. */
internal class BareServer(
    /** Called when a client has closed its connection. */
    private val ended: () -> Unit = {},
    private val behave: (Socket, Int, String) -> Unit,
) : Closeable {
    constructor(behave: (Socket, Int) -> Unit) : this({}, { socket, number, _ -> behave(socket, number) })

    private val server = ServerSocket(0, 50, LOOPBACK)
    private val sockets = Collections.synchronizedList(mutableListOf<Socket>())
    val heads: MutableList<String> = Collections.synchronizedList(mutableListOf())
    val url = "http://127.0.0.1:${server.localPort}"

    /** How many connections were made. */
    val connections: Int get() = sockets.size

    /** How many requests of a method arrived. */
    fun count(method: String): Int = heads.toList().count { it.startsWith("$method ") }

    init {
        thread(isDaemon = true) {
            runCatching {
                while (true) {
                    val socket = server.accept().also(sockets::add)
                    thread(isDaemon = true) { runCatching { serve(socket) } }
                }
            }
        }
    }

    private fun serve(socket: Socket) {
        val reader = socket.getInputStream().bufferedReader()
        while (true) {
            val first = reader.readLine() ?: return ended()
            val headers = generateSequence { reader.readLine()?.takeIf(String::isNotEmpty) }.toList()
            val length = headers.firstOrNull { it.startsWith("content-length:", ignoreCase = true) }
            repeat(length?.substringAfter(':')?.trim()?.toInt() ?: 0) { reader.read() }
            heads += first
            behave(socket, heads.size, first)
        }
    }

    override fun close() {
        server.close()
        sockets.toList().forEach(Socket::close)
    }
}

internal fun Socket.say(text: String) =
    getOutputStream().run {
        write(text.toByteArray())
        flush()
    }

/** Ends a connection as a crash does. */
internal fun Socket.reset() {
    setSoLinger(true, 0)
    close()
}

internal fun answer(body: String): String =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n$body"
