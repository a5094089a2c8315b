/** What it costs to free a client, of so many that become garbage at once: `free.mjs COUNT`, with `--expose-gc`. */

import { setImmediate as turn } from "node:timers/promises";
import { StableVPS } from "stablevps";

const count = Number(process.argv[2]);
let left = count;
const registry = new FinalizationRegistry(() => left--);
const held = new Set();

function make() {
  for (let made = 0; made < count; made++) {
    const client = new StableVPS({ apiKey: "key" });
    registry.register(client);
    held.add(client);
  }
}

make();
held.clear();
await turn();
globalThis.gc();
const before = process.cpuUsage();
while (left > 0) {
  await turn();
}
// The package's own registry may come after this one.
await turn();
await turn();
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ micros: (user + system) / count }));
