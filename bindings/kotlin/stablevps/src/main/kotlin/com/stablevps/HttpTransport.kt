package com.stablevps

import java.io.IOException
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * What a client sends with: [OkHttpTransport], or one of your own.
 *
 * One of your own sends each request once and gives the response, whatever its status. It follows no
 * redirect, keeps to the request's times, reads at most 16 MiB, ends with its coroutine, and throws
 * [TransportFailure] where there is no response.
 */
public fun interface HttpTransport {
    /**
     * Sends a request, once.
     *
     * @throws TransportFailure where there is no response. Any other [Exception] counts as one that
     * knows nothing of what became of the request.
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
) {
    /** How long the exchange may take in all, its body included. */
    public val timeout: Duration get() = timeoutMs.milliseconds

    override fun toString(): String = "HttpRequest($endpoint)"
}

/** A complete response. */
public class HttpResponse(
    /** The HTTP status. */
    public val status: Int,
    /** The headers, by names in any case. `content-type` and `retry-after` are read. */
    public val headers: Map<String, String>,
    /** The whole body, decompressed. */
    public val body: ByteArray,
) {
    override fun toString(): String = "HttpResponse($status, ${body.size} bytes)"
}

/** Where an exchange broke. */
public enum class FailureKind {
    /** The name could not be resolved. */
    DNS,

    /** No connection came about. */
    CONNECT,

    /** No secure connection came about. */
    TLS,

    /** The proxy failed. */
    PROXY,

    /** The time was over. */
    TIMEOUT,

    /** The connection broke. */
    IO,

    /** The response is larger than 16 MiB. */
    TOO_LARGE,

    /** The request was given up. */
    CANCELLED,
}

/** Whether a request reached the service. */
public enum class Delivery {
    /** Certainly nothing of it did. */
    NOT_SENT,

    /** Something of it may have. */
    UNKNOWN,
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
