/** A purchase under way: a promise of its result, and a stream of its progress. */

import type { Progress, Provisioned } from "./models.js";

/**
 * A purchase under way. Wait for it like for any promise, or follow its progress:
 *
 * ```ts
 * const purchase = client.vps.provision({ planId: "prime", billingCycle: "monthly", location: "london" });
 * for await (const progress of purchase) await save(progress.token);
 * const { vps } = await purchase;
 * ```
 *
 * The purchase does not depend on the loop: leaving the loop does not end it, only its signal does. A
 * loop gets every step from when it begins. It ends with the purchase, and throws the error that the
 * purchase fails with. After leaving a loop early, wait for the purchase itself: its failure is no
 * longer reported as an unhandled rejection. The purchase waits for `onProgress`, but not for a loop.
 */
export interface Purchase extends Promise<Provisioned>, AsyncIterable<Progress> {}

/** Begins a purchase that reports its progress. */
export function purchase(
  begin: (onProgress: (progress: Progress) => void) => Promise<Provisioned>,
): Purchase {
  const loops = new Set<Loop>();
  const promise = begin((progress) => {
    for (const loop of loops) {
      loop.unread.push(progress);
      loop.wake();
    }
  });
  const stream = async function* (): AsyncGenerator<Progress, void, undefined> {
    const loop = new Loop();
    loops.add(loop);
    // Only here: where there is no loop, a failure that nobody handles stays an unhandled rejection.
    promise.then(
      () => loop.end({}),
      (error: unknown) => loop.end({ error }),
    );
    try {
      for (;;) {
        const next = loop.unread.shift();
        if (next) {
          yield next;
        } else if (loop.result === undefined) {
          await loop.woken();
        } else if ("error" in loop.result) {
          throw loop.result.error;
        } else {
          return;
        }
      }
    } finally {
      loops.delete(loop);
    }
  };
  return Object.assign(promise, { [Symbol.asyncIterator]: stream });
}

/** A loop over a purchase's progress. */
class Loop {
  readonly unread: Progress[] = [];
  result: { error?: unknown } | undefined;
  wake: () => void = () => {};

  end(result: { error?: unknown }): void {
    this.result = result;
    this.wake();
  }

  woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}
