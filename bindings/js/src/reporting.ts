/** Reports a purchase's progress to its caller. */

import type { Progress } from "./models.js";
import { type Patience, patiently } from "./patience.js";

/** Waits for what `onProgress` returns, but not beyond the signal or the time allowed. */
export async function report(
  onProgress: (progress: Progress) => unknown,
  progress: Progress,
  patience: Patience,
): Promise<void> {
  const telling = told(onProgress, progress);
  if (telling) {
    await patiently(telling, patience, "onProgress");
  }
}

/** What `onProgress` returned, if it has to be waited for. */
function told(
  onProgress: (progress: Progress) => unknown,
  progress: Progress,
): Promise<object> | undefined {
  const fail = (error: unknown) => {
    throw new Thrown(error);
  };
  try {
    const telling = onProgress(progress) as PromiseLike<unknown> | undefined;
    return typeof telling?.then === "function"
      ? Promise.resolve(telling).then(() => ({}), fail)
      : undefined;
  } catch (error) {
    return fail(error);
  }
}

/** What a caller's `onProgress` threw. */
export class Thrown {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}
