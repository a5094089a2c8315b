/** The method that Node, Deno and Bun call to print an object. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

const SHOWN = "***";
const BRAND = Symbol.for("stablevps.secret");

/**
 * A text that no log, template, `JSON.stringify` or inspector shows. {@link Secret.reveal} returns it.
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
    Object.defineProperty(this, BRAND, { value: true });
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

/** Whether a value is a secret, of another copy of this package too, such as its CommonJS form. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && BRAND in value;
}
