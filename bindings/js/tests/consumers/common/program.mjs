/** A program as ES modules. The key comes from `STABLEVPS_API_KEY`. */

import * as stablevps from "stablevps";
import * as testing from "stablevps/testing";
import { purchasesThatBreak } from "./laboratory.mjs";
import { sendOnce } from "./once.mjs";
import { watchWithTcp } from "./probing.mjs";
import { buyInMemory, buyOverHttp, same } from "./purchase.mjs";

const { default: Default, StableVPS, VERSION } = stablevps;

same("the default export", Default, StableVPS);
same("the version", /^\d+\.\d+\.\d+$/.test(VERSION), true);
same(
  "the file of the core",
  import.meta.resolve("stablevps/stablevps.wasm").endsWith(".wasm"),
  true,
);

const baseUrl = process.env.STABLEVPS_BASE_URL;
console.log(await buyOverHttp(new StableVPS({ baseUrl }), baseUrl));
console.log(await buyInMemory(stablevps, testing));
console.log(await sendOnce(stablevps, process.env.STABLEVPS_BREAKING_URLS));
console.log(await purchasesThatBreak(stablevps, process.env.STABLEVPS_LABORATORY_URL));
console.log(await watchWithTcp(stablevps, testing, baseUrl));
