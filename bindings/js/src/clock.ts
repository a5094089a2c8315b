import { onAbort } from "./abort.js";

/** A clock: the machine's own, or a virtual one in tests. */
export interface Clock {
  /** The time of day in epoch milliseconds: only written down. */
  now(): number;
  /** Milliseconds of a clock that nobody sets: all waits and limits are measured by it. */
  monotonic(): number;
  /** Calls `run` once, in so many milliseconds, unless the function that is returned is called before. */
  after(ms: number, run: () => void): () => void;
}

/** @internal What a simulated service's clock has beside that. */
export interface WorldClock extends Clock {
  /** Tells the worlds of a process apart. */
  readonly world?: string;
  /** Lets time stand still until the function that is returned is called. */
  hold?(): () => void;
}

const worlds = new WeakMap<Clock, string>();

/** @internal The name of a clock's world: what is bought by one clock is known wherever that clock is used. */
export function worldOf(clock: WorldClock): string {
  const name = clock.world ?? worlds.get(clock) ?? newWorld();
  worlds.set(clock, name);
  return name;
}

/** @internal A name for a world that no other one in this process has, of any copy of this package. */
export function newWorld(): string {
  return Math.random().toString(36).slice(2);
}

/** The longest span that a timer takes. After a longer wait's first part the machine says to wait again. */
const LONGEST = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(ms, LONGEST));
    return () => clearTimeout(timer);
  },
};

/** @internal Waits; ends early, without an error, when the signal is aborted. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = () => {
      cancel();
      ignore();
      resolve();
    };
    const cancel = clock.after(ms, end);
    const ignore = onAbort(signal, end);
  });
}
