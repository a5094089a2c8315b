package com.stablevps.tests

import com.stablevps.StableVpsOptions
import com.stablevps.WatchOptions
import com.stablevps.opentelemetry.OpenTelemetryListener
import com.stablevps.testing.Simulator
import io.opentelemetry.api.common.AttributeKey.longKey
import io.opentelemetry.api.common.AttributeKey.stringKey
import io.opentelemetry.api.trace.SpanKind
import io.opentelemetry.api.trace.StatusCode
import io.opentelemetry.sdk.OpenTelemetrySdk
import io.opentelemetry.sdk.metrics.SdkMeterProvider
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter
import io.opentelemetry.sdk.trace.SdkTracerProvider
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.minutes

/** What OpenTelemetry gets of a client. */
internal class OpenTelemetryTest {
    private val simulator = Simulator()
    private val spans = InMemorySpanExporter.create()
    private val metrics = InMemoryMetricReader.create()
    private val telemetry =
        OpenTelemetrySdk
            .builder()
            .setTracerProvider(
                SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build(),
            ).setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .build()
    private val client = simulator.client(StableVpsOptions(listener = OpenTelemetryListener(telemetry)))

    @Test
    fun `a purchase is a span, and so is each of its requests`() =
        runTest {
            simulator.fault(
                mapOf("status" to mapOf("code" to 503, "effect" to "before")),
                method = "GET",
                path = "/vps",
            )
            val bought = client.buy()
            val all = spans.finishedSpanItems
            val purchase = all.single { it.kind == SpanKind.INTERNAL }
            assertEquals("vps.provision", purchase.name)
            assertEquals(bought.vps.id, purchase.attributes[stringKey("stablevps.vps_id")])
            assertEquals(
                bought.elapsed.inWholeMilliseconds,
                (purchase.endEpochNanos - purchase.startEpochNanos) / 1_000_000,
            )
            val requests = all - purchase
            assertEquals(bought.requests, requests.size)
            val order = requests.single { it.name == "POST /vps" }
            assertEquals(201, order.attributes[longKey("http.response.status_code")])
            assertEquals(StatusCode.UNSET, order.status.statusCode)
            val (failed, again) = requests.filter { it.name == "GET /vps" }
            assertEquals(
                "503" to StatusCode.ERROR,
                failed.attributes[stringKey("error.type")] to failed.status.statusCode,
            )
            assertEquals(1, again.attributes[longKey("http.request.resend_count")])
            assertEquals("server", again.attributes[stringKey("stablevps.retry_of")])
            assertTrue(all.none { simulator.apiKey.reveal() in "$it" })
        }

    @Test
    fun `requests and what watches tell are measured`() =
        runTest {
            client.vps.watch(WatchOptions(atMost = 5.minutes)).first()
            val all = metrics.collectAllMetrics().associateBy { it.name }
            val durations =
                all
                    .getValue("http.client.request.duration")
                    .histogramData.points
                    .single()
            assertEquals("/vps", durations.attributes[stringKey("url.template")])
            val told =
                all
                    .getValue("stablevps.watch.events")
                    .longSumData.points
                    .single()
            assertEquals(1L to "started", told.value to told.attributes[stringKey("stablevps.event")])
        }
}
