/** esbuild does not take along what `new URL` points to: the program says where the core is. */

import * as stablevps from "stablevps";
import wasm from "stablevps/stablevps.wasm";
import { page } from "./common/page.mjs";
import { failureOf, same } from "./common/purchase.mjs";

async function prepare() {
  const client = new stablevps.StableVPS({ apiKey: null });
  const failure = await failureOf(() => client.wallet.get());
  same("without init", failure.message.startsWith("the core could not be loaded: http"), true);
  await stablevps.init(wasm);
  // The failure is not for ever: the next call needs a key, and nothing else.
  same("after it", (await failureOf(() => client.wallet.get())).code, "invalid_input");
}

page(stablevps, () => import("stablevps/testing"), prepare);
