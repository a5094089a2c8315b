/** Whether VPS answer: one TCP connection each, which is closed at once. */

import { onAbort } from "../abort.js";
import { systemClock, type WorldClock } from "../clock.js";
import type { InvalidInputError } from "../errors.js";
import type { ProbeOutcome } from "../models.js";
import { invalidInput } from "../reports.js";

/** Whom to connect to. */
export interface ProbeTarget {
  /** The address, or a host name. */
  readonly address: string;
  /** The TCP port. */
  readonly port: number;
}

/** How long an attempt may take. */
export interface ProbeLimits {
  /** In milliseconds. */
  readonly within: number;
  /** Is aborted when that time is over, and when nobody waits for the outcome any more. */
  readonly signal: AbortSignal;
}

/**
 * Another way to find out whether a VPS answers, such as a request to a program on it. It is called for many VPS side by
 * side.
 *
 * `not_tried` is for faults of this machine and its network alone: it says nothing about the VPS. What the prober throws
 * means the same. Where it takes longer than it may, the VPS is `silent`.
 */
export type Prober = (
  target: ProbeTarget,
  limits: ProbeLimits,
) => ProbeOutcome | Promise<ProbeOutcome>;

/** @internal What VPS are probed with. */
export interface Probing {
  readonly prober: Prober;
  /** How many are probed at once. */
  readonly atOnce: number;
}

/** @internal How many VPS are probed at once, where the platform has no limit of its own. */
export const AT_ONCE = 64;

let platform: Probing | undefined;

/** @internal Sets what this platform probes with; without, it has no TCP. */
export function probeWith(probing: Probing): void {
  platform = probing;
}

/** @internal What is probed with: the caller's own prober, or else the platform's. */
export function probingWith(prober: Prober | undefined): Probing | undefined {
  return prober ? { prober, atOnce: AT_ONCE } : platform;
}

/** @internal What needs a prober is refused where there is none. */
export function noProber(field: string, reason: string): InvalidInputError {
  return invalidInput(field, `${reason}: this platform has no TCP, so pass a prober of your own`);
}

/** @internal Probes all of them, side by side. Those that were not reached before the signal was aborted were not tried. */
export async function probe(
  { prober, atOnce }: Probing,
  targets: readonly ProbeTarget[],
  within: number,
  signal: AbortSignal | undefined,
  clock: WorldClock,
): Promise<ProbeOutcome[]> {
  const outcomes = targets.map((): ProbeOutcome => "not_tried");
  const left = targets.entries();
  const work = async () => {
    for (const [number, target] of left) {
      if (signal?.aborted) {
        return;
      }
      outcomes[number] = await probeOne(prober, target, within, signal);
    }
  };
  // In a simulated world this is real work, for which virtual time does not pass.
  const release = clock.hold?.();
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, targets.length) }, work));
  } finally {
    release?.();
  }
  return outcomes;
}

const OUTCOMES: readonly unknown[] = ["answered", "silent", "not_tried"];

async function probeOne(
  prober: Prober,
  target: ProbeTarget,
  within: number,
  signal: AbortSignal | undefined,
): Promise<ProbeOutcome> {
  const over = new AbortController();
  const ended = new Promise<void>((resolve) => {
    over.signal.addEventListener("abort", () => resolve());
  });
  let late = false;
  const cancel = systemClock.after(within, () => {
    late = true;
    over.abort();
  });
  const ignore = onAbort(signal, () => over.abort());
  try {
    const attempt = prober(target, { within, signal: over.signal });
    const outcome = await Promise.race([attempt, ended]);
    if (late) {
      return "silent";
    }
    return OUTCOMES.includes(outcome) ? (outcome as ProbeOutcome) : "not_tried";
  } catch {
    return "not_tried";
  } finally {
    cancel();
    ignore();
    over.abort();
  }
}
