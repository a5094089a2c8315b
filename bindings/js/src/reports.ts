/** Errors as calls end with them, and how they are known again. */

import { AbortError, BRAND, camel, type ErrorFacts, StableVPSError } from "./error.js";
import {
  DeadlineExceededError,
  type ErrorsByCode,
  InvalidInputError,
  TransportError,
} from "./errors.js";
import type { ErrorCode, FailureKind, Next } from "./models.js";
import { KINDS, readVpsDetails, type Sent } from "./readers.js";

/** An error as the core describes it. What an error does not have is absent. */
export interface Report extends Omit<ErrorFacts, "details" | "vps"> {
  details?: Sent;
  vps?: Sent;
}

/** @internal The error that a report describes, and what caused it. */
export function errorOf(report: Report, cause?: unknown): StableVPSError {
  if (report.code === "invalid_input") {
    // A field has one name in the core; here it is spelled as JavaScript's are.
    return invalidInput(camel(report.details?.field), report.details?.reason);
  }
  const [Class, read] = KINDS[report.code] ?? [StableVPSError];
  const facts = {
    ...report,
    details: read?.(report.details as Sent),
    vps: report.vps && readVpsDetails(report.vps),
  };
  return new Class(facts, cause === undefined ? undefined : { cause });
}

/** @internal An argument was refused before anything was sent. */
export function invalidInput(
  field: string,
  reason: string,
  options?: { cause: unknown },
): InvalidInputError {
  const facts = {
    code: "invalid_input",
    message: `${field} ${reason}`,
    fault: "caller",
    next: "fix",
    attempts: 0,
    details: { field, reason },
  } as const;
  return new InvalidInputError(facts, options);
}

/** @internal A purchase's time ended while it waited for something of its caller's. */
export function overdue(waitingFor: string): DeadlineExceededError {
  const facts = {
    code: "deadline_exceeded",
    message: `the time allowed was over while waiting for ${waitingFor}`,
    fault: "caller",
    next: "resume",
    attempts: 0,
    details: { waitingFor },
  } as const;
  return new DeadlineExceededError(facts);
}

/** @internal The core can't be used, so nothing was sent. */
export function coreMissing(kind: FailureKind, detail: string, cause?: unknown): TransportError {
  const facts = {
    code: "transport",
    message: `the core could not be loaded: ${detail}`,
    fault: "network",
    next: "retry",
    attempts: 0,
    details: { kind, delivery: "not_sent", detail },
  } as const;
  return new TransportError(facts, { cause });
}

/** @internal What a call ends with when its signal is aborted. */
export function aborted(signal: AbortSignal, next: Next): AbortError {
  return new AbortError(
    {
      code: "aborted",
      message: "the call was aborted by its signal",
      fault: "caller",
      next,
      attempts: 0,
    },
    { cause: signal.reason },
  );
}

/**
 * An error of any code of this version: `switch (error.code)` narrows it. A newer core may have codes that
 * are not among them, so a `switch` needs a `default`.
 */
export type AnyStableVPSError = ErrorsByCode[ErrorCode];

/**
 * Whether something caught is an error of this package, or one of that code. Unlike `instanceof`
 * it also knows errors of another copy of this package, such as its CommonJS form.
 *
 * ```ts
 * if (isStableVPSError(error, "insufficient_funds")) console.log(error.shortfall);
 * if (isStableVPSError(error)) {
 *   switch (error.code) {
 *     case "over_budget":
 *       console.log(error.maxSpend);
 *       break;
 *     default:
 *       console.log(error.message);
 *   }
 * }
 * ```
 */
export function isStableVPSError(error: unknown): error is AnyStableVPSError;
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
