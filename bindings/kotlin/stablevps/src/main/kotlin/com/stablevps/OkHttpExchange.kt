package com.stablevps

import okhttp3.Call
import okhttp3.EventListener
import okhttp3.HttpUrl
import okhttp3.MediaType
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.RequestBody
import okhttp3.Response
import okhttp3.ResponseBody
import okio.BufferedSink
import java.io.IOException
import java.io.InterruptedIOException
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.SocketTimeoutException
import java.net.UnknownHostException
import java.nio.ByteBuffer
import javax.net.ssl.SSLException
import com.stablevps.internal.ffi.HttpRequest as CoreHttpRequest
import okhttp3.Request as OkHttpRequest

private const val LARGEST_BODY = 16L * 1024 * 1024
private const val KEPT_BUFFER = 64 * 1024

internal fun CoreHttpRequest.toOkHttp(
    address: HttpUrl,
    mayBegin: () -> Boolean,
): OkHttpRequest {
    val builder = OkHttpRequest.Builder().url(address)
    for (header in headers) {
        builder.header(header.name, header.value)
    }
    return builder.finished(method, body, Attempts(freshConnection, mayBegin))
}

internal fun HttpRequest.toOkHttp(
    address: HttpUrl,
    mayBegin: () -> Boolean,
): OkHttpRequest {
    val builder = OkHttpRequest.Builder().url(address)
    for ((name, value) in headers) {
        builder.header(name, value)
    }
    return builder.finished(method, body, Attempts(freshConnection, mayBegin))
}

private fun OkHttpRequest.Builder.finished(
    method: String,
    body: String?,
    attempts: Attempts,
): OkHttpRequest {
    if (attempts.isOnlyOne) {
        header("Connection", "close")
    }
    tag(Attempts::class, attempts)
    return method(method, body?.let(::JsonBody)).build()
}

/** A body that OkHttp writes once, and never again for a repetition of its own. */
private class JsonBody(
    text: String,
) : RequestBody() {
    private val bytes = text.toByteArray()

    override fun contentType(): MediaType = JSON

    override fun contentLength(): Long = bytes.size.toLong()

    override fun isOneShot(): Boolean = true

    override fun writeTo(sink: BufferedSink) {
        sink.write(bytes)
    }

    private companion object {
        val JSON = "application/json".toMediaType()
    }
}

/** Watches an exchange, and knows afterwards whether anything of the request was sent. */
internal class Watch(
    private val deadline: Deadline,
) : EventListener() {
    @Volatile
    private var connecting = false

    @Volatile
    private var sending = false

    override fun dnsStart(
        call: Call,
        domainName: String,
    ) {
        connecting = true
    }

    override fun connectStart(
        call: Call,
        inetSocketAddress: InetSocketAddress,
        proxy: Proxy,
    ) {
        connecting = true
    }

    override fun requestHeadersStart(call: Call) {
        sending = true
    }

    /** Reads a response, in the thread that received it. */
    fun <T> read(
        call: Call,
        response: Response,
        use: (Int, Map<String, String>, ByteBuffer) -> T,
    ): T {
        val body =
            try {
                response.use { it.body.readDirect() }
            } catch (e: IOException) {
                throw failure(call, e)
            }
        deadline.end()
        return use(response.code, response.readHeaders(), body)
    }

    /** What a failure says about delivery. */
    fun failure(
        call: Call,
        failure: IOException,
    ): TransportFailure {
        deadline.end()
        // An interceptor of the user's may throw one, too. It can't know better what was sent.
        if (failure is TransportFailure && (failure.delivery == Delivery.UNKNOWN || !sending)) {
            return failure
        }
        // An interceptor of the user's may have sent it in another way, and failed then.
        val isUnsent = connecting && !sending && call.attempts()?.failure === failure
        val delivery = if (isUnsent) Delivery.NOT_SENT else Delivery.UNKNOWN
        // The message may contain an address or a header, the class name does not.
        return TransportFailure(
            kind(call, failure, isUnsent),
            delivery,
            failure.javaClass.simpleName,
            failure,
        )
    }

    private fun kind(
        call: Call,
        failure: IOException,
        isUnsent: Boolean,
    ): FailureKind =
        when {
            deadline.isOver -> FailureKind.TIMEOUT
            failure is UnknownHostException -> FailureKind.DNS
            failure is SSLException && isUnsent -> FailureKind.TLS
            failure is SocketTimeoutException && isUnsent -> FailureKind.CONNECT
            failure is InterruptedIOException -> FailureKind.TIMEOUT
            call.isCanceled() -> FailureKind.CANCELLED
            !isUnsent -> FailureKind.IO
            failure.isOfProxy() -> FailureKind.PROXY
            else -> FailureKind.CONNECT
        }
}

/** OkHttp has no exception of its own for a proxy that refused, only messages that begin like this. */
private fun IOException.isOfProxy(): Boolean =
    message.orEmpty().let {
        it.startsWith("Unexpected response code for CONNECT") ||
            it.startsWith("Failed to authenticate with proxy") ||
            it.startsWith("SOCKS")
    }

/** The headers that the core reads, and the request's name for support. */
private fun Response.readHeaders(): Map<String, String> =
    buildMap(4) {
        header("content-type")?.let { put("content-type", it) }
        header("date")?.let { put("date", it) }
        retryAfter()?.let { put("retry-after", it) }
        header(REQUEST_ID)?.let { put(REQUEST_ID, it) }
    }

private val buffers = ThreadLocal.withInitial { ByteBuffer.allocateDirect(KEPT_BUFFER) }

/** The whole body, in a buffer that this thread reuses for its next response. */
private fun ResponseBody.readDirect(): ByteBuffer {
    val source = source()
    val length = contentLength()
    var buffer = buffers.get()
    if (length > LARGEST_BODY) {
        throw tooLarge()
    }
    if (length > buffer.capacity()) {
        buffer = ByteBuffer.allocateDirect(length.toInt() + 1)
    }
    clear(buffer)
    while (true) {
        if (!buffer.hasRemaining()) {
            buffer = larger(buffer)
        }
        if (source.read(buffer) < 0) {
            flip(buffer)
            return buffer
        }
    }
}

private fun larger(full: ByteBuffer): ByteBuffer {
    if (full.capacity() > LARGEST_BODY) {
        throw tooLarge()
    }
    flip(full)
    return ByteBuffer.allocateDirect(minOf(full.capacity() * 4L, LARGEST_BODY + 1).toInt()).put(full)
}

private fun tooLarge() =
    TransportFailure(FailureKind.TOO_LARGE, Delivery.UNKNOWN, "the response is larger than 16 MiB")
