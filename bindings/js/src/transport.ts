/** Requests through `fetch`, and what its failures say about delivery. */

import { onAbort } from "./abort.js";
import type { Clock } from "./clock.js";
import type { Delivery, ErrorCode, FailureKind } from "./models.js";
import { ownConnection } from "./platform.js";

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
  attempt: number;
  /** The code of the error that the attempt before ended with. */
  retryOf?: ErrorCode;
}

/** A complete response. */
export interface HttpResponse {
  status: number;
  /** `name: value`, one a line. */
  headers: string;
  body: Uint8Array;
  /** What support asks for. */
  requestId: string | null;
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

  constructor(
    kind: FailureKind,
    delivery: Delivery,
    detail: string,
    options?: { cause?: unknown },
  ) {
    super(detail, options);
    this.name = "TransportFailure";
    this.kind = kind;
    this.delivery = delivery;
  }
}

/** What a request's `fetch` is called with. Hand on all of it: some is for one platform only. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body: string | null;
  redirect: "manual";
  signal: AbortSignal;
  cache?: "no-store";
  credentials?: "omit";
  /** Where it is there, the request must be sent once: an order, a new key, a reboot. */
  keepalive?: false;
}

/** The options of a request, with a body that may be a stream. */
export interface ReadOnceInit extends Omit<FetchInit, "body"> {
  body: string | ReadableStream<Uint8Array> | null;
  duplex?: "half";
}

/**
 * The same options, but the body of what must be sent once, such as an order, is a stream, which can be read only once.
 *
 * The standard of `fetch` has a `POST` repeated after the status 421, unless its body is of that kind. Node's `fetch`
 * and that of the package `undici` do so. A wrapper around them uses this; elsewhere it changes nothing:
 *
 * ```ts no-run
 * const client = new StableVPS({ fetch: (url, init) => fetch(url, { ...readOnce(init), dispatcher }) });
 * ```
 */
export function readOnce(init: FetchInit): ReadOnceInit {
  const { process } = globalThis as { process?: { versions?: { undici?: string } } };
  const { body } = init;
  if (init.keepalive !== false || body === null || process?.versions?.undici === undefined) {
    return init;
  }
  const bytes = new TextEncoder().encode(body);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const headers = { ...init.headers, "content-length": String(bytes.length) };
  return { ...init, body: stream, headers, duplex: "half" };
}

/** What is read of a response: the platform's, or another library's. */
export interface FetchResponse {
  readonly status: number;
  readonly type: string;
  readonly headers: { get(name: string): string | null };
  readonly body: object | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * What a client sends its requests with. It must send each request once: a repeated `POST` may buy a
 * second VPS.
 */
export type Fetch = (input: string, init: FetchInit) => Promise<FetchResponse>;

const LARGEST_BODY = 16 * 1024 * 1024;

/** The headers that the core reads. */
const READ_HEADERS = ["content-type", "date", "retry-after"];

/** The header by which a service finds a request again. */
const REQUEST_ID = "x-request-id";

/** What requests are sent with. */
export interface Network {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Whether the platform has caches and cookies. Some without them refuse the options for them. */
  readonly inBrowser: boolean;
}

/**
 * Sends a request, once. It is given up when its time is over, or when `stop` is aborted, also where
 * `fetch` ignores its signal. The promise rejects only with what a framework's `fetch` tells the framework.
 */
export async function send(
  network: Network,
  request: HttpRequest,
  stop?: AbortSignal,
  mayBegin?: () => boolean,
): Promise<HttpResponse | TransportFailure> {
  if (stop?.aborted) {
    return new TransportFailure("cancelled", "not_sent", "by its signal");
  }
  const ending = new AbortController();
  let giveUp = (): void => {};
  const givenUp = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
  });
  let late = false;
  const end = () => {
    giveUp();
    ending.abort();
  };
  const cancelTimer = network.clock.after(request.timeoutMs, () => {
    late = true;
    end();
  });
  const ignore = onAbort(stop, end);
  try {
    const exchanged = exchange(network, request, ending.signal, mayBegin);
    const response = await Promise.race([exchanged, givenUp]);
    if (response) {
      return response;
    }
    return late
      ? new TransportFailure("timeout", "unknown", `within ${request.timeoutMs} ms`)
      : new TransportFailure("cancelled", "unknown", "by its signal");
  } catch (error) {
    if (request.retryClass === "read" && isFrameworks(error)) {
      throw error;
    }
    return failure(error);
  } finally {
    cancelTimer();
    ignore();
  }
}

