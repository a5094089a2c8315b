/** What a page does with the package. `begin` is called from outside, once the page is there. */

import { buyInMemory, buyOverHttp, failureOf, same } from "./purchase.mjs";

/** Gives the page its `begin`; `prepare` is what a program does before its first request. */
export function page(stablevps, loadTesting, prepare = () => {}) {
  globalThis.begin = async (apiKey) => {
    const { StableVPS, isStableVPSError } = stablevps;
    const baseUrl = location.origin;

    const refused = await failureOf(() => new StableVPS({ baseUrl, apiKey }));
    same("a key in a browser", isStableVPSError(refused, "invalid_input"), true);
    same("its field", refused.field, "apiKey");
    await prepare();
    const client = new StableVPS({ baseUrl, apiKey, dangerouslyAllowBrowser: true });
    return [
      await buyOverHttp(client, baseUrl),
      await buyInMemory(stablevps, await loadTesting()),
    ].join("\n");
  };
}
