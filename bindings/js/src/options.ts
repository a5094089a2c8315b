/**
 * Checks of what callers pass. Whether a value has the right JavaScript type is checked here; whether
 * the core can use it, by the core.
 */

import { invalidInput } from "./reports.js";
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

/** The same; none for `undefined`. */
export function optionalText(field: string, value: unknown): string | undefined {
  return value === undefined ? undefined : text(field, value);
}

/** A string, or a {@link Secret}. */
export function secretText(field: string, value: unknown): string {
  return text(field, isSecret(value) ? value.reveal() : value);
}

/**
 * A span as the core takes it, in whole milliseconds; none for `undefined`. Only zero becomes zero,
 * and what no integer can hold becomes the largest one, which the core refuses.
 */
export function span(field: string, value: unknown): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw invalidInput(field, "must be a number of milliseconds");
  }
  return Math.sign(value) * clamp(Math.max(1, Math.round(Math.abs(value))));
}

/** A number that the core wants to be whole; none for `undefined`. */
export function count(field: string, value: unknown): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw invalidInput(field, `must be a number, not ${nameOfType(value)}`);
  }
  return clamp(value);
}

/** An argument that must be `true` or `false`; none for `undefined`. */
export function flag(field: string, value: unknown): boolean | undefined {
  if (value !== undefined && typeof value !== "boolean") {
    throw invalidInput(field, "must be true or false");
  }
  return value;
}

/** An argument that must be a function; none for `undefined`. */
export function callback<T>(field: string, value: T): T {
  if (value !== undefined && typeof value !== "function") {
    throw invalidInput(field, "must be a function");
  }
  return value;
}

/** An argument that must be an `AbortSignal`, of any realm; none for `undefined`. */
export function abortSignal(field: string, value: unknown): AbortSignal | undefined {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  if (value != null && !(typeof aborted === "boolean" && typeof addEventListener === "function")) {
    throw invalidInput(field, "must be an AbortSignal");
  }
  return (value ?? undefined) as AbortSignal | undefined;
}

/** An argument that must have those methods; none for `undefined`. */
export function methods<T>(
  field: string,
  value: T | undefined,
  ...names: (keyof T & string)[]
): T | undefined {
  if (value !== undefined && !names.every((name) => typeof value?.[name] === "function")) {
    throw invalidInput(field, `must have the methods ${names.join(" and ")}`);
  }
  return value;
}

/** The names of a record's fields: all of them, or it does not compile. */
export type Names<T> = { readonly [Name in keyof Required<T>]: 1 };

/** An object that has only fields of those names: a name misspelled is an option ignored. */
export function record<T extends object>(field: string, value: T, names: Names<NoInfer<T>>): T {
  if (typeof value !== "object" || value === null || isSecret(value)) {
    throw invalidInput(field, `must be an object, not ${nameOfType(value)}`);
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(names, name)) {
      const known = Object.keys(names).join(", ");
      throw invalidInput(name, `is not one of the ${field}, which are ${known}`);
    }
  }
  return value;
}

function clamp(value: number): number {
  const { MAX_SAFE_INTEGER } = Number;
  return Math.max(-MAX_SAFE_INTEGER, Math.min(value, MAX_SAFE_INTEGER));
}

function nameOfType(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return String(value);
  }
  if (typeof value === "object") {
    return Array.isArray(value) ? "an array" : "an object";
  }
  return `a ${typeof value}`;
}

/** As `String.prototype.isWellFormed`, which Node 20 has and older browsers lack. */
function isWellFormed(value: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(value);
}
