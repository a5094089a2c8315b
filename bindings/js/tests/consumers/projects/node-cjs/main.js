/** A program in Node, as CommonJS. The key comes from `STABLEVPS_API_KEY`. */

const assert = require("node:assert/strict");
const stablevps = require("stablevps");
const testing = require("stablevps/testing");

async function main() {
  const { buyInMemory, buyOverHttp } = await import("./common/purchase.mjs");
  const { StableVPS, default: Default } = stablevps;
  assert.equal(Default, StableVPS);
  assert.equal(require("stablevps/package.json").version, stablevps.VERSION);
  assert.match(require.resolve("stablevps/stablevps.wasm"), /\.wasm$/);

  const baseUrl = process.env.STABLEVPS_BASE_URL;
  console.log(await buyOverHttp(new StableVPS({ baseUrl }), baseUrl));
  console.log(await buyInMemory(stablevps, testing));
}

main();
