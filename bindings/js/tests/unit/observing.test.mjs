/** What a client tells its `onEvent`, its logger, and OpenTelemetry. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { InvalidInputError, StableVPS } from "stablevps";
import { openTelemetry } from "stablevps/opentelemetry";
import { Simulator } from "stablevps/testing";
import { KEY, ORDER, serving, WALLET } from "./support.mjs";

/** A client of a new simulator, and what it tells. */
async function observed(config, options) {
  const simulator = await Simulator.create(config);
  const events = [];
  const onEvent = (event) => events.push(event);
  return { simulator, events, client: simulator.client({ onEvent, ...options }) };
}

test("every request is told with its attempt, its end and what it repeats", async () => {
  const { simulator, events, client } = await observed();
  simulator.fault({ status: { code: 503, effect: "before" } });
  simulator.fault("lose_before", { method: "GET", path: "/wallet" });
  await client.wallet.get();
  const told = events.map(({ attempt, status, failure, delivery, retryOf }) => [
    ...[attempt, status, failure, delivery, retryOf],
  ]);
  assert.deepEqual(told, [
    [1, 503, null, null, null],
    [2, null, "io", "unknown", "server"],
    [3, 200, null, null, "transport"],
  ]);
  const [first, , last] = events;
  assert.ok(Object.isFrozen(first));
  const { event, call, endpoint, method, url } = last;
  assert.deepEqual(
    [event, call, endpoint, method, url],
    ["request_done", "wallet.get", "GET /wallet", "GET", "https://stablevps.com/api/v1/wallet"],
  );
  assert.ok(last.receivedBytes > 10);
  assert.equal(last.requestId, null);
  assert.equal(typeof last.durationMs, "number");
});

test("the service's name for a request is told where it sends one", async (t) => {
  const service = await serving((_, response) => {
    response.setHeader("x-request-id", "req-7");
    response.end(WALLET);
  });
  t.after(() => service.end());
  const events = [];
  const onEvent = (event) => events.push(event);
  await new StableVPS({ baseUrl: service.url, apiKey: KEY, onEvent }).wallet.get();
  assert.equal(events[0].requestId, "req-7");
  assert.equal(events[0].receivedBytes, WALLET.length);
});

test("a purchase is told phase by phase, with its VPS and its end", async () => {
  const { events, client } = await observed();
  const { vps } = await client.vps.provision(ORDER);
  const phases = events.filter(({ event }) => event === "phase_changed");
  assert.deepEqual(
    phases.map(({ before, phase, vpsId, error }) => [before, phase, vpsId, error]),
    [
      [null, "preflight", null, null],
      ["preflight", "baseline", null, null],
      ["baseline", "ordering", null, null],
      ["ordering", "polling", vps.id, null],
      ["polling", "ended", vps.id, null],
    ],
  );
  const last = phases.at(-1);
  assert.ok(last.lastedMs >= 120_000 && last.elapsedMs >= last.lastedMs);
  assert.equal(new Set(phases.map(({ purchase }) => purchase)).size, 1);
  await client.vps.provision(ORDER, { maxSpend: "1" }).catch(() => {});
  const ended = events.at(-1);
  assert.deepEqual([ended.phase, ended.error], ["ended", "over_budget"]);
  assert.notEqual(ended.purchase, last.purchase);
});

test("what a watch tells is told, too", async () => {
  const { events, client } = await observed({ vps: [{ id: "a" }] });
  for await (const event of client.vps.watch()) {
    assert.equal(events.at(-1), event);
    break;
  }
  assert.equal(events.at(-1).event, "started");
});

test("no secret is told", async () => {
  const { simulator, events, client } = await observed();
  const { vps } = await client.vps.provision(ORDER);
  await client.keys.list();
  const told = JSON.stringify(events);
  assert.ok(events.length > 8);
  assert.ok(!told.includes(simulator.apiKey.reveal()));
  assert.ok(!told.includes(vps.rdpPassword.reveal()));
});

