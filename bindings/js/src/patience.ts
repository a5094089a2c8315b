/** Waiting for what is the caller's own: its callback, its store. */

import { onAbort } from "./abort.js";
import { sleep, type WorldClock } from "./clock.js";
import { overdue } from "./reports.js";

/** How long something is waited for. */
export interface Patience {
  clock: WorldClock;
  signal: AbortSignal | undefined;
  /** In milliseconds. */
  ms: number;
}

/**
 * Waits for what does not reject with anything but its own failure.
 *
 * @returns nothing where the signal was aborted, whatever becomes of the work.
 * @throws DeadlineExceededError where the time is over; `waitingFor` says for what.
 */
export async function patiently<T extends object>(
  work: Promise<T>,
  { clock, signal, ms }: Patience,
  waitingFor: string,
): Promise<T | undefined> {
  const over = new AbortController();
  const ignore = onAbort(signal, () => over.abort());
  // In a simulated world this is real work, for which virtual time does not pass.
  const release = clock.hold?.();
  try {
    const done = await Promise.race([work, sleep(clock, ms, over.signal)]);
    if (!done && !signal?.aborted) {
      throw overdue(waitingFor);
    }
    return done ?? undefined;
  } finally {
    release?.();
    ignore();
    over.abort();
  }
}
