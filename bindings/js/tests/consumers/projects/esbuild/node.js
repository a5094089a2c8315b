import * as stablevps from "stablevps";
import * as testing from "stablevps/testing";
import { buyInMemory, buyOverHttp } from "./common/purchase.mjs";

async function main() {
  const baseUrl = process.env.STABLEVPS_BASE_URL;
  console.log(await buyOverHttp(new stablevps.StableVPS({ baseUrl }), baseUrl));
  console.log(await buyInMemory(stablevps, testing));
}

void main();