test("an onEvent that throws or rejects breaks nothing, and that is said once", async () => {
  for (const onEvent of [
    () => {
      throw new Error("mine");
    },
    async () => {
      throw new Error("mine");
    },
  ]) {
    const warned = [];
    const logger = { debug() {}, warn: (line) => warned.push(line) };
    const { client } = await observed({}, { onEvent, logger });
    const { vps } = await client.vps.provision(ORDER);
    assert.equal(vps.vpsStatus, "active");
    assert.deepEqual(warned, ["onEvent threw, and what it throws is ignored: Error: mine"]);
  }
  assert.throws(() => new StableVPS({ onEvent: 5 }), InvalidInputError);
});

test("orders, deletions and reboots are logged above the rest", async () => {
  const [debug, info] = [[], []];
  const logger = { debug: (line) => debug.push(line), info: (line) => info.push(line), warn() {} };
  const { client } = await observed({}, { logger });
  const { vps } = await client.vps.provision(ORDER);
  await client.vps.stop(vps.id);
  await client.vps.start(vps.id);
  await client.vps.reboot(vps.id);
  await client.vps.delete(vps.id);
  assert.deepEqual(info, [
    "vps.provision: POST /vps answered 201 in 0 ms",
    `vps.reboot: POST /vps/${vps.id}/actions answered 200 in 0 ms`,
    `vps.delete: DELETE /vps/${vps.id} answered 200 in 0 ms`,
  ]);
  assert.ok(debug.includes("vps.provision: GET /wallet answered 200 in 0 ms"));
  assert.ok(debug.includes(`vps.stop: POST /vps/${vps.id}/actions answered 200 in 0 ms`));
});

test("OpenTelemetry gets a span for each request and phase, and the measurements", async (t) => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  t.after(() => context.disable());
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measured });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const onEvent = openTelemetry({ tracerProvider, meterProvider });
  const { simulator, client } = await observed({}, { onEvent });

  simulator.fault({ status: { code: 503, effect: "before" } });
  const tracer = tracerProvider.getTracer("test");
  const parent = tracer.startSpan("buying");
  const { vps } = await context.with(trace.setSpan(context.active(), parent), async () => {
    const bought = await client.vps.provision(ORDER);
    for await (const event of client.vps.watch()) {
      assert.equal(event.event, "started");
      break;
    }
    return bought;
  });
  parent.end();

  const finished = spans.getFinishedSpans();
  const named = (name) => finished.filter((span) => span.name === name);
  const [refused, wallet] = named("GET /wallet");
  assert.equal(refused.status.code, SpanStatusCode.ERROR);
  assert.equal(refused.attributes["error.type"], "503");
  assert.equal(wallet.kind, SpanKind.CLIENT);
  assert.equal(wallet.parentSpanContext.spanId, parent.spanContext().spanId);
  const { attributes } = wallet;
  assert.equal(attributes["http.request.method"], "GET");
  assert.equal(attributes["url.template"], "/wallet");
  assert.equal(attributes["http.response.status_code"], 200);
  assert.equal(attributes["http.request.resend_count"], 1);
  assert.equal(attributes["stablevps.retry_of"], "server");
  assert.equal(attributes["server.address"], "stablevps.com");
  assert.equal(attributes["server.port"], 443);
  const [polling] = named("stablevps.purchase polling");
  assert.equal(polling.attributes["stablevps.vps.id"], vps.id);
  const [seconds, nanos] = polling.duration;
  assert.ok(seconds + nanos / 1e9 >= 100);
  assert.deepEqual(
    named("buying")[0].events.map(({ name }) => name),
    ["stablevps.watch.started"],
  );
  assert.ok(!JSON.stringify(finished.map((span) => span.attributes)).includes(KEY));

  await reader.forceFlush();
  const [{ scopeMetrics }] = measured.getMetrics();
  const metrics = Object.fromEntries(
    scopeMetrics[0].metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints]),
  );
  const counted = (points) => points.reduce((sum, { value }) => sum + (value.count ?? value), 0);
  const requests = finished.filter(({ kind }) => kind === SpanKind.CLIENT).length;
  assert.equal(counted(metrics["http.client.request.duration"]), requests);
  assert.equal(counted(metrics["stablevps.purchase.phase.duration"]), 4);
  assert.equal(counted(metrics["stablevps.watch.events"]), 1);
  // Measurements have attributes of few values.
  const keys = metrics["http.client.request.duration"].flatMap((point) =>
    Object.keys(point.attributes),
  );
  assert.ok(!keys.includes("url.full"));
  await meterProvider.shutdown();
});
