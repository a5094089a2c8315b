/**
 * Runs the purchases of an account one at a time, each from its first look at the wallet until the
 * order's reply: a listing can't tell two orders apart. It covers one process, or one page: all copies
 * of this package in it, but no other worker, tab or machine.
 */

type Tails = Map<string, Promise<void>>;

const SHARED = Symbol.for("stablevps.locks");

function tails(): Tails {
  const shared = globalThis as { [SHARED]?: Tails };
  shared[SHARED] ??= new Map();
  return shared[SHARED];
}

/** A place in an account's queue. */
export class Turn {
  /** Resolves when the turn has come. */
  readonly comes: Promise<void>;
  #hasCome = false;
  #end: () => void = () => {};

  constructor(account: string) {
    const waiting = tails();
    const before = waiting.get(account) ?? Promise.resolve();
    const mine = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    this.comes = before.then(() => {
      this.#hasCome = true;
    });
    // The next one waits for this one and, should this one give up early, for those before it.
    const tail = Promise.all([before, mine]).then(() => {
      if (waiting.get(account) === tail) {
        waiting.delete(account);
      }
    });
    waiting.set(account, tail);
  }

  /** Whether the turn has come. */
  get hasCome(): boolean {
    return this.#hasCome;
  }

  /** Passes the turn on. */
  end(): void {
    this.#end();
  }
}
