package com.stablevps

import okhttp3.Authenticator
import okhttp3.Interceptor
import okhttp3.OkHttpClient
import okhttp3.Response
import java.util.concurrent.atomic.AtomicBoolean

private const val RETRY_AFTER = "Retry-After"
private const val HIDDEN = "stablevps-retry-after"
private const val UNAVAILABLE = 503

/** The same client, but it sends every request once. */
internal fun OkHttpClient.sendingOnce(): OkHttpClient =
    newBuilder()
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .authenticator(Authenticator.NONE)
        .cache(null)
        .addNetworkInterceptor(SentOnce)
        .build()

/** When the response says to try again. */
internal fun Response.retryAfter(): String? = header(RETRY_AFTER) ?: header(HIDDEN)

/** The tag of a request that must never be sent twice, such as an order. */
internal class Once {
    private val isSent = AtomicBoolean()

    /** Whether this is the first attempt. */
    fun begin(): Boolean = isSent.compareAndSet(false, true)
}

/** Refuses repetitions: the last interceptor to see a request, and the first to see its response. */
private object SentOnce : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response {
        val request = chain.request()
        if (request.tag(Once::class)?.begin() == false) {
            // The first attempt may have been carried out.
            throw TransportFailure(FailureKind.IO, Delivery.UNKNOWN, "an interceptor sends it a second time")
        }
        return chain.proceed(request).withoutRetryAfter()
    }

    /** OkHttp repeats a request that is answered with 503 and "Retry-After: 0", so the header is hidden. */
    private fun Response.withoutRetryAfter(): Response {
        val retryAfter = header(RETRY_AFTER)
        if (code != UNAVAILABLE || retryAfter == null) {
            return this
        }
        return newBuilder()
            .removeHeader(RETRY_AFTER)
            .header(HIDDEN, retryAfter)
            .build()
    }
}
