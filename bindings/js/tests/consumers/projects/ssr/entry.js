/** A page that is rendered on a server. The key comes from `STABLEVPS_API_KEY`. */

import * as stablevps from "stablevps";
import * as testing from "stablevps/testing";
import { buyInMemory, buyOverHttp } from "./common/purchase.mjs";

export async function render(baseUrl) {
  const { StableVPS } = stablevps;
  const lines = [
    await buyOverHttp(new StableVPS({ baseUrl }), baseUrl),
    await buyInMemory(stablevps, testing),
  ];
  return lines.map((line) => `<p>${line}</p>`).join("");
}
