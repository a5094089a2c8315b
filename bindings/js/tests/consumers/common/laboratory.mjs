/** Purchases from a server that misbehaves below HTTP after the first order: see `tests/laboratory`. */

import { ORDER, same } from "./purchase.mjs";

/** Short times for a service that is on the same machine. A request is given up before any fault is over. */
const OPTIONS = { timeout: 20_000, firstLook: 10, longestPause: 200, settle: 5_000 };
/** Less time than a route is away. */
const BRIEF = { ...OPTIONS, timeout: 2_500 };

/** One purchase a fault; throws where one is sent twice, or where trying again is advised after an order. */
export async function purchasesThatBreak({ StableVPS }, address, options = {}) {
  const ask = async (path) => {
    for (;;) {
      try {
        return await (await fetch(`${address}/_laboratory/${path}`)).json();
      } catch {
        // It refuses connections, for a moment.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const lines = [];
  for (const fault of await ask("faults")) {
    const { key: apiKey, url: baseUrl } = await ask(`arm/${fault}`);
    const client = new StableVPS({ baseUrl, apiKey, timeout: 1_000, ...options });
    // So that there is a kept connection.
    await client.wallet.get();
    let token = null;
    let outcome = await client.vps
      .provision(ORDER, fault === "route_lost" ? BRIEF : OPTIONS)
      .then(got, (error) => {
        token = error.token;
        return `${error.code}, ${error.next}`;
      });
    if (fault === "route_lost") {
      same(fault, outcome, "deadline_exceeded, resume");
      await ask("restore");
      outcome += `, ${await client.vps.resume(token).then(got)}`;
    }
    const { orders } = await ask("state");
    lines.push(`${fault}: ${orders} order, ${outcome}`);
    same(`${fault}: an order was sent, at most once`, orders, 1);
    same(`${fault}: ${outcome}`, / retry$/.test(outcome), false);
  }
  same("faults", lines.length > 10, true);
  return lines.join("\n");
}

function got({ recovered, charged }) {
  return `${recovered ? "recovered" : "bought"}, ${charged}`;
}