async function exchange(
  network: Network,
  request: HttpRequest,
  signal: AbortSignal,
  mayBegin: (() => boolean) | undefined,
): Promise<HttpResponse> {
  // Not called as a method: a platform's `fetch` may refuse that.
  const { fetch } = network;
  const once = request.retryClass === "once" ? ownConnection() : undefined;
  try {
    const options = { ...init(network, request, signal), ...once };
    // As late as possible: from here on it can't be taken back.
    if (mayBegin?.() === false) {
      throw new TransportFailure("timeout", "not_sent", "its time to begin was over");
    }
    const response = await fetch(request.url, options);
    if (response.type === "opaqueredirect") {
      return { status: 302, headers: "", body: new Uint8Array(), requestId: null };
    }
    const { status } = response;
    const requestId = response.headers.get(REQUEST_ID);
    return { status, headers: headers(response), body: await body(response), requestId };
  } finally {
    once?.client?.close();
  }
}

/** A request as `fetch` takes it. */
function init({ inBrowser }: Network, request: HttpRequest, signal: AbortSignal): FetchInit {
  const headers: Record<string, string> = {};
  for (const { name, value } of request.headers) {
    headers[name] = value;
  }
  const { method, body } = request;
  // A redirect is never followed with a key.
  const init: FetchInit = { method, headers, body, redirect: "manual", signal };
  // Some platforms refuse the options that they don't know. Next.js caches replies on servers, too.
  if (typeof Request === "function" && "cache" in Request.prototype) {
    init.cache = "no-store";
  }
  if (inBrowser) {
    init.credentials = "omit";
  }
  return init;
}

function headers(response: FetchResponse): string {
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
async function body(response: FetchResponse): Promise<Uint8Array> {
  const stream = response.body as ReadableStream<Uint8Array> | null;
  // There is none, or a `fetch` of the caller's own has another kind of stream.
  if (typeof stream?.getReader !== "function") {
    const whole = new Uint8Array(await response.arrayBuffer());
    if (whole.length > LARGEST_BODY) {
      throw tooLarge();
    }
    return whole;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
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

/** What Node's codes for a refused certificate have in common. */
const CERTIFICATE = /CERT|^(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|UNABLE_TO_.*)$/;

/** An error of any realm, as far as it is one. */
interface Thrown {
  name?: unknown;
  code?: unknown;
  syscall?: unknown;
  cause?: unknown;
  errors?: unknown;
  digest?: unknown;
}

/**
 * What a failed `fetch` says. Nothing was sent only where every error says so: Linux reports
 * `ECONNREFUSED` and `EHOSTUNREACH` also on a connection that has carried the request.
 */
function failure(error: unknown): TransportFailure {
  const options = { cause: error };
  if (isTransportFailure(error)) {
    return new TransportFailure(error.kind, error.delivery, error.message, options);
  }
  const code = codeOf(error);
  const kind = notSent(error, 0);
  if (kind !== undefined) {
    return new TransportFailure(kind, "not_sent", `no connection: ${code}`, options);
  }
  // An error's message may contain a URL or a header; its name and code don't.
  const name = isObject(error) && typeof error.name === "string" ? error.name : typeof error;
  const unsure = code !== undefined && CERTIFICATE.test(code) ? "tls" : "io";
  return new TransportFailure(unsure, "unknown", code ?? name, options);
}

/** Where connecting failed, if that is what the error and every error behind it says. */
function notSent(error: unknown, depth: number): FailureKind | undefined {
  if (!isObject(error) || depth > 8) {
    return undefined;
  }
  const { syscall } = error;
  const kind = syscall === "connect" ? "connect" : syscall === "getaddrinfo" ? "dns" : undefined;
  if (syscall !== undefined && kind === undefined) {
    return undefined;
  }
  const behind = causesOf(error);
  if (behind.length === 0) {
    return error.code === "UND_ERR_CONNECT_TIMEOUT" ? "connect" : kind;
  }
  const kinds = behind.map((cause) => notSent(cause, depth + 1));
  return kinds.every((one) => one !== undefined) ? kinds[0] : undefined;
}

/** The code of an error, or of what caused it. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (!isObject(error) || depth > 8) {
    return undefined;
  }
  const { code } = error;
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]*$/.test(code)) {
    return code;
  }
  return codeOf(causesOf(error)[0], depth + 1);
}

function causesOf({ cause, errors }: Thrown): unknown[] {
  const members: unknown[] = Array.isArray(errors) ? errors : [];
  return cause == null ? members : [...members, cause];
}

function isObject(value: unknown): value is Thrown {
  return typeof value === "object" && value !== null;
}

/** Such as what Next.js throws to learn that a page can't be rendered beforehand: it has to get it back. */
function isFrameworks(error: unknown): boolean {
  return isObject(error) && typeof error.digest === "string";
}

/** Also one of another copy of this package, or of another realm. */
function isTransportFailure(error: unknown): error is TransportFailure {
  return isObject(error) && error.name === "TransportFailure" && "delivery" in error;
}
