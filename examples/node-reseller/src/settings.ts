/** The settings, from the environment. */

export interface Settings {
  /** Where the customers' orders are. */
  databaseFile: string;
  host: string;
  port: number;
  logLevel: string;
  /** What the payment processor signs its events with: `whsec_` and base64. */
  webhookSecret: string;
  /** What the operator's requests carry. */
  operatorToken: string;
  baseUrl: string | undefined;
  /** How many purchases run at once; the others wait in the database. */
  atOnce: number;
  /** How long to wait before an order with a problem is tried again. */
  retryMs: number;
  /** How a purchase waits. What is undefined has the package's default. */
  purchase: {
    timeout: number | undefined;
    firstLook: number | undefined;
    longestPause: number | undefined;
    settle: number | undefined;
  };
}

export type Environment = Record<string, string | undefined>;

/** @throws Error with the variable's name for what is missing or can't be used. */
export function readSettings(environment: Environment): Settings {
  // The package reads the key by itself: nothing here ever holds it.
  required(environment, "STABLEVPS_API_KEY");
  return {
    databaseFile: environment.DATABASE_FILE || "reseller.db",
    host: environment.HOST || "127.0.0.1",
    port: count(environment, "PORT", 0) ?? 3000,
    logLevel: environment.LOG_LEVEL || "info",
    webhookSecret: webhookSecret(environment),
    operatorToken: required(environment, "OPERATOR_TOKEN"),
    baseUrl: environment.STABLEVPS_BASE_URL || undefined,
    atOnce: count(environment, "AT_ONCE", 1) ?? 100,
    retryMs: count(environment, "RETRY_MS", 1) ?? 60_000,
    purchase: {
      timeout: count(environment, "TIMEOUT_MS", 1),
      firstLook: count(environment, "FIRST_LOOK_MS", 0),
      longestPause: count(environment, "LONGEST_PAUSE_MS", 1),
      settle: count(environment, "SETTLE_MS", 0),
    },
  };
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

function webhookSecret(environment: Environment): string {
  const value = required(environment, "WEBHOOK_SECRET");
  if (!/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(value)) {
    throw new Error("WEBHOOK_SECRET must be whsec_ and at least 24 bytes in base64");
  }
  return value;
}

function count(environment: Environment, name: string, least: number): number | undefined {
  const value = environment[name];
  if (!value) {
    return undefined;
  }
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < least) {
    throw new Error(`${name} must be a whole number from ${least}`);
  }
  return number;
}
