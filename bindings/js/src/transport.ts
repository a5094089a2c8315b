/** Requests through `fetch`, and what its failures say about delivery. */

import { onAbort } from "./abort.js";
import type { Clock } from "./clock.js";
import type { Delivery, FailureKind } from "./models.js";

/** One request, complete, as the core describes it. */
export interface HttpRequest {
  id: number;
  method: string;
  url: string;
  headers: { name: string; value: string }[];
  body: string | null;
  timeoutMs: number;
  retryClass: "read" | "repeatable" | "once";
  endpoint: string;
}

/** A complete response. */
export interface HttpResponse {
  status: number;
  /** `name: value`, one a line. */
  headers: string;
  body: Uint8Array;
}

/**
 * Why there is no response. A `fetch` of your own may throw it where it knows more than the platform's
 * `fetch` says, above all that a request was certainly not sent.
 */
export class TransportFailure extends Error {
  /** Where it broke. */
  readonly kind: FailureKind;
  /** Whether the request may have reached the service. */
  readonly delivery: Delivery;

  constructor(kind: FailureKind, delivery: Delivery, detail: string) {
    super(detail);
    this.name = "TransportFailure";
    this.kind = kind;
    this.delivery = delivery;
  }
}

/** What a client sends its requests with. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

const LARGEST_BODY = 16 * 1024 * 1024;

/** The headers that the core reads. */
const READ_HEADERS = ["content-type", "retry-after"];

/** What requests are sent with. */
export interface Network {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Whether the platform has caches and cookies. Some without them refuse the options for them. */
  readonly inBrowser: boolean;
}

/**
 * Sends a request, once. It is given up when its time is over, or when `stop` is aborted. The promise
 * never rejects.
 */
export async function send(
  network: Network,
  request: HttpRequest,
  stop?: AbortSignal,
): Promise<HttpResponse | TransportFailure> {
  // Not called as a method: a platform's `fetch` may refuse that.
  const { fetch } = network;
  const ending = new AbortController();
  let late = false;
  const cancelTimer = network.clock.after(request.timeoutMs, () => {
    late = true;
    ending.abort();
  });
  const ignore = stop && onAbort(stop, () => ending.abort());
  try {
    if (stop?.aborted) {
      return new TransportFailure("cancelled", "not_sent", "by its signal");
    }
    const response = await fetch(request.url, init(network, request, ending.signal));
    if (response.type === "opaqueredirect") {
      return { status: 302, headers: "", body: new Uint8Array() };
    }
    const { status } = response;
    return { status, headers: headers(response), body: await body(response) };
  } catch (error) {
    if (error instanceof TransportFailure) {
      return error;
    }
    if (late) {
      return new TransportFailure("timeout", "unknown", `within ${request.timeoutMs} ms`);
    }
    if (stop?.aborted) {
      return new TransportFailure("cancelled", "unknown", "by its signal");
    }
    return failure(error);
  } finally {
    cancelTimer();
    ignore?.();
  }
}

/** A request as `fetch` takes it. */
function init({ inBrowser }: Network, request: HttpRequest, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = {};
  for (const { name, value } of request.headers) {
    headers[name] = value;
  }
  const { method, body } = request;
  // A redirect is never followed with a key.
  const init: RequestInit = { method, headers, body, redirect: "manual", signal };
  return inBrowser ? { ...init, cache: "no-store", credentials: "omit" } : init;
}

function headers(response: Response): string {
  let text = "";
  for (const name of READ_HEADERS) {
    const value = response.headers.get(name);
    if (value !== null) {
      text += `${name}: ${value}\n`;
    }
  }
  return text;
}

/** The body. One that is larger than any of the service's is not read to its end. */
async function body(response: Response): Promise<Uint8Array> {
  // There is none, or a `fetch` of the caller's own has another kind of stream.
  if (typeof response.body?.getReader !== "function") {
    const whole = new Uint8Array(await response.arrayBuffer());
    if (whole.length > LARGEST_BODY) {
      throw tooLarge();
    }
    return whole;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return joined(parts, size);
    }
    size += value.length;
    if (size > LARGEST_BODY) {
      await reader.cancel();
      throw tooLarge();
    }
    parts.push(value);
  }
}

function joined(parts: Uint8Array[], size: number): Uint8Array {
  const [first] = parts;
  if (first?.length === size) {
    return first;
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function tooLarge(): TransportFailure {
  return new TransportFailure("too_large", "unknown", "the response is larger than 16 MiB");
}

/**
 * The codes in the cause of Node's `TypeError: fetch failed` that mean that no connection was made, so
 * that no byte of the request was written.
 */
const NOT_SENT: Record<string, FailureKind> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  ECONNREFUSED: "connect",
  EHOSTUNREACH: "connect",
  ENETUNREACH: "connect",
  EADDRNOTAVAIL: "connect",
  UND_ERR_CONNECT_TIMEOUT: "connect",
  CERT_HAS_EXPIRED: "tls",
  CERT_NOT_YET_VALID: "tls",
  CERT_REVOKED: "tls",
  CERT_REJECTED: "tls",
  CERT_SIGNATURE_FAILURE: "tls",
  CERT_UNTRUSTED: "tls",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls",
  HOSTNAME_MISMATCH: "tls",
  INVALID_CA: "tls",
  INVALID_PURPOSE: "tls",
  SELF_SIGNED_CERT_IN_CHAIN: "tls",
  UNABLE_TO_GET_ISSUER_CERT: "tls",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls",
};

/** With any other error, such as every one of a browser's, the request may have been sent. */
function failure(error: unknown): TransportFailure {
  const code = codeOf(error);
  const kind = code === undefined ? undefined : NOT_SENT[code];
  if (kind !== undefined) {
    return new TransportFailure(kind, "not_sent", `no connection: ${code}`);
  }
  // An error's message may contain a URL or a header; its name and code don't.
  const name = error instanceof Error ? error.name : typeof error;
  return new TransportFailure("io", "unknown", code ?? name);
}

/** The code of an error, or of what caused it. */
function codeOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; depth++) {
    const { code } = cause as { code?: unknown };
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]*$/.test(code)) {
      return code;
    }
    cause = cause.cause;
  }
  return undefined;
}
