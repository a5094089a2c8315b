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
  /**
   * The text itself.
   *
   * It is a property of its own, and the same function in secrets of the same text. So comparisons such as
   * `assert.deepStrictEqual` tell secrets apart, and `structuredClone` refuses them: it would lose the text.
   */
  readonly reveal: () => string;

  constructor(text: string) {
    this.reveal = revealing(text);
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  /** Whether two secrets are the same text. */
  equals(other: Secret): boolean {
    return this.reveal() === other.reveal();
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

const known = new Map<string, WeakRef<() => string>>();
// Older Workers have neither: there every secret has a function of its own.
const forgotten =
  typeof WeakRef === "function" && typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry((text: string) => known.get(text)?.deref() ?? known.delete(text))
    : undefined;

/** The one function that returns that text, as long as a secret has it. */
function revealing(text: string): () => string {
  const present = known.get(text)?.deref();
  if (present) {
    return present;
  }
  const reveal = () => text;
  if (forgotten) {
    known.set(text, new WeakRef(reveal));
    forgotten.register(reveal, text);
  }
  return reveal;
}

/** Whether a value is a secret, of another copy of this package too, such as its CommonJS form. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && BRAND in value;
}
