package com.stablevps

import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.Call
import okhttp3.Callback
import okhttp3.ConnectionPool
import okhttp3.Dispatcher
import okhttp3.HttpUrl
import okhttp3.HttpUrl.Companion.toHttpUrl
import okhttp3.OkHttpClient
import okhttp3.Response
import java.io.Closeable
import java.io.IOException
import java.nio.ByteBuffer
import java.util.concurrent.SynchronousQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit.MILLISECONDS
import java.util.concurrent.TimeUnit.SECONDS
import com.stablevps.internal.ffi.HttpRequest as CoreHttpRequest
import okhttp3.Request as OkHttpRequest

/**
 * Sends with OkHttp. Responses are read and parsed in OkHttp's threads, never in the caller's.
 *
 * A client of your own keeps its proxy, certificates, interceptors, dispatcher and timeouts; the shorter of
 * its timeouts and the request's applies. Some of its settings are overridden: OkHttp's own retries are
 * off, no redirect is followed, and an order goes out on a new connection. An interceptor must not send a
 * request twice: the second attempt at an order, a reboot or a new key is refused.
 */
public class OkHttpTransport
    @JvmOverloads
    constructor(
        client: OkHttpClient? = null,
    ) : HttpTransport,
        Closeable {
        private val isOwn = client == null
        private val deadlines = Deadlines()

        /** Built by the first request: it takes time, which the main thread of an app does not have. */
        private val base = lazy { (client ?: ownClient()).sendingOnce() }

        @Volatile
        private var isClosed = false

        @Volatile
        private var latest: OkHttpClient? = null

        @Volatile
        private var latestAddress: HttpUrl? = null

        override suspend fun send(request: HttpRequest): HttpResponse {
            val sent = request.toOkHttp(address(request.url), request.isInTime)
            val call = call(sent, request.connectTimeoutMs, request.freshConnection)
            return await(call, request.timeoutMs) { status, headers, body ->
                HttpResponse(status, headers, ByteArray(body.remaining()).also { body.get(it) })
            }
        }

        /** Sends a request; [use] gets the response in OkHttp's thread, and must not keep its body. */
        internal suspend fun <T> exchange(
            request: CoreHttpRequest,
            mayBegin: () -> Boolean,
            use: (Int, Map<String, String>, ByteBuffer) -> T,
        ): T {
            val sent = request.toOkHttp(address(request.url), mayBegin)
            val call = call(sent, request.connectTimeoutMs.toLong(), request.freshConnection)
            return await(call, request.timeoutMs.toLong(), use)
        }

        /**
         * Closes connections and threads, except those of a client of your own. Those of a request that is
         * under way are closed at its end.
         */
        override fun close() {
            isClosed = true
            deadlines.close()
            if (isOwn && base.isInitialized()) {
                base.value.dispatcher.executorService
                    .shutdown()
                base.value.connectionPool.evictAll()
            }
        }

        /** Repeated looks go to the same address, which takes time to parse. */
        private fun address(url: String): HttpUrl =
            latestAddress?.takeIf { it.toString() == url } ?: url.toHttpUrl().also { latestAddress = it }

        private suspend fun call(
            request: OkHttpRequest,
            connectTimeoutMs: Long,
            freshConnection: Boolean,
        ): Call {
            val base = if (base.isInitialized()) base.value else native { base.value }
            var client = latest ?: base
            val wanted = shorter(base.connectTimeoutMillis.toLong(), connectTimeoutMs)
            if (client.connectTimeoutMillis.toLong() != wanted) {
                client = base.newBuilder().connectTimeout(wanted, MILLISECONDS).build()
                latest = client
            }
            if (freshConnection) {
                // A pool of its own: a shared one would share connections of HTTP/2, even if it keeps none.
                val pool = ConnectionPool(0, 1, MILLISECONDS)
                client = client.newBuilder().connectionPool(pool).build()
            }
            return client.newCall(request)
        }

        private suspend fun <T> await(
            call: Call,
            timeoutMs: Long,
            use: (Int, Map<String, String>, ByteBuffer) -> T,
        ): T {
            val watch = Watch(Deadline(call, timeoutMs, deadlines))
            call.addEventListener(watch)
            return suspendCancellableCoroutine { continuation ->
                continuation.invokeOnCancellation { call.cancel() }
                call.enqueue(
                    object : Callback {
                        override fun onFailure(
                            call: Call,
                            e: IOException,
                        ) = end(Result.failure(watch.failure(call, e)))

                        override fun onResponse(
                            call: Call,
                            response: Response,
                        ) = end(runCatching { watch.read(call, response, use) })

                        private fun end(result: Result<T>) {
                            if (isClosed && isOwn) {
                                // This connection was in use when the others were closed.
                                base.value.connectionPool.evictAll()
                            }
                            continuation.resumeWith(result)
                        }
                    },
                )
            }
        }
    }

/** The shorter of two limits, where zero means none. */
private fun shorter(
    theirs: Long,
    ours: Long,
): Long = if (theirs == 0L) ours else minOf(theirs, ours)

private const val CONCURRENT = 64

/** A client that limits no part of an exchange by itself, and whose threads don't keep the JVM running. */
private fun ownClient(): OkHttpClient {
    val threads =
        ThreadPoolExecutor(0, Int.MAX_VALUE, 60, SECONDS, SynchronousQueue()) { task ->
            Thread(task, "stablevps").apply { isDaemon = true }
        }
    return OkHttpClient
        .Builder()
        .dispatcher(Dispatcher(threads).apply { maxRequestsPerHost = CONCURRENT })
        .connectTimeout(0, SECONDS)
        .readTimeout(0, SECONDS)
        .writeTimeout(0, SECONDS)
        .build()
}
