/** What a page does with the package. `begin` is called from outside, once the page is there. */

import { watchWithoutTcp } from "./probing.mjs";
import { buyInMemory, buyOverHttp, failureOf, ORDER, same } from "./purchase.mjs";

/** Gives the page its `begin`; `prepare` is what a program does before its first request. */
export function page(stablevps, loadTesting, prepare = () => {}) {
  globalThis.begin = async (apiKey) => {
    const { StableVPS, isStableVPSError } = stablevps;
    const baseUrl = location.origin;

    const refused = await failureOf(() => new StableVPS({ baseUrl, apiKey }));
    same("a key in a browser", isStableVPSError(refused, "invalid_input"), true);
    same("its field", refused.field, "apiKey");
    await prepare();
    const options = { baseUrl, apiKey, dangerouslyAllowBrowser: true };
    await refusesToOrder(stablevps, new StableVPS(options));
    const client = new StableVPS({ ...options, dangerouslyAllowRepeatedOrders: true });
    return [
      await buyOverHttp(client, baseUrl),
      await buyInMemory(stablevps, await loadTesting()),
      await watchWithoutTcp(stablevps, client),
    ].join("\n");
  };
}

/** A browser may send an order twice, so nothing is ordered there unless that is allowed. */
async function refusesToOrder({ isStableVPSError }, client) {
  const { balance } = await client.wallet.get();
  for (const buy of [() => client.vps.provision(ORDER), () => client.vps.create(ORDER)]) {
    const refused = await failureOf(buy);
    same("an order in a browser", isStableVPSError(refused, "invalid_input"), true);
    same("its field", refused.field, "fetch");
    same("its reason", refused.message.includes("dangerouslyAllowRepeatedOrders"), true);
  }
  same("the balance after it", (await client.wallet.get()).balance, balance);
}
