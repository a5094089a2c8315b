/**
 * Measures list calls over loopback, ours and theirs in turn, the freeing of clients, and the size of what
 * a browser loads. Prints one JSON line per figure. The argument is the simulator's program. Times are CPU
 * times of the process, over a kept connection.
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
/** Of the script and the WebAssembly, and of the script alone, in bytes. */
const SIZE_LIMIT = 160_000;
const SCRIPT_LIMIT = 15_000;
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
      throw new Error("rows are missing");
    }
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function report(what, mine, against, other, limit) {
  const ratio = median(mine.map((one, round) => one / other[round]));
  const shown = (micros) => {
    const one = median([...micros]);
    return `${one < 10 ? one.toFixed(2) : Math.round(one)} us`;
  };
  const row = { what, ours: shown(mine), against, theirs: shown(other), ratio, limit };
  console.log(JSON.stringify(row));
}

function reportSize(what, size, limit) {
  const row = { what, ours: `${size} B`, against: "limit", theirs: `${limit} B` };
  console.log(JSON.stringify({ ...row, ratio: size / limit, limit: 1 }));
}

/** What a program of this folder prints. */
function run(...words) {
  const ended = spawnSync(process.execPath, words, {
    cwd: import.meta.dirname,
    encoding: "utf8",
    timeout: 60_000,
  });
  if (ended.status !== 0) {
    throw new Error(ended.stderr);
  }
  return JSON.parse(ended.stdout);
}

/** How many calls come before the measured ones: engines need a while to compile what runs often. */
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
  const [mine, other] = seen;
  report(`list call, ${vps} VPS`, mine, AGAINST, other, limit);
  end();
  await once(child, "exit");
}

{
  const { url, key, end, child } = await service(1);
  const seen = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [which, file] of ["./ours.mjs", "./theirs.mjs"].entries()) {
      seen[which].push(run("first.mjs", file, url, key).micros);
    }
  }
  const [mine, other] = seen;
  report("first call of a process", mine, AGAINST, other, 1.5);
  end();
  await once(child, "exit");
}

{
  const seen = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [which, count] of ["16000", "1000"].entries()) {
      seen[which].push(run("--expose-gc", "free.mjs", count).micros);
    }
  }
  const [many, few] = seen;
  report("freeing one of 16,000 clients", many, "one of 1,000", few, 1.25);
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
reportSize("main entry, minified, gzip -9", script + wasm, SIZE_LIMIT);
reportSize("its script alone", script, SCRIPT_LIMIT);
