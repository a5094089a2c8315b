/** A clock that runs fast, and alike in every process. */

import type { Clock } from "stablevps";

/** How many of its milliseconds a real one has. */
export const RATE = 20;
const BEGINNING = Date.UTC(2026, 0, 1);

export const quickClock: Clock = {
  now: () => BEGINNING + (Date.now() - BEGINNING) * RATE,
  monotonic: () => performance.now() * RATE,
  after: (ms, run) => {
    const timer = setTimeout(run, ms / RATE);
    return () => clearTimeout(timer);
  },
};
