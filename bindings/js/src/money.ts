/**
 * A sum of money as exact decimal text with two decimals, such as `"19.49"`.
 *
 * It is text because a JavaScript number can't hold 0.1 exactly. {@link cents} makes a whole number of
 * it to calculate with, {@link fromCents} is the reverse, and {@link formatMoney} writes it for people.
 */
export type Money = string;

const FORM = /^(-?)(\d+)(?:\.(\d{1,2}))?$/;

/**
 * A sum in whole cents: exact, and safe to add and compare.
 *
 * ```ts
 * cents("19.49") + cents("0.51"); // 2000
 * ```
 *
 * @throws RangeError for what is not a sum of money, or has too many digits to be exact.
 */
export function cents(money: Money): number {
  const parts = FORM.exec(money);
  const amount = parts
    ? Number(`${parts[1]}${parts[2]}${(parts[3] ?? "").padEnd(2, "0")}`)
    : Number.NaN;
  if (!Number.isSafeInteger(amount)) {
    throw new RangeError("not a sum of money such as 19.49");
  }
  // So that "-0.00" is not -0.
  return amount + 0;
}

/**
 * Whole cents as a sum of money.
 *
 * @throws RangeError for what is not a whole number that is exact.
 */
export function fromCents(amount: number): Money {
  if (!Number.isSafeInteger(amount)) {
    throw new RangeError("not a whole number of cents");
  }
  const digits = String(Math.abs(amount)).padStart(3, "0");
  return `${amount < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Orders two sums of money of one currency: below zero if `a` is less, above zero if it is more, else zero.
 * As texts they compare wrongly: `"100.00" < "20"`.
 *
 * @throws RangeError for what is not a sum of money.
 */
export function compareMoney(a: Money, b: Money): number {
  return cents(a) - cents(b);
}

/**
 * A sum of money for people, as `Intl.NumberFormat` writes it: `formatMoney("19.49", "EUR", "de")`
 * is `19,49 €`.
 */
export function formatMoney(money: Money, currency = "EUR", locales?: string | string[]): string {
  return new Intl.NumberFormat(locales, { style: "currency", currency }).format(cents(money) / 100);
}
