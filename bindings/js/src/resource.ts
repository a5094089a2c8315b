/** What the resources of a client have in common. */

import type { Names } from "./options.js";
import type { Sent } from "./readers.js";
import type { PurchaseOptions, Session } from "./session.js";

/** @internal */
export const PURCHASE_OPTIONS: Names<PurchaseOptions> = { signal: 1, timeout: 1, onProgress: 1 };

/** What every resource is. */
export class Resource {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @internal */
  protected get _session(): Session {
    return this.#session;
  }
}

/** @internal Reads an array of models. */
export function every<T>(readOne: (sent: Sent) => T): (sent: Sent) => T[] {
  return (sent) => (sent as Sent[]).map(readOne);
}
