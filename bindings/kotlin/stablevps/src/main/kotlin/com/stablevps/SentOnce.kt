package com.stablevps

import okhttp3.Authenticator
import okhttp3.Interceptor
import okhttp3.OkHttpClient
import okhttp3.Response
import java.util.concurrent.atomic.AtomicBoolean

private const val RETRY_AFTER = "Retry-After"
private const val HIDDEN = "stablevps-retry-after"
private const val UNAVAILABLE = 503

/** The same client, but sending everything once. */
internal fun OkHttpClient.sendingOnce(): OkHttpClient =
    newBuilder()
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .authenticator(Authenticator.NONE)
        .cache(null)
        .addNetworkInterceptor(SentOnce)
        .build()

/** The header that a response names when to try again in. */
internal fun Response.retryAfter(): String? = header(RETRY_AFTER) ?: header(HIDDEN)

/** What a request carries that must never be sent a second time, such as an order. */
internal class Once {
    private val isSent = AtomicBoolean()

    /** Whether this is the first time. */
    fun begin(): Boolean = isSent.compareAndSet(false, true)
}

/** Keeps others from repeating what is sent: the last to see a request, and the first to see its response. */
private object SentOnce : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response {
        val request = chain.request()
        if (request.tag(Once::class)?.begin() == false) {
            // Interceptors that repeat what failed know nothing of what may have been bought.
            throw TransportFailure(FailureKind.IO, Delivery.UNKNOWN, "an interceptor sends it a second time")
        }
        return chain.proceed(request).withoutRetryAfter()
    }

    /** OkHttp itself repeats what is answered with 503 and "Retry-After: 0". So it does not get to see it. */
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
