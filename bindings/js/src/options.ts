/** Checks of what callers pass: JavaScript's types are checked here, everything else by the core. */

import { invalidInput } from "./errors.js";
import { isSecret } from "./secret.js";

/** An argument that must be a string. */
export function text(field: string, value: unknown): string {
  if (typeof value !== "string") {
    throw invalidInput(field, `must be a string, not ${nameOfType(value)}`);
  }
  if (!isWellFormed(value)) {
    throw invalidInput(field, "must not contain lone surrogates");
  }
  return value;
}

/** The same, or a {@link Secret}. */
export function secretText(field: string, value: unknown): string {
  return text(field, isSecret(value) ? value.reveal() : value);
}

/** A span in milliseconds, as the core takes it; none for `undefined`. */
export function span(field: string, value: unknown, least: 0 | 1 = 1): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw invalidInput(field, "must be a number of milliseconds");
  }
  if (value < least) {
    throw invalidInput(field, least ? "must be more than zero" : "must not be negative");
  }
  if (!(value < 1e12)) {
    throw invalidInput(field, "must be finite, and less than a billion seconds");
  }
  return Math.max(least, Math.round(value));
}

/** A whole number that JavaScript holds exactly; none for `undefined`. */
export function count(field: string, value: unknown, least: number): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw invalidInput(field, `must be a whole number from ${least}`);
  }
  return value as number;
}

/** An object, as the only argument of many methods is. */
export function record<T extends object>(field: string, value: T): T {
  if (typeof value !== "object" || value === null || isSecret(value)) {
    throw invalidInput(field, `must be an object, not ${nameOfType(value)}`);
  }
  return value;
}

function nameOfType(value: unknown): string {
  return value === null ? "null" : typeof value;
}

/** As `String.prototype.isWellFormed`, which Node 20 has and older browsers lack. */
function isWellFormed(value: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(value);
}
