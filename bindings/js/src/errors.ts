/** Everything that can go wrong. {@link StableVPSError} is the root of all of it. */

import { readVps, readVpsDetails, type Vps, type VpsDetails, type VpsStatus } from "./models.js";
import type { Money } from "./money.js";
import { INSPECT } from "./secret.js";

/** An error's name, the same in every language. `aborted` is JavaScript's own. */
export type ErrorCode = keyof ErrorsByCode;

/** An error as the core describes it. */
export interface ErrorDocument {
  code: string;
  message: string;
  fault: "caller" | "server" | "network";
  tryAgain: "safe" | "useless" | "unsafe";
  attempts: number;
  details: Record<string, unknown>;
  endpoint?: string | null;
  status?: number | null;
  serverMessage?: string | null;
  token?: string | null;
  vps?: unknown;
}

const BRAND = Symbol.for("stablevps.error");

/** The root of every error of this package. */
export class StableVPSError extends Error {
  /** The error's name, the same in every language, such as `insufficient_funds`. */
  readonly code: ErrorCode | (string & {});
  /** Whose fault it is. */
  readonly fault: "caller" | "server" | "network";
  /** Whether the same call may be made again; with a token, that means resuming from it. */
  readonly tryAgain: "safe" | "useless" | "unsafe";
  /** The endpoint as the documentation writes it, such as `POST /vps`. */
  readonly endpoint: string | null;
  /** The HTTP status of the last reply. */
  readonly status: number | null;
  /** How many requests were made. */
  readonly attempts: number;
  /** The service's own words, without secrets. */
  readonly serverMessage: string | null;
  /** From where a purchase can be taken up again with `client.vps.resume(token)`. */
  readonly token: string | null;
  /** The VPS as it was last seen. */
  readonly vps: VpsDetails | null;

  constructor(document: ErrorDocument, options?: { cause?: unknown }) {
    super(document.message, options);
    // Not the class's own name: bundlers shorten that.
    this.name = nameOf(document.code);
    this.code = document.code;
    this.fault = document.fault;
    this.tryAgain = document.tryAgain;
    this.endpoint = document.endpoint ?? null;
    this.status = document.status ?? null;
    this.attempts = document.attempts;
    this.serverMessage = document.serverMessage ?? null;
    this.token = document.token ?? null;
    this.vps = document.vps == null ? null : readVpsDetails(document.vps as never);
    Object.defineProperty(this, BRAND, { value: true });
    // What a kind has beside these: the class of each declares it.
    Object.assign(this, document.details);
  }

  /** Everything but the stack and the cause, without secrets. */
  toJSON(): Record<string, unknown> {
    const { cause: _, ...fields } = this as Record<string, unknown>;
    return { ...fields, message: this.message };
  }

  [INSPECT](_depth: number, options: unknown, inspect?: (value: unknown, o: unknown) => string) {
    const { name: _, ...fields } = this.toJSON();
    const shown = inspect ? inspect(fields, options) : JSON.stringify(fields);
    return `${this.stack ?? `${this.name}: ${this.message}`} ${shown}`;
  }
}

/** An argument was refused before anything was sent. */
export class InvalidInputError extends StableVPSError {
  declare readonly code: "invalid_input";
  /** The argument. */
  declare readonly field: string;
  /** What it must be. */
  declare readonly reason: string;

  constructor(document: ErrorDocument) {
    // Fields have one name in the core; here they are spelled as JavaScript's are.
    const field = camel(document.details.field as string);
    const message = `${field} ${document.details.reason}`;
    super({ ...document, message, details: { ...document.details, field } });
  }
}

/** The service refused a parameter (400). */
export class BadRequestError extends StableVPSError {
  declare readonly code: "bad_request";
}

/** The API key is missing, invalid or expired (401). */
export class UnauthorizedError extends StableVPSError {
  declare readonly code: "unauthorized";
}

/** The wallet does not hold enough (402), or was seen not to before ordering. */
export class InsufficientFundsError extends StableVPSError {
  declare readonly code: "insufficient_funds";
  /** What is needed. */
  declare readonly required: Money | null;
  /** What there is. */
  declare readonly available: Money | null;
  /** How much is missing. */
  declare readonly shortfall: Money | null;
  /** The currency of all three. */
  declare readonly currency: string | null;
}

