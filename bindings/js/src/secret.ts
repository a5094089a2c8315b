/** What every package of the Node family asks an object for before printing it. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

const SHOWN = "***";

/**
 * A text that no log, template, `JSON.stringify` or inspector shows. {@link Secret.reveal} gives it.
 *
 * ```ts
 * const secret = new Secret("hunter2");
 * `${secret}`; // "***"
 * secret.reveal(); // "hunter2"
 * ```
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.freeze(this);
  }

  /** The text itself. */
  reveal(): string {
    return this.#text;
  }

  /** Whether two secrets are the same text. */
  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [INSPECT](): string {
    return `Secret('${SHOWN}')`;
  }
}

/** The text of an argument that may be a secret. */
export function revealed<T>(value: T | Secret): T | string {
  return value instanceof Secret ? value.reveal() : value;
}
