package com.stablevps

import okhttp3.Authenticator
import okhttp3.Call
import okhttp3.Interceptor
import okhttp3.OkHttpClient
import okhttp3.Response
import java.io.IOException
import java.util.concurrent.atomic.AtomicBoolean

private const val RETRY_AFTER = "Retry-After"
private const val HIDDEN = "stablevps-retry-after"
private const val UNAVAILABLE = 503

/** The same client, but it sends every request once. The request needs [Attempts] as a tag. */
internal fun OkHttpClient.sendingOnce(): OkHttpClient =
    newBuilder()
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .authenticator(Authenticator.NONE)
        .cache(null)
        .addInterceptor(Failures)
        .addNetworkInterceptor(SentOnce)
        .build()

/** When the response says to try again. */
internal fun Response.retryAfter(): String? = header(RETRY_AFTER) ?: header(HIDDEN)

/** The attempts that OkHttp makes at a request. */
internal class Attempts(
    /** Whether the request must never be sent twice, such as an order. */
    val isOnlyOne: Boolean,
    /** Whether its first byte may still leave. */
    val mayBegin: () -> Boolean,
) {
    private val isSent = AtomicBoolean()

    /** How OkHttp's own part of the last attempt failed. */
    @Volatile
    var failure: IOException? = null

    /** Whether another attempt may be sent. */
    fun begin(): Boolean = isSent.compareAndSet(false, true) || !isOnlyOne
}

/** The attempts at a call's request, even where an interceptor of the user's replaced that request. */
internal fun Call.attempts(): Attempts? = request().tag(Attempts::class)

/** Notes how an attempt failed: the last interceptor before OkHttp's own. */
private object Failures : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response =
        try {
            chain.proceed(chain.request())
        } catch (e: IOException) {
            chain.call().attempts()?.failure = e
            throw e
        }
}

/** Refuses repetitions, and what comes too late: the last interceptor to see a request, and the first to see its response. */
private object SentOnce : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response {
        val request = chain.request()
        if (chain
                .call()
                .attempts()
                ?.mayBegin
                ?.invoke() == false
        ) {
            throw tooLate()
        }
        if (chain.call().attempts()?.begin() == false) {
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
