// What five hundred purchases cost that wait for their VPS in one process: the CPU time of the client, with fetch, against
// the simulated service on loopback. The argument is the simulator's program. One JSON line.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { StableVPS } from "stablevps";

const PURCHASES = 500;
// Once all of them wait, their pauses grow for so long.
const SETTLING_MS = 30_000;
// For how long it is measured then.
const MEASURED_MS = 60_000;
// Of a core, in a hundred.
const LIMIT = 1;

const options = [
  "--port",
  "0",
  "--until-stdin-closes",
  "--balance",
  "1000000",
  "--provisioning-ms",
  "3600000",
];
const service = spawn(process.argv[2], options, { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: service.stdout })[Symbol.asyncIterator]();
const word = async () => (await lines.next()).value.split(" ").at(-1);
const [baseUrl, apiKey] = [await word(), await word()];

const client = new StableVPS({ apiKey, baseUrl });
const stop = new AbortController();
const waiting = new Set();
const order = { planId: "basic", billingCycle: "monthly", location: "tokyo" };
const onProgress = (progress) => {
  if (progress.vpsId !== null) waiting.add(progress.vpsId);
};
const purchases = Array.from({ length: PURCHASES }, () =>
  client.vps.provision(order, { onProgress, signal: stop.signal }).catch(() => {}),
);
while (waiting.size < PURCHASES) await sleep(500);
await sleep(SETTLING_MS);

const [cpu, begun] = [process.cpuUsage(), performance.now()];
await sleep(MEASURED_MS);
const { user, system } = process.cpuUsage(cpu);
const part = ((user + system) / 1_000 / (performance.now() - begun)) * 100;
console.log(
  JSON.stringify({
    what: `JavaScript, Node: ${PURCHASES} that wait`,
    ours: `${part.toFixed(2)} % of a core`,
    against: "limit",
    theirs: `${LIMIT} %`,
    ratio: part / LIMIT,
    limit: 1,
  }),
);
stop.abort();
await Promise.all(purchases);
service.stdin.end();
process.exit(0);
