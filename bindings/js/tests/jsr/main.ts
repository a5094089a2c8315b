// Beside a folder with the package as JSR takes it.
import { StableVPS } from "./package/dist/node.js";
import { Simulator, sampleVps } from "./package/dist/testing.js";

const client: StableVPS = (await Simulator.create()).client();
const bought = await client.vps.provision({
  planId: "prime",
  billingCycle: "monthly",
  location: "london",
});
const status: string = sampleVps({ vpsStatus: "suspended" }).vpsStatus;
console.log(`${bought.charged} ${client instanceof StableVPS} ${status}`);
