package com.stablevps

import java.io.IOException
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * Sends requests: [OkHttpTransport], or an implementation of your own.
 *
 * An implementation sends each request once and returns the response, whatever its status. It follows no
 * redirect, keeps the request's time limits, asks [HttpRequest.mayBegin] right before the first byte, reads at most 16 MiB, stops when its coroutine is cancelled,
 * and throws [TransportFailure] when there is no response.
 */
public fun interface HttpTransport {
    /**
     * Sends a request, once.
     *
     * @throws TransportFailure when there is no response. Any other [Exception], a cancellation of the
     * transport's own included, counts as a failure after which the request may have reached the service.
     */
    public suspend fun send(request: HttpRequest): HttpResponse
}

/** One request, complete. One of its headers carries the key: [toString] shows none of them. */
public class HttpRequest internal constructor(
    /** `GET`, `POST` or `DELETE`. */
    public val method: String,
    /** The absolute URL. */
    public val url: String,
    /** The headers, their names in lower case. */
    public val headers: Map<String, String>,
    /** The JSON body, if there is one. */
    public val body: String?,
    /** How many milliseconds the exchange may take in all, its body included. */
    public val timeoutMs: Long,
    /** How many milliseconds it may take to connect. */
    public val connectTimeoutMs: Long,
    /** Whether it must go out on a connection that carried nothing before, and never twice. */
    public val freshConnection: Boolean,
    /** The endpoint as the documentation writes it, such as `POST /vps`. */
    public val endpoint: String,
    internal val isInTime: () -> Boolean = { true },
) {
    /**
     * Whether its first byte may still leave. An order that a store has noted has a limit for that. Ask right before
     * the first byte is written, and throw [late] where it says no.
     */
    public fun mayBegin(): Boolean = isInTime()

    /** The failure of a request that [may no longer begin][mayBegin]. */
    public fun late(): TransportFailure = tooLate()

    /** How long the exchange may take in all, its body included. */
    public val timeout: Duration get() = timeoutMs.milliseconds

    override fun toString(): String = "HttpRequest($endpoint)"
}

internal fun tooLate() =
    TransportFailure(FailureKind.TIMEOUT, Delivery.NOT_SENT, "its time to begin was over")

/** A complete response. */
public class HttpResponse(
    /** The HTTP status. */
    public val status: Int,
    /** The headers, by names in any case. `content-type`, `date` and `retry-after` are read: hand on these. */
    public val headers: Map<String, String>,
    /** The whole body, decompressed. */
    public val body: ByteArray,
) {
    override fun toString(): String = "HttpResponse($status, ${body.size} bytes)"
}

/** Why there is no response. */
public class TransportFailure
    @JvmOverloads
    constructor(
        /** Where it broke. */
        public val kind: FailureKind,
        /** Whether the request may have reached the service: [Delivery.UNKNOWN] when in doubt. */
        public val delivery: Delivery,
        /** The HTTP stack's own words, without secrets. */
        public val detail: String = "",
        cause: Throwable? = null,
    ) : IOException(detail, cause)
