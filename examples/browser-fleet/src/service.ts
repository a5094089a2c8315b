/** The service that this page uses: a simulator inside it, or a real one with the visitor's own key. */

import { init, type Logger, type ProvisionOptions, type Secret, StableVPS } from "stablevps";
import { Simulator } from "stablevps/testing";

export interface Service {
  readonly kind: "simulation" | "local" | "live";
  readonly baseUrl: string;
  readonly client: StableVPS;
  /** How often to look whether anything changed. */
  readonly interval: number;
  /** How often to look at a new server. */
  readonly pace: Pick<ProvisionOptions, "firstLook" | "longestPause">;
  /** Only the simulation has one. */
  readonly simulator: Simulator | null;
}

export const LIVE = "https://stablevps.com";
const DAY = 86_400_000;

/** The service in memory. It is gone with the page. */
export async function simulate(logger: Logger): Promise<Service> {
  // `?setup=1500&latency=0&look=500` makes it quicker.
  const given = new URLSearchParams(location.search);
  const setup = whole(given.get("setup"), 8_000);
  const latency = whole(given.get("latency"), 180);
  const daysAgo = (days: number) => Date.now() - days * DAY;
  const simulator = await Simulator.create({
    time: "real",
    balance: 200,
    provisioningMs: setup,
    account: { email: "demo@example.com", created_at_ms: daysAgo(240) },
    vps: [
      { plan_id: "pro", location: "london", created_at_ms: daysAgo(12) },
      { plan_id: "prime", location: "newYork", created_at_ms: daysAgo(24) },
      { plan_id: "prime", billing_cycle: "yearly", location: "tokyo", created_at_ms: daysAgo(203) },
      { plan_id: "basic", location: "frankfurt", created_at_ms: daysAgo(4) },
      {
        plan_id: "basic",
        location: "singapore",
        created_at_ms: daysAgo(33),
        status: "past_due",
        vps_status: "suspended",
      },
      { plan_id: "prime", location: "london", created_at_ms: daysAgo(27) },
    ],
  });
  const client = simulator.client({
    logger,
    // The simulator answers at once; a network takes its time.
    fetch: async (url, request) => {
      await new Promise((resolve) => setTimeout(resolve, latency));
      return simulator.fetch(url, request);
    },
  });
  const brisk = Math.min(1_500, setup / 2);
  return {
    kind: "simulation",
    baseUrl: "simulation",
    client,
    interval: whole(given.get("look"), 10_000),
    pace: { firstLook: brisk, longestPause: 2 * brisk },
    simulator,
  };
}

/**
 * A service over the network. The key stays in the client, in memory.
 *
 * @throws InvalidInputError for a key or an address that can't be used: plain http goes to loopback only.
 */
export async function connect(baseUrl: string, apiKey: Secret, logger: Logger): Promise<Service> {
  // Where the core is there, the constructor itself refuses what is wrong.
  await init();
  const address = baseUrl.trim().replace(/\/+$/, "");
  const client = new StableVPS({
    apiKey,
    baseUrl: address,
    logger,
    // The page's visitor enters the key, and nobody else sees this tab.
    dangerouslyAllowBrowser: true,
    // A browser may send an order twice when a connection breaks. The page says so where one buys.
    dangerouslyAllowRepeatedOrders: true,
  });
  const { hostname } = new URL(address);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return {
    kind: isLocal ? "local" : "live",
    baseUrl: address,
    client,
    interval: 30_000,
    // A service on this machine is a simulator, where a server takes no minutes.
    pace: isLocal ? { firstLook: 1_000, longestPause: 3_000 } : {},
    simulator: null,
  };
}

function whole(text: string | null, otherwise: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
}
