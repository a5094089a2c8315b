/** Requests through `fetch`, and what a failure of it says about delivery. */

import { onAbort } from "./abort.js";
import type { Clock } from "./clock.js";
import type { Delivery, FailureKind } from "./errors.js";
import { isBrowser } from "./platform.js";

/** One request, complete. */
export interface HttpRequest {
  id: number;
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body: string | null;
  timeoutMs: number;
}

/** A complete response. */
export interface HttpResponse {
  status: number;
  /** `name: value`, one a line. */
  headers: string;
  body: Uint8Array;
}

/**
 * Why there is none. A `fetch` of your own may throw it, where it knows more than the platform's says:
 * above all that a request was certainly not sent.
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

/** What a client sends with. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

const LARGEST_BODY = 16 * 1024 * 1024;

/** The headers that the core reads. */
const READ_HEADERS = ["content-type", "retry-after"];

/**
 * Sends a request, once. It is over when its time is over, or when `stop` is aborted.
 *
 * @throws TransportFailure, and nothing else.
 */
export async function send(
  { fetch, clock }: { fetch: Fetch; clock: Clock },
  request: HttpRequest,
  stop?: AbortSignal,
): Promise<HttpResponse> {
  const ending = new AbortController();
  let late = false;
  const inTime = clock.after(request.timeoutMs, () => {
    late = true;
    ending.abort();
  });
  const ignore = onAbort(stop, () => ending.abort());
  try {
    if (stop?.aborted) {
      throw new TransportFailure("cancelled", "not_sent", "the request was given up");
    }
    const response = await fetch(request.url, {
      method: request.method,
      // Platforms take an object faster than pairs.
      headers: Object.fromEntries(request.headers),
      body: request.body,
      // A redirect is never followed with a key.
      redirect: "manual",
      signal: ending.signal,
      // Caches and cookies are a browser's alone; others refuse these, or take their time over them.
      ...(isBrowser() ? { cache: "no-store", credentials: "omit" } : {}),
    });
    if (response.type === "opaqueredirect") {
      return { status: 302, headers: "", body: new Uint8Array() };
    }
    return { status: response.status, headers: headers(response), body: await body(response) };
  } catch (error) {
    if (error instanceof TransportFailure) {
      throw error;
    }
    if (late) {
      throw new TransportFailure("timeout", "unknown", "the time was over");
    }
    if (stop?.aborted) {
      throw new TransportFailure("cancelled", "unknown", "the request was given up");
    }
    throw failure(error);
  } finally {
    inTime();
    ignore();
  }
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

/** The body; one that is larger than any reply of the service is not read to its end. */
async function body(response: Response): Promise<Uint8Array> {
  const length = response.headers.get("content-length");
  const encoded = response.headers.get("content-encoding");
  if (length !== null && Number(length) > LARGEST_BODY) {
    await response.body?.cancel();
    throw tooLarge();
  }
  if ((length !== null && encoded === null) || !response.body) {
    return new Uint8Array(await response.arrayBuffer());
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
 * What Node says in the cause of `TypeError: fetch failed`, where it is certain that no byte of the
 * request was written: the connection did not come about.
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

/** Everything that is not listed above may have been sent: all that a browser says, for one. */
function failure(error: unknown): TransportFailure {
  const code = codeOf(error);
  const kind = code === undefined ? undefined : NOT_SENT[code];
  if (kind !== undefined) {
    return new TransportFailure(kind, "not_sent", `no connection: ${code}`);
  }
  // Their words may hold a URL or a header, their names and codes don't.
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
