package com.stablevps

import com.stablevps.internal.ffi.Request
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
import kotlin.coroutines.resumeWithException
import okhttp3.Request as OkHttpRequest

/**
 * Sends with OkHttp. Replies are read and parsed in OkHttp's own threads, never in the caller's.
 *
 * A client of yours keeps its proxy, certificates, interceptors, dispatcher and timeouts; of these and
 * the request's, the shorter hold. Whatever it says, nothing is sent again behind the core's back, no
 * redirect is followed, and an order goes out on a connection of its own. An interceptor must not send
 * a request twice: of an order, a reboot and a new key the second time is refused.
 */
public class OkHttpTransport
    @JvmOverloads
    constructor(
        client: OkHttpClient? = null,
    ) : HttpTransport,
        Closeable {
        private val own: OkHttpClient? = if (client == null) ownClient() else null
        private val base: OkHttpClient = (client ?: own!!).sendingOnce()

        @Volatile
        private var latest: OkHttpClient = base

        @Volatile
        private var latestAddress: HttpUrl? = null

        override suspend fun send(request: HttpRequest): HttpResponse {
            val sent = request.toOkHttp(address(request.url))
            val call = call(sent, request.connectTimeoutMs, request.freshConnection)
            return await(call, request.timeoutMs) { status, headers, body ->
                HttpResponse(status, headers, ByteArray(body.remaining()).also { body.get(it) })
            }
        }

        /** Sends a request; [use] has the response in OkHttp's thread, and must not keep its body. */
        internal suspend fun <T> exchange(
            request: Request,
            use: (Int, Map<String, String>, ByteBuffer) -> T,
        ): T {
            val sent = request.toOkHttp(address(request.url))
            val call = call(sent, request.connectTimeoutMs.toLong(), request.freshConnection)
            return await(call, request.timeoutMs.toLong(), use)
        }

        /** Closes connections and threads, unless they are those of a client of yours. */
        override fun close() {
            own?.run {
                dispatcher.executorService.shutdown()
                connectionPool.evictAll()
            }
        }

        /** Who looks again and again asks at the same address, which takes its time to read. */
        private fun address(url: String): HttpUrl =
            latestAddress?.takeIf { it.toString() == url } ?: url.toHttpUrl().also { latestAddress = it }

        private fun call(
            request: OkHttpRequest,
            connectTimeoutMs: Long,
            freshConnection: Boolean,
        ): Call {
            var client = latest
            val wanted = shorter(base.connectTimeoutMillis.toLong(), connectTimeoutMs)
            if (client.connectTimeoutMillis.toLong() != wanted) {
                client = base.newBuilder().connectTimeout(wanted, MILLISECONDS).build()
                latest = client
            }
            if (freshConnection) {
                // A pool for it alone: even one that keeps nothing shares connections of HTTP/2.
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
            val watch = Watch(Deadline(call, timeoutMs))
            call.addEventListener(watch)
            return suspendCancellableCoroutine { continuation ->
                continuation.invokeOnCancellation { call.cancel() }
                call.enqueue(
                    object : Callback {
                        override fun onFailure(
                            call: Call,
                            e: IOException,
                        ) = continuation.resumeWithException(watch.failure(call, e))

                        override fun onResponse(
                            call: Call,
                            response: Response,
                        ) = continuation.resumeWith(runCatching { watch.read(call, response, use) })
                    },
                )
            }
        }
    }

/** Of two limits, where zero is none. */
private fun shorter(
    theirs: Long,
    ours: Long,
): Long = if (theirs == 0L) ours else minOf(theirs, ours)

private const val CONCURRENT = 64

/** The time of an exchange is kept as a whole, and its threads keep no program from ending. */
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
