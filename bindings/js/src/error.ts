/** What every error of this package has. */

import type { ErrorCode, Fault, Next, VpsDetails } from "./models.js";
import { INSPECT } from "./secret.js";

/** What an error is made of. */
export interface ErrorFacts {
  code: string;
  message: string;
  fault: Fault;
  next: Next;
  attempts: number;
  /** The properties that errors of this code have beside these. */
  details?: object | undefined;
  endpoint?: string | null | undefined;
  status?: number | null | undefined;
  serverMessage?: string | null | undefined;
  token?: string | null | undefined;
  vps?: VpsDetails | null | undefined;
}

/** @internal Marks the errors of every copy of this package. */
export const BRAND: unique symbol = Symbol.for("stablevps.error") as never;

/** The root of every error of this package. */
export class StableVPSError extends Error {
  /** The error's name, the same in every language, such as `insufficient_funds`. */
  readonly code: ErrorCode | (string & {});
  /** Whose fault it is. */
  readonly fault: Fault;
  /**
   * What to do next: `retry` (the same call is safe), `resume` (from `token`: it is bought, or may be), `fix`
   * (change the call, the key or the wallet first), or `ask` (let a person look at the account).
   */
  readonly next: Next;
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

  constructor(facts: ErrorFacts, options?: { cause?: unknown }) {
    super(facts.message, options);
    // Not the class's own name: bundlers shorten that.
    this.name = nameOf(facts.code);
    this.code = facts.code;
    this.fault = facts.fault;
    this.next = facts.next;
    this.endpoint = facts.endpoint ?? null;
    this.status = facts.status ?? null;
    this.attempts = facts.attempts;
    this.serverMessage = facts.serverMessage ?? null;
    this.token = facts.token ?? null;
    this.vps = facts.vps ?? null;
    Object.defineProperty(this, BRAND, { value: true });
    // The class of each code declares them.
    Object.assign(this, facts.details);
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

/**
 * The call's own `AbortSignal` ended it. As everywhere in JavaScript, the error's name is
 * `AbortError`; its `cause` is the signal's reason. A purchase can be taken up again from `token`.
 */
export class AbortError extends StableVPSError {
  declare readonly code: "aborted";
}

/** A name in snake case as JavaScript spells it. */
export function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function nameOf(code: string): string {
  return code === "aborted" ? "AbortError" : `${camel(`_${code}`)}Error`;
}