/** A read-only key was used for a change (403). */
export class ReadOnlyKeyError extends StableVPSError {
  declare readonly code: "read_only_key";
}

/** There is no such resource in this account (404). */
export class NotFoundError extends StableVPSError {
  declare readonly code: "not_found";
}

/** The account has as many API keys as it may have (429 on `keys.create`). */
export class KeyLimitReachedError extends StableVPSError {
  declare readonly code: "key_limit_reached";
}

/** Too many requests (429). */
export class RateLimitedError extends StableVPSError {
  declare readonly code: "rate_limited";
  /** How many milliseconds the service asks to wait. */
  declare readonly retryAfterMs: number | null;
}

/** The service failed (5xx). */
export class ServerError extends StableVPSError {
  declare readonly code: "server" | "provider";
}

/** The VPS provider behind the service failed (502). */
export class ProviderError extends ServerError {
  declare readonly code: "provider";
}

/** The service answered something that its documentation does not allow. */
export class UnexpectedResponseError extends StableVPSError {
  declare readonly code: "unexpected_response";
  /** Where in the body, such as `vps[3].createdAt`. */
  declare readonly place: string;
  /** What is wrong there. */
  declare readonly reason: string;
  /** The reply's content type. */
  declare readonly contentType: string | null;
  /** The beginning of a body that is not JSON, without secrets. */
  declare readonly excerpt: string | null;
}

/** Where an exchange broke. */
export type FailureKind =
  | "dns"
  | "connect"
  | "tls"
  | "proxy"
  | "timeout"
  | "io"
  | "too_large"
  | "cancelled";

/** `not_sent`: certainly nothing reached the service. `unknown`: something may have. */
export type Delivery = "not_sent" | "unknown";

/** No response arrived. */
export class TransportError extends StableVPSError {
  declare readonly code: "transport";
  /** Where it broke. A browser tells no more than `io`. */
  declare readonly kind: FailureKind;
  /** Whether the request may have reached the service. */
  declare readonly delivery: Delivery;
  /** The HTTP stack's own words, without secrets. */
  declare readonly detail: string;
}

/** A request that must not be repeated may or may not have taken effect. */
export class OutcomeUnknownError extends StableVPSError {
  declare readonly code: "outcome_unknown";
  /** What happened to its reply. */
  declare readonly reason: string;
  /** How to find out what became of it. */
  declare readonly advice: string;
}

/** The time allowed for the whole was over. */
export class DeadlineExceededError extends StableVPSError {
  declare readonly code: "deadline_exceeded";
  /** What was being waited for. */
  declare readonly waitingFor: string;
}

/** The price is above `maxSpend`. Nothing was ordered. */
export class OverBudgetError extends StableVPSError {
  declare readonly code: "over_budget";
  /** The catalogue's price. */
  declare readonly price: Money;
  /** The limit that was set. */
  declare readonly maxSpend: Money;
}

/** The VPS was bought but can't become usable. */
export class ProvisioningFailedError extends StableVPSError {
  declare readonly code: "provisioning_failed";
  /** The status that ended the wait. */
  declare readonly vpsStatus: VpsStatus;
}

/** The order's reply was lost, and the order was seen not to have been placed. */
export class NotPlacedError extends StableVPSError {
  declare readonly code: "not_placed";
}

/** The order's reply was lost, and what became of the order could not be told. */
export class UnresolvedError extends StableVPSError {
  declare readonly code: "unresolved";
  /** Why not. */
  declare readonly reason: string;
  /** VPS that may be the one ordered. */
  declare readonly candidates: readonly Vps[];

  constructor(document: ErrorDocument) {
    const candidates = Object.freeze((document.details.candidates as never[]).map(readVps));
    super({ ...document, details: { ...document.details, candidates } });
  }
}

/** A token can't be resumed. */
export class StaleTokenError extends StableVPSError {
  declare readonly code: "stale_token";
  /** Why not. */
  declare readonly reason: string;
}

/**
 * The call's own `AbortSignal` ended it. As everywhere in JavaScript, the error's name is
 * `AbortError`; its `cause` is the signal's reason. A purchase is not undone by it: `token` leads on.
 */
