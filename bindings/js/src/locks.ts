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

/** Waits for the account's turn; gives what ends it. Throws nothing, but gives way to the signal. */
export async function turn(account: string, signal?: AbortSignal): Promise<() => void> {
  const waiting = tails();
  const before = waiting.get(account);
  let release = () => {};
  const mine = new Promise<void>((resolve) => {
    release = resolve;
  });
  // Whoever comes next waits for me and, should I give up early, for those before me.
  const tail = Promise.all([before, mine]).then(() => {});
  waiting.set(account, tail);
  const end = () => {
    release();
    void tail.then(() => {
      if (waiting.get(account) === tail) {
        waiting.delete(account);
      }
    });
  };
  if (before) {
    await unlessAborted(before, signal);
  }
  return end;
}

function unlessAborted(promise: Promise<void>, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal?.removeEventListener("abort", end);
      resolve();
    };
    void promise.then(end);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) {
      end();
    }
  });
}
