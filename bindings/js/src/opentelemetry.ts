/**
 * What a client does, for OpenTelemetry. It needs the package `@opentelemetry/api`.
 *
 * ```ts
 * import { openTelemetry } from "stablevps/opentelemetry";
 *
 * const client = new StableVPS({ onEvent: openTelemetry() });
 * ```
 *
 * @packageDocumentation
 */

import {
  type Attributes,
  type MeterProvider,
  metrics,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import type { ClientEvent, PhaseChangedEvent, RequestDoneEvent } from "./index.js";
import { VERSION } from "./version.js";

/** Where spans and measurements go. */
export interface OpenTelemetryOptions {
  /** By default the global one. */
  tracerProvider?: TracerProvider | undefined;
  /** By default the global one. */
  meterProvider?: MeterProvider | undefined;
}

const SCOPE = "stablevps";

/** The buckets that OpenTelemetry's conventions advise for durations of requests, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * An `onEvent` for a client.
 *
 * | what happens | span | measurement |
 * |---|---|---|
 * | a request | `GET /vps/:id`, of the kind client, with the attributes of HTTP's conventions | `http.client.request.duration` |
 * | a phase of a purchase ends | `stablevps.purchase ordering`, with the VPS and the error | `stablevps.purchase.phase.duration` |
 * | a watch tells something | an event of the span that is active | `stablevps.watch.events` |
 *
 * Spans are children of the span that is active where the call was made.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): (event: ClientEvent) => void {
  const tracer = (options.tracerProvider ?? trace).getTracer(SCOPE, VERSION);
  const meter = (options.meterProvider ?? metrics).getMeter(SCOPE, VERSION);
  const requests = meter.createHistogram("http.client.request.duration", {
    unit: "s",
    description: "Duration of HTTP client requests.",
    advice: { explicitBucketBoundaries: SECONDS },
  });
  const phases = meter.createHistogram("stablevps.purchase.phase.duration", {
    unit: "s",
    description: "How long purchases stay in each phase.",
  });
  const told = meter.createCounter("stablevps.watch.events", {
    unit: "{event}",
    description: "What watches tell.",
  });

  /** A span that ends now. */
  const span = (name: string, kind: SpanKind, lastedMs: number, attributes: Attributes) => {
    const now = Date.now();
    const span = tracer.startSpan(name, { kind, startTime: now - lastedMs, attributes });
    const error = attributes["error.type"];
    if (typeof error === "string") {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    }
    span.end(now);
  };
  return (event) => {
    switch (event.event) {
      case "request_done": {
        const { common, more } = ofRequest(event);
        span(event.endpoint, SpanKind.CLIENT, event.durationMs, { ...common, ...more });
        requests.record(event.durationMs / 1_000, common);
        break;
      }
      case "phase_changed": {
        if (event.before !== null) {
          const { common, more } = ofPhase(event);
          const name = `stablevps.purchase ${event.before}`;
          span(name, SpanKind.INTERNAL, event.lastedMs, { ...common, ...more });
          phases.record(event.lastedMs / 1_000, common);
        }
        break;
      }
      default: {
        const attributes = { "stablevps.event": event.event };
        const id = "vps" in event && "id" in event.vps ? event.vps.id : undefined;
        told.add(1, attributes);
        trace.getActiveSpan()?.addEvent(`stablevps.watch.${event.event}`, {
          ...(id === undefined ? {} : { "stablevps.vps.id": id }),
        });
      }
    }
  };
}

/** Attributes of few values, and the others. */
interface Described {
  common: Attributes;
  more: Attributes;
}

function ofRequest(event: RequestDoneEvent): Described {
  const { method, endpoint, url, attempt, status, failure, requestId } = event;
  const { hostname, port, protocol } = new URL(url);
  const error = failure ?? (status !== null && status >= 400 ? String(status) : null);
  return {
    common: {
      "http.request.method": method,
      "url.template": endpoint.replace(/^\S+ /, ""),
      "server.address": hostname,
      "server.port": port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
      ...(status === null ? {} : { "http.response.status_code": status }),
      ...(error === null ? {} : { "error.type": error }),
    },
    more: {
      "url.full": url,
      "stablevps.call": event.call,
      "http.response.body.size": event.receivedBytes,
      ...(attempt > 1 ? { "http.request.resend_count": attempt - 1 } : {}),
      ...(event.retryOf === null ? {} : { "stablevps.retry_of": event.retryOf }),
      ...(event.delivery === null ? {} : { "stablevps.delivery": event.delivery }),
      ...(requestId === null ? {} : { "http.response.header.x-request-id": [requestId] }),
    },
  };
}

function ofPhase({ before, phase, error, call, purchase, vpsId }: PhaseChangedEvent): Described {
  return {
    common: {
      "stablevps.purchase.phase": before ?? phase,
      ...(error === null ? {} : { "error.type": error }),
    },
    more: {
      "stablevps.call": call,
      "stablevps.purchase": purchase,
      ...(vpsId === null ? {} : { "stablevps.vps.id": vpsId }),
    },
  };
}
