package com.stablevps

import com.stablevps.internal.ffi.RetryClass
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.time.Duration.Companion.milliseconds
import com.stablevps.internal.ffi.HttpRequest as CoreHttpRequest

/** Tells a client's logger and its listener what happens. Neither can end a purchase. */
internal class Reporter(
    private val logger: Logger?,
    private val listener: ClientListener?,
) {
    private val hasFailed = AtomicBoolean()

    fun log(
        label: String,
        level: LogLevel = LogLevel.DEBUG,
        message: () -> String,
    ) {
        val logger = logger ?: return
        try {
            logger.log(level, "$label: ${message()}")
        } catch (_: Exception) {
            // A logger that fails must not end a purchase.
        }
    }

    fun tell(event: () -> ClientEvent) {
        val listener = listener ?: return
        try {
            listener.onEvent(event())
        } catch (failure: Exception) {
            if (hasFailed.compareAndSet(false, true)) {
                log("listener") { "it threw ${failure.javaClass.name}, here and maybe later" }
            }
        }
    }
}

/** A request on its way, for those who hear of it. */
internal class Sending(
    private val reporter: Reporter,
    private val label: String,
    private val request: CoreHttpRequest,
    private val clock: Clock,
) {
    private val begun = clock.monotonic()
    private val level =
        if (request.isWeighty) LogLevel.INFO else LogLevel.DEBUG

    fun answered(
        status: Int,
        headers: Map<String, String>,
        bytes: Int,
    ) {
        val tookMs = clock.monotonic() - begun
        reporter.log(label, level) { "${request.endpoint} answered $status in $tookMs ms" }
        reporter.tell { event(tookMs, status = status, bytes = bytes, requestId = headers.requestId()) }
    }

    fun failed(failure: TransportFailure) {
        val tookMs = clock.monotonic() - begun
        reporter.log(label, level) {
            "${request.endpoint} failed after $tookMs ms: ${failure.kind}, ${failure.delivery}"
        }
        reporter.tell { event(tookMs, failure = failure) }
    }

    private fun event(
        tookMs: Long,
        status: Int? = null,
        failure: TransportFailure? = null,
        bytes: Int = 0,
        requestId: String? = null,
    ) = ClientEvent.RequestEnded(
        operation = label,
        endpoint = request.endpoint,
        method = request.method,
        attempt = request.attempt.toInt(),
        retryOf = request.retryOf,
        status = status,
        failure = failure?.kind,
        delivery = failure?.delivery,
        duration = tookMs.milliseconds,
        bytesReceived = bytes,
        requestId = requestId,
    )
}

/** The header with the service's name of a request. */
internal const val REQUEST_ID = "x-request-id"

private fun Map<String, String>.requestId(): String? =
    entries.firstOrNull { it.key.equals(REQUEST_ID, ignoreCase = true) }?.value

/** Orders, deletions and reboots. */
private val CoreHttpRequest.isWeighty: Boolean
    get() = method == "DELETE" || (retryClass == RetryClass.ONCE && endpoint.startsWith("POST /vps"))
