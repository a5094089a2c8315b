package com.stablevps.opentelemetry

import com.stablevps.ClientEvent
import com.stablevps.ClientListener
import com.stablevps.Phase
import io.opentelemetry.api.OpenTelemetry
import io.opentelemetry.api.common.AttributeKey.longKey
import io.opentelemetry.api.common.AttributeKey.stringKey
import io.opentelemetry.api.common.Attributes
import io.opentelemetry.api.trace.Span
import io.opentelemetry.api.trace.SpanKind
import io.opentelemetry.api.trace.StatusCode
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.DurationUnit
import kotlin.time.toJavaDuration

/**
 * Hands what a client does to OpenTelemetry: the option [listener][com.stablevps.StableVpsOptions.listener].
 *
 * It needs `io.opentelemetry:opentelemetry-api`, which the package does not bring along. Spans are children of the span that is
 * current in the thread of the call.
 *
 * | what | name | attributes |
 * |---|---|---|
 * | a span of a request | its endpoint | `http.request.method`, `url.template`, `http.response.status_code`, `http.request.resend_count`, `http.response.body.size`, `error.type`, `stablevps.operation`, `stablevps.retry_of`, `stablevps.request_id` |
 * | a span of a purchase | `vps.provision` or another call | `stablevps.vps_id`, `error.type` |
 * | the histogram of requests, in seconds | `http.client.request.duration` | `http.request.method`, `url.template`, `http.response.status_code`, `error.type` |
 * | the counter of what watches tell | `stablevps.watch.events` | `stablevps.event` |
 */
public class OpenTelemetryListener(
    openTelemetry: OpenTelemetry,
) : ClientListener {
    private val tracer = openTelemetry.getTracer(SCOPE)
    private val durations =
        openTelemetry
            .getMeter(SCOPE)
            .histogramBuilder("http.client.request.duration")
            .setUnit("s")
            .setDescription("Duration of requests to the service")
            .build()
    private val watched =
        openTelemetry
            .getMeter(SCOPE)
            .counterBuilder("stablevps.watch.events")
            .setDescription("What watches told")
            .build()

    override fun onEvent(event: ClientEvent) {
        when (event) {
            is ClientEvent.RequestEnded -> request(event)
            is ClientEvent.PhaseChanged -> if (event.phase == Phase.ENDED) purchase(event)
            is ClientEvent.Watched -> watched.add(1, Attributes.of(EVENT, event.event.name))
        }
    }

    private fun request(event: ClientEvent.RequestEnded) {
        val error = event.failure?.name?.lowercase() ?: event.status?.takeIf { it >= FIRST_ERROR }?.toString()
        val common =
            Attributes
                .builder()
                .put(METHOD, event.method)
                .put(TEMPLATE, event.endpoint.substringAfter(' '))
                .putIfThere(error)
        event.status?.let { common.put(STATUS, it.toLong()) }
        val shared = common.build()
        val span = began(event.endpoint, SpanKind.CLIENT, event.duration).setAllAttributes(shared)
        span.setAttribute(OPERATION, event.operation)
        span.setAttribute(BYTES, event.bytesReceived.toLong())
        if (event.attempt > 1) span.setAttribute(RESENT, event.attempt - 1L)
        event.retryOf?.let { span.setAttribute(RETRY_OF, it) }
        event.requestId?.let { span.setAttribute(REQUEST_ID, it) }
        end(span, error)
        durations.record(event.duration.toDouble(DurationUnit.SECONDS), shared)
    }

    private fun purchase(event: ClientEvent.PhaseChanged) {
        val span = began(event.operation, SpanKind.INTERNAL, event.elapsed)
        event.vpsId?.let { span.setAttribute(VPS_ID, it) }
        event.error?.let { span.setAttribute(ERROR, it) }
        end(span, event.error)
    }

    /** A span of something that has ended just now. */
    private fun began(
        name: String,
        kind: SpanKind,
        took: Duration,
    ): Span =
        tracer
            .spanBuilder(name)
            .setSpanKind(kind)
            .setStartTimestamp(Instant.now().minus(took.toJavaDuration()))
            .startSpan()

    private fun end(
        span: Span,
        error: String?,
    ) {
        if (error != null) span.setStatus(StatusCode.ERROR)
        span.end()
    }

    private fun io.opentelemetry.api.common.AttributesBuilder.putIfThere(error: String?) =
        apply { if (error != null) put(ERROR, error) }

    private companion object {
        const val SCOPE = "com.stablevps"
        const val FIRST_ERROR = 400
        val METHOD = stringKey("http.request.method")!!
        val TEMPLATE = stringKey("url.template")!!
        val STATUS = longKey("http.response.status_code")!!
        val RESENT = longKey("http.request.resend_count")!!
        val BYTES = longKey("http.response.body.size")!!
        val ERROR = stringKey("error.type")!!
        val OPERATION = stringKey("stablevps.operation")!!
        val RETRY_OF = stringKey("stablevps.retry_of")!!
        val REQUEST_ID = stringKey("stablevps.request_id")!!
        val VPS_ID = stringKey("stablevps.vps_id")!!
        val EVENT = stringKey("stablevps.event")!!
    }
}
