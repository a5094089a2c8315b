/** What both stores do before their first operation. */

import { VERSION } from "./sql.js";

/** Opens once. After a failure the next one who asks tries again. */
export class Opening<T> {
  readonly #open: () => Promise<T>;
  #opened: Promise<T> | undefined;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  get(): Promise<T> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }
}

/** @throws Error where a database has tables that this package does not know. */
export function checkVersion(version: unknown): void {
  if (Number(version) > VERSION) {
    throw new Error(`the database has tables of a newer version, ${version}`);
  }
}

/** The one value of the one row. */
export function only(rows: readonly unknown[]): unknown {
  return Object.values((rows[0] ?? {}) as object)[0];
}
