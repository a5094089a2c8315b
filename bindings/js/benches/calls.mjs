/**
 * Whole list calls over loopback, ours and theirs side by side, and the size of what a browser loads; one
 * JSON line a figure. The argument is the simulator's program. Times are CPU times of this process, over
 * a kept connection; each round measures both in turn.
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import * as ours from "./ours.mjs";
import * as theirs from "./theirs.mjs";

const SIZES = [
  { vps: 1, calls: 300, limit: 1.1 },
  { vps: 10, calls: 300, limit: 1.05 },
  { vps: 100, calls: 100, limit: 0.95 },
  { vps: 1000, calls: 20, limit: 0.9 },
];
const SMOKE = process.argv.includes("--smoke");
const ROUNDS = SMOKE ? 1 : 15;
const SIZE_LIMIT = 160_000;
const AGAINST = "fetch + JSON + zod 4";

async function service(vps) {
  const options = ["--port", "0", "--vps", String(vps), "--until-stdin-closes"];
  const child = spawn(process.argv[2], options, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const word = async () => (await lines.next()).value.split(" ").at(-1);
  return { url: await word(), key: await word(), end: () => child.stdin.end(), child };
}

async function spent(list, calls, rows) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) {
    if ((await list()).length !== rows) {
      throw new Error("not all rows came");
    }
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function report(what, mine, other, limit) {
  const ratio = median(mine.map((one, round) => one / other[round]));
  const shown = (micros) => `${Math.round(median([...micros]))} us`;
  const row = { what, ours: shown(mine), against: AGAINST, theirs: shown(other), ratio, limit };
  console.log(JSON.stringify(row));
}

/** What both sides do before anything is measured: engines compile what runs often, for a while. */
const WARM_UP = SMOKE ? 1 : 4_000;

for (const [turn, { vps, calls, limit }] of SIZES.entries()) {
  const { url, key, end, child } = await service(vps);
  const contenders = [ours.lister(url, key), theirs.lister(url, key)];
  if (turn === 0) {
    for (const list of contenders) {
      await spent(list, WARM_UP, vps);
    }
  }
  const times = SMOKE ? 1 : calls;
  const seen = [[], []];
  for (let round = -2; round < ROUNDS; round++) {
    for (const [which, list] of contenders.entries()) {
      const micros = await spent(list, times, vps);
      if (round >= 0) {
        seen[which].push(micros);
      }
    }
  }
  report(`list call, ${vps} VPS`, ...seen, limit);
  end();
  await once(child, "exit");
}

{
  const { url, key, end, child } = await service(1);
  const seen = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [which, file] of ["./ours.mjs", "./theirs.mjs"].entries()) {
      const run = spawnSync(process.execPath, ["first.mjs", file, url, key], {
        cwd: import.meta.dirname,
        encoding: "utf8",
      });
      if (run.status !== 0) {
        throw new Error(run.stderr);
      }
      seen[which].push(JSON.parse(run.stdout).micros);
    }
  }
  report("first call of a process", ...seen, 1.5);
  end();
  await once(child, "exit");
}

const dist = join(import.meta.dirname, "node_modules/stablevps/dist");
const { outputFiles } = await build({
  entryPoints: [join(dist, "browser.js")],
  bundle: true,
  minify: true,
  format: "esm",
  write: false,
});
const packed = (bytes) => gzipSync(bytes, { level: 9 }).length;
const script = packed(outputFiles[0].contents);
const wasm = packed(readFileSync(join(dist, "stablevps.wasm")));
console.log(
  JSON.stringify({
    what: "main entry, minified, gzip -9",
    ours: `${script + wasm} B`,
    against: "limit",
    theirs: `${SIZE_LIMIT} B`,
    ratio: (script + wasm) / SIZE_LIMIT,
    limit: 1,
  }),
);
console.error(`the script ${script} B, the WebAssembly ${wasm} B`);
