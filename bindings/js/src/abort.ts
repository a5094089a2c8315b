/** Listening to signals. */

const listening = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `run` once when the signal is aborted, unless the function that is returned is called before.
 * However many calls share a signal, it has one listener: platforms warn of more than a few.
 */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (!signal) {
    return () => {};
  }
  let runs = listening.get(signal);
  if (!runs) {
    const all = new Set<() => void>();
    listening.set(signal, all);
    signal.addEventListener("abort", () => {
      for (const run of [...all]) {
        run();
      }
    });
    runs = all;
  }
  const mine = () => {
    cancel();
    run();
  };
  const cancel = () => void runs.delete(mine);
  runs.add(mine);
  return cancel;
}