export class AbortError extends StableVPSError {
  declare readonly code: "aborted";
}

/** Every class by its code. */
export interface ErrorsByCode {
  invalid_input: InvalidInputError;
  bad_request: BadRequestError;
  unauthorized: UnauthorizedError;
  insufficient_funds: InsufficientFundsError;
  read_only_key: ReadOnlyKeyError;
  not_found: NotFoundError;
  key_limit_reached: KeyLimitReachedError;
  rate_limited: RateLimitedError;
  server: ServerError;
  provider: ProviderError;
  unexpected_response: UnexpectedResponseError;
  transport: TransportError;
  outcome_unknown: OutcomeUnknownError;
  deadline_exceeded: DeadlineExceededError;
  over_budget: OverBudgetError;
  provisioning_failed: ProvisioningFailedError;
  not_placed: NotPlacedError;
  unresolved: UnresolvedError;
  stale_token: StaleTokenError;
  aborted: AbortError;
}

const CLASSES: { [Code in ErrorCode]: new (document: ErrorDocument) => StableVPSError } = {
  invalid_input: InvalidInputError,
  bad_request: BadRequestError,
  unauthorized: UnauthorizedError,
  insufficient_funds: InsufficientFundsError,
  read_only_key: ReadOnlyKeyError,
  not_found: NotFoundError,
  key_limit_reached: KeyLimitReachedError,
  rate_limited: RateLimitedError,
  server: ServerError,
  provider: ProviderError,
  unexpected_response: UnexpectedResponseError,
  transport: TransportError,
  outcome_unknown: OutcomeUnknownError,
  deadline_exceeded: DeadlineExceededError,
  over_budget: OverBudgetError,
  provisioning_failed: ProvisioningFailedError,
  not_placed: NotPlacedError,
  unresolved: UnresolvedError,
  stale_token: StaleTokenError,
  aborted: AbortError,
};

/**
 * Whether something caught is an error of this package, or one of that code. Unlike `instanceof`
 * it also knows errors of another copy of this package, such as its CommonJS form.
 *
 * ```ts
 * if (isStableVPSError(error, "insufficient_funds")) console.log(error.shortfall);
 * ```
 */
export function isStableVPSError(error: unknown): error is StableVPSError;
export function isStableVPSError<Code extends ErrorCode>(
  error: unknown,
  code: Code,
): error is ErrorsByCode[Code];
export function isStableVPSError(error: unknown, code?: ErrorCode): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    BRAND in error &&
    (code === undefined || (error as unknown as StableVPSError).code === code)
  );
}

/** The error that a document describes. */
export function errorOf(document: ErrorDocument): StableVPSError {
  const Kind = CLASSES[document.code as ErrorCode] ?? StableVPSError;
  return new Kind(document);
}

/** An argument that JavaScript itself can see is wrong. */
export function invalidInput(field: string, reason: string): InvalidInputError {
  return new InvalidInputError({
    code: "invalid_input",
    message: "",
    fault: "caller",
    tryAgain: "useless",
    attempts: 0,
    details: { field, reason },
  });
}

/** What a call ends with when its signal is aborted. */
export function aborted(
  signal: AbortSignal,
  tryAgain: ErrorDocument["tryAgain"],
  token: string | null,
): AbortError {
  const message = "the call was aborted by its signal";
  const document: ErrorDocument = {
    code: "aborted",
    message,
    fault: "caller",
    tryAgain,
    attempts: 0,
    details: {},
    token,
  };
  return new AbortError(document, { cause: signal.reason });
}

/** What a purchase ends with when its time is over before it could begin. */
export function late(waitingFor: string): StableVPSError {
  return errorOf({
    code: "deadline_exceeded",
    message: `the time allowed was over while waiting for ${waitingFor}`,
    fault: "caller",
    tryAgain: "safe",
    attempts: 0,
    details: { waitingFor },
  });
}

function nameOf(code: string): string {
  const name = camel(`_${code}`);
  return code === "aborted" ? "AbortError" : code in CLASSES ? `${name}Error` : "StableVPSError";
}

function camel(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
