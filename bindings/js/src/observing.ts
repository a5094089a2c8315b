/** What a client's `onEvent` is told. Nothing of it holds a secret. */

import type { WatchEvent } from "./events.js";
import type { Host, Logger } from "./machine.js";
import type {
  Delivery,
  ErrorCode,
  FailureKind,
  Phase,
  Progress,
  Provisioned,
  VpsId,
} from "./models.js";
import { isStableVPSError } from "./reports.js";
import type { HttpRequest, HttpResponse, TransportFailure } from "./transport.js";

/** A request is over. */
export interface RequestDoneEvent {
  readonly event: "request_done";
  /** The call that made it, such as `vps.list`. */
  readonly call: string;
  /** The endpoint as the documentation writes it, such as `GET /vps/:id`. */
  readonly endpoint: string;
  /** The HTTP method. */
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  /** Which attempt of its call it is, from 1. */
  readonly attempt: number;
  /** The code of the error that the attempt before ended with, such as `rate_limited`. */
  readonly retryOf: ErrorCode | null;
  /** The HTTP status; `null` without a response. */
  readonly status: number | null;
  /** Where it broke; `null` with a response. */
  readonly failure: FailureKind | null;
  /** Whether a request without a response may have arrived; `null` with a response. */
  readonly delivery: Delivery | null;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** How many bytes the response's body has, decompressed. */
  readonly receivedBytes: number;
  /** The service's own name for the request, where it sends one in `X-Request-Id`. */
  readonly requestId: string | null;
}

/** A purchase, or the wait for a VPS, is in another phase than before, or at its end. */
export interface PhaseChangedEvent {
  readonly event: "phase_changed";
  /** The call that runs it, such as `vps.provision`. */
  readonly call: string;
  /** Which purchase of this process it is: calls are numbered. */
  readonly purchase: number;
  /** The phase that begins; `ended` at the end. */
  readonly phase: Phase;
  /** The phase that ends; `null` at the beginning. */
  readonly before: Phase | null;
  /** How long that one lasted, in milliseconds. */
  readonly lastedMs: number;
  /** Milliseconds since the purchase began, in whatever process. */
  readonly elapsedMs: number;
  /** The VPS, once it is known. */
  readonly vpsId: VpsId | null;
  /** The code of the error that ended it, or `error` for what `onProgress` threw; `null` otherwise. */
  readonly error: ErrorCode | (string & {}) | null;
}

/** What a client's `onEvent` gets, with all that watches tell: `switch (event.event)` narrows it. */
export type ClientEvent = RequestDoneEvent | PhaseChangedEvent | WatchEvent;

/** @internal */
export type Observe = (event: ClientEvent) => void;

/**
 * @internal Calls the caller's `onEvent`, which can't break anything. That it throws is said once. Without an `onEvent`
 * there is nothing to call, so that no event is made either.
 */
export function observer(
  onEvent: ((event: ClientEvent) => unknown) | undefined,
  logger: Logger | undefined,
): Observe | undefined {
  if (!onEvent) {
    return undefined;
  }
  let said = false;
  const fail = (error: unknown) => {
    if (!said) {
      said = true;
      (logger ?? console).warn(`onEvent threw, and what it throws is ignored: ${String(error)}`);
    }
  };
  return (event) => {
    try {
      const told = onEvent(Object.freeze(event)) as PromiseLike<unknown> | undefined;
      if (typeof told?.then === "function") {
        told.then(undefined, fail);
      }
    } catch (error) {
      fail(error);
    }
  };
}

/** @internal Logs a request's end, and tells of it. */
export function exchanged(
  { logger, observe }: Host,
  call: string,
  request: HttpRequest,
  reply: HttpResponse | TransportFailure,
  durationMs: number,
): void {
  const { endpoint, method, url, attempt, retryOf } = request;
  const failed = "delivery" in reply;
  logger?.[isGrave(request) ? "info" : "debug"]?.(lineOf(call, request, reply, durationMs));
  observe?.({
    ...{ event: "request_done", call, endpoint, method, url, attempt, retryOf: retryOf ?? null },
    status: failed ? null : reply.status,
    failure: failed ? reply.kind : null,
    delivery: failed ? reply.delivery : null,
    durationMs,
    receivedBytes: failed ? 0 : reply.body.length,
    requestId: failed ? null : reply.requestId,
  });
}

function lineOf(
  call: string,
  { method, url }: HttpRequest,
  reply: HttpResponse | TransportFailure,
  durationMs: number,
): string {
  const failed = "delivery" in reply;
  const end = failed ? `failed (${reply.kind}, ${reply.delivery})` : `answered ${reply.status}`;
  const path = url.replace(/^.*\/api\/v1/, "");
  return `${call}: ${method} ${path} ${end} in ${Math.round(durationMs)} ms`;
}

/** Orders, deletions and reboots. */
function isGrave({ endpoint, retryClass }: HttpRequest): boolean {
  return endpoint === "DELETE /vps/:id" || (retryClass === "once" && endpoint !== "POST /auth");
}

/** How many there were in this process. */
let purchases = 0;

/** @internal Tells through which phases a purchase goes. */
export class Phases {
  readonly #host: Host;
  readonly #call: string;
  readonly #number = ++purchases;
  #now: Phase | null = null;
  #since = 0;
  #vpsId: VpsId | null = null;
  /** What its progress said last, and when. */
  #elapsed = 0;
  #at: number;

  constructor(host: Host, call: string) {
    this.#host = host;
    this.#call = call;
    this.#at = this.#since = host.clock.monotonic();
  }

  reached({ phase, elapsedMs, vpsId }: Progress): void {
    this.#elapsed = elapsedMs;
    this.#at = this.#host.clock.monotonic();
    this.#vpsId = vpsId;
    if (phase !== this.#now) {
      this.#tell(phase, null);
    }
  }

  ended(result: unknown, error: unknown): void {
    if (result !== null) {
      this.#vpsId = (result as Provisioned).vps.id;
    }
    const known = isStableVPSError(error);
    this.#vpsId = (known && error.vps?.id) || this.#vpsId;
    this.#tell("ended", error === null ? null : known ? error.code : "error");
  }

  #tell(phase: Phase, error: string | null): void {
    const { clock, observe } = this.#host;
    const now = clock.monotonic();
    observe?.({
      ...{ event: "phase_changed", call: this.#call, purchase: this.#number, phase },
      before: this.#now,
      lastedMs: this.#now === null ? 0 : now - this.#since,
      elapsedMs: Math.round(this.#elapsed + now - this.#at),
      ...{ vpsId: this.#vpsId, error },
    });
    this.#now = phase;
    this.#since = now;
  }
}
