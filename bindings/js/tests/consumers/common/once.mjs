/** What must not be repeated, over connections that break after it: see `breaking.mjs`. */

import { failureOf, ORDER, same } from "./purchase.mjs";

/** What must be sent once is sent once, over a connection that was kept, and its outcome is unknown. */
export async function sendOnce({ StableVPS }, urls) {
  const CALLS = {
    order: (client) => client.vps.create(ORDER),
    reboot: (client) => client.vps.reboot("1"),
    key: (client) => client.keys.create({ email: "a@example.com", password: "p", name: "n" }),
  };
  for (const baseUrl of urls.split(",")) {
    const count = async () => Number(await (await fetch(`${baseUrl}/posts`)).text());
    for (const [what, call] of Object.entries(CALLS)) {
      const client = new StableVPS({ baseUrl, apiKey: "svps_live_0123456789" });
      // Twice, so that there are kept connections.
      await client.wallet.get();
      await client.wallet.get();
      const before = await count();
      const failure = await failureOf(() => call(client));
      same(`${what}: its code`, failure.code, "outcome_unknown");
      same(`${what}: how often it was sent`, (await count()) - before, 1);
    }
  }
  return "an order, a reboot and a key's creation are sent once over connections that break";
}
