import { newWorld, type WorldClock } from "../clock.js";

// Kept from the beginning: test runners replace them.
const { setImmediate, setTimeout } = globalThis as {
  setImmediate?: (run: () => void) => unknown;
  setTimeout: (run: () => void, ms: number) => unknown;
};

interface Timer {
  due: number;
  run(): void;
}

/**
 * Virtual time, which passes only while the program waits for it. Whenever nothing is left that can run at
 * once, the clock jumps to the next timer that is due, unless something real is waited for.
 */
export class Timeline implements WorldClock {
  readonly world = newWorld();
  #now: number;
  #timers: Timer[] = [];
  #turning = false;
  #holds = 0;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, ms), run };
    this.#timers.push(timer);
    this.#turn();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass. Timers that become due run soon. */
  advance(ms: number): void {
    this.#now += ms;
    this.#turn();
  }

  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      this.#holds -= Number(held);
      held = false;
      this.#turn();
    };
  }

  #turn(): void {
    if (this.#turning || this.#timers.length === 0) {
      return;
    }
    this.#turning = true;
    soon(() => {
      this.#turning = false;
      const next = this.#timers.reduce<Timer | undefined>(
        (first, timer) => (first && first.due <= timer.due ? first : timer),
        undefined,
      );
      // While time stands still, the next turn comes when it is advanced or goes on.
      if (next && (this.#holds === 0 || next.due <= this.#now)) {
        this.#timers = this.#timers.filter((timer) => timer !== next);
        this.#now = Math.max(this.#now, next.due);
        next.run();
        this.#turn();
      }
    });
  }
}

/** Runs after everything that can run without waiting for input or time. */
function soon(run: () => void): void {
  if (setImmediate) {
    setImmediate(run);
  } else {
    setTimeout(run, 0);
  }
}
