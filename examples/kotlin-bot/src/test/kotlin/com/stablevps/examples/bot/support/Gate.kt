package com.stablevps.examples.bot.support

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executors

/** Stands between the program and the service, and says when one of the requests is where it is to be. */
internal class Gate(
    private val target: String,
) : AutoCloseable {
    /** Where a request is. */
    enum class Moment {
        /** It has not reached the service, and never will. */
        SENT,

        /** It had its effect, and its reply never comes. */
        SERVED,

        /** Its reply is on the way. */
        ANSWERED,
    }

    private class Place(
        var left: Int,
        val moment: Moment,
        val method: String?,
    ) {
        val reached = CompletableFuture<Unit>()
    }

    private val client = HttpClient.newHttpClient()
    private val threads = Executors.newCachedThreadPool()
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
    private var place: Place? = null

    val url: String get() = "http://127.0.0.1:${server.address.port}"

    init {
        server.executor = threads
        server.createContext("/") { exchange -> exchange.use(::pass) }
        server.start()
    }

    /** Is fulfilled when the request after so many others is there. */
    @Synchronized
    fun at(
        nth: Int,
        moment: Moment,
        method: String? = null,
    ): CompletableFuture<Unit> = Place(nth, moment, method).also { place = it }.reached

    /** Everything passes from now on. */
    @Synchronized
    fun open() {
        place = null
    }

    @Synchronized
    private fun placeOf(exchange: HttpExchange): Place? {
        val place = place?.takeIf { it.method == null || it.method == exchange.requestMethod } ?: return null
        place.left--
        return place.takeIf { it.left == 0 }
    }

    private fun pass(exchange: HttpExchange) {
        val place = placeOf(exchange)
        if (place?.moment == Moment.SENT) {
            return hold(place)
        }
        val request =
            HttpRequest
                .newBuilder(URI("$target${exchange.requestURI}"))
                .method(
                    exchange.requestMethod,
                    BodyPublishers.ofByteArray(exchange.requestBody.readAllBytes()),
                )
        for (name in listOf("authorization", "content-type")) {
            exchange.requestHeaders.getFirst(name)?.let { request.header(name, it) }
        }
        val reply = client.send(request.build(), BodyHandlers.ofByteArray())
        if (place?.moment == Moment.SERVED) {
            return hold(place)
        }
        reply
            .headers()
            .firstValue(
                "content-type",
            ).ifPresent { exchange.responseHeaders.add("content-type", it) }
        exchange.sendResponseHeaders(reply.statusCode(), reply.body().size.toLong())
        exchange.responseBody.use { it.write(reply.body()) }
        place?.reached?.complete(Unit)
    }

    /** Waits until the gate is closed: by then, the process that waits for the reply has ended. */
    private fun hold(place: Place) {
        place.reached.complete(Unit)
        try {
            CompletableFuture<Unit>().get()
        } catch (_: InterruptedException) {
            // The gate is closed.
        }
    }

    override fun close() {
        threads.shutdownNow()
        server.stop(0)
    }
}

private fun HttpExchange.use(block: (HttpExchange) -> Unit) =
    try {
        block(this)
    } finally {
        close()
    }
