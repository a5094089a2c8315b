/** Has the store carry out what a machine asks of it, and keeps the time within which an order must begin after that. */

import { type Patience, patiently } from "./patience.js";
import type { Store, StoreOperation } from "./store.js";

/** An operation as a machine asks for it. */
export interface StoreStep extends StoreOperation {
  id: number;
}

/** What the store answered, or in which words it failed. */
export type Stored = { answer: string } | { detail: string; cause: unknown };

/** Carries an operation out. Asked for another one before it answered, what the store did late would undo what was done since. */
export async function answerOf(store: Store, { op, document }: StoreStep): Promise<Stored> {
  try {
    return { answer: String(await store.carryOut({ op, document })) };
  } catch (cause) {
    return { detail: detailOf(cause), cause };
  }
}

/**
 * Waits for an answer.
 *
 * @returns nothing where the signal was aborted, whatever becomes of the operation.
 * @throws DeadlineExceededError where the time is over.
 */
export function answered(answer: Promise<Stored>, patience: Patience): Promise<Stored | undefined> {
  return patiently(answer, patience, "the store");
}

/** What an error says, without what addresses and settings of databases may hold. */
function detailOf(error: unknown): string {
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  const text = [message, code].find((text) => typeof text === "string" && text !== "");
  return String(text ?? "it threw what is no error")
    .replace(/\/\/[^\s/]*@/g, "//***@")
    .replace(/\b(password|pwd)(\s*[=:]\s*)[^\s,;&]+/gi, "$1$2***");
}

/** Readings of the clocks when the store was asked last. */
interface Reading {
  id: number;
  /** The machine's time. */
  now: number;
  monotonic: number;
  time: number;
}

/**
 * Within which time an order must begin: it is counted from before the store was asked to note the order, by two clocks,
 * one of which counts the sleep of the machine.
 */
export class Beginning {
  #asked: Reading | undefined;

  /** The store is going to be asked. An operation that is asked for again is the same. */
  asks(id: number, now: number): void {
    if (this.#asked?.id !== id) {
      this.#asked = { id, now, monotonic: performance.now(), time: Date.now() };
    }
  }

  /**
   * Whether a request may still begin, to be asked at the last possible moment: it may within so many milliseconds from
   * `now`, the machine's time when it said so.
   */
  within(ms: number | undefined, now: number): (() => boolean) | undefined {
    if (ms === undefined) {
      return undefined;
    }
    const asked = this.#asked ?? { now, monotonic: performance.now(), time: Date.now() };
    const span = now - asked.now + ms;
    return () => performance.now() - asked.monotonic < span && Date.now() - asked.time < span;
  }
}
