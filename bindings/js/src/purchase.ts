/** A purchase under way: a promise of its end, and a stream of its progress. */

import type { Progress, Provisioned } from "./models.js";

/**
 * A purchase under way. Wait for it like for any promise, or watch it on the way:
 *
 * ```ts
 * const purchase = client.vps.provision({ planId: "prime", billingCycle: "monthly", location: "london" });
 * for await (const progress of purchase) await save(progress.token);
 * const { vps } = await purchase;
 * ```
 *
 * The purchase goes on by itself: leaving the loop does not end it, only its signal does. A loop sees
 * every step from when it begins; it ends with the purchase, and throws what the purchase fails with.
 * The purchase waits for `onProgress`, but not for a loop.
 */
export interface Purchase extends Promise<Provisioned>, AsyncIterable<Progress> {}

/** Begins a purchase that reports its progress. */
export function purchase(
  begin: (tell: (progress: Progress) => void) => Promise<Provisioned>,
): Purchase {
  const watchers = new Set<Watcher>();
  const promise = begin((progress) => {
    for (const watcher of watchers) {
      watcher.seen.push(progress);
      watcher.wake();
    }
  });
  const progress = async function* (): AsyncGenerator<Progress, void, undefined> {
    const watcher = new Watcher();
    watchers.add(watcher);
    let ended: { error?: unknown } | undefined;
    // Only a loop takes note of a failure: without one, an error that nobody waits for stays loud.
    promise.then(
      () => watcher.end(() => (ended = {})),
      (error: unknown) => watcher.end(() => (ended = { error })),
    );
    try {
      for (;;) {
        const next = watcher.seen.shift();
        if (next) {
          yield next;
        } else if (ended === undefined) {
          await watcher.woken();
        } else if ("error" in ended) {
          throw ended.error;
        } else {
          return;
        }
      }
    } finally {
      watchers.delete(watcher);
    }
  };
  return Object.assign(promise, { [Symbol.asyncIterator]: progress });
}

class Watcher {
  readonly seen: Progress[] = [];
  wake: () => void = () => {};

  end(note: () => void): void {
    note();
    this.wake();
  }

  woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}
