/**
 * One purchase of an account at a time, from its first look at the wallet until the order's reply is
 * there: listing can't tell two apart. It covers one process, or one page: all copies of this package
 * in it, but no other worker, tab or machine.
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
  /** Ends when it is this one's turn. */
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
    // Whoever comes next waits for this one and, should it give up early, for those before it.
    const tail = Promise.all([before, mine]).then(() => {
      if (waiting.get(account) === tail) {
        waiting.delete(account);
      }
    });
    waiting.set(account, tail);
  }

  /** Whether it is this one's turn. */
  get hasCome(): boolean {
    return this.#hasCome;
  }

  /** Lets the next one go on. */
  end(): void {
    this.#end();
  }
}
