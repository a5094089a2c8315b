/**
 * Installs the packed package into projects of its users' kinds, and runs the tests of each.
 *
 *     node run.mjs --tarball FILE --work FOLDER --simulator BINARY [--only NAME]... [--lock]
 *
 * `STABLEVPS_LABORATORY_BIN` names the program of `tests/laboratory`, `STABLEVPS_STORES` the folder `tests/stores`.
 *
 * Every project is copied to the work folder together with `common`. Its dependencies stay there from
 * one run to the next, the package itself is installed anew. `--lock` writes the lock files instead.
 */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { breaking } from "./breaking.mjs";

/** How long one call of npm may take. */
const LONGEST_MS = 5 * 60_000;

const here = dirname(fileURLToPath(import.meta.url));
const projects = join(here, "projects");
const { STABLEVPS_STORES: stores } = process.env;

const { values: args } = parseArgs({
  options: {
    tarball: { type: "string" },
    work: { type: "string" },
    simulator: { type: "string" },
    only: { type: "string", multiple: true },
    lock: { type: "boolean" },
  },
});
const { STABLEVPS_LABORATORY_BIN: laboratoryProgram } = process.env;
const names = readdirSync(projects).filter((name) => args.only?.includes(name) ?? true);
const unknown = args.only?.filter((name) => !names.includes(name)) ?? [];
if (
  unknown.length > 0 ||
  !(args.lock || (args.tarball && args.work && args.simulator && laboratoryProgram && stores))
) {
  console.error(
    unknown.length > 0
      ? `no such project: ${unknown.join(", ")}`
      : "usage: STABLEVPS_LABORATORY_BIN=BINARY STABLEVPS_STORES=FOLDER node run.mjs --tarball FILE --work FOLDER --simulator BINARY " +
          "[--only NAME]...",
  );
  process.exit(2);
}

/** Variables that projects do not inherit: those that npm sets for its scripts, and those of this package. */
const FOREIGN =
  /^(npm_(?!config_)|npm_config_(local_)?prefix$|NODE_(ENV|OPTIONS|PATH)$|STABLEVPS_(?!CHROMIUM$))/i;
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)),
);

if (args.lock) {
  for (const name of names) {
    const ended = await npm(["install", "--package-lock-only"], join(projects, name));
    console.log(`lock  ${name}  ${ended.ok ? "ok" : `failed\n${ended.output}`}`);
    process.exitCode ||= ended.ok ? 0 : 1;
  }
} else {
  await test(resolve(args.work), resolve(args.tarball), resolve(args.simulator));
}

async function test(work, tarball, simulator) {
  const began = performance.now();
  const fresh = join(work, ".package");
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, "package.json"), "{}");
  const installed = await npm(["install", tarball], fresh);
  if (!installed.ok) {
    throw new Error(`the package can't be installed\n${installed.output}`);
  }

  const failed = [];
  const waiting = names.values();
  const testWaiting = async () => {
    for (const name of waiting) {
      const start = performance.now();
      const { ok, output } = await testOne(name, join(work, name), fresh, tarball, simulator);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`consumer  ${name}  ${ok ? "ok" : "FAILED"}  ${seconds} s`);
      if (!ok) {
        failed.push(name);
        console.log(output.replace(/^/gm, "  "));
      }
    }
  };
  // Much of a project's time is spent waiting, for the faults of servers.
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, testWaiting));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `consumers: ${names.length - failed.length} ok, ${failed.length} failed  ${seconds} s`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

async function testOne(name, folder, fresh, tarball, simulator) {
  const from = join(projects, name);
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) {
    if (entry !== "node_modules" && entry !== ".installed") {
      rmSync(join(folder, entry), { recursive: true });
    }
  }
  cpSync(from, folder, { recursive: true });
  cpSync(join(here, "common"), join(folder, "common"), { recursive: true });
  cpSync(stores, join(folder, "common/stores"), { recursive: true });

  const stamp = join(folder, ".installed");
  const wanted = stampOf(from);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    rmSync(stamp, { force: true });
    // Not `ci`: it wants every other platform's optional packages in the lock file, too.
    const installed = await npm(["install", "--prefer-offline"], folder);
    if (!installed.ok) {
      return installed;
    }
    writeFileSync(stamp, wanted);
  }
  const place = join(folder, "node_modules/stablevps");
  rmSync(place, { recursive: true, force: true });
  cpSync(join(fresh, "node_modules/stablevps"), place, { recursive: true });

  return withServers(simulator, (service) =>
    npm(["test", "--silent"], folder, { ...service, STABLEVPS_TARBALL: tarball }),
  );
}

function stampOf(folder) {
  const hash = createHash("sha256").update(`${process.version} ${process.platform}`);
  for (const file of ["package.json", "package-lock.json"]) {
    hash.update(readFileSync(join(folder, file)));
  }
  return hash.digest("hex");
}

/** Servers of its own for every project. */
async function withServers(simulator, run) {
  const service = await started(simulator, [
    "--port=0",
    "--provisioning-ms=0",
    "--until-stdin-closes",
  ]);
  const laboratory = await started(laboratoryProgram, []);
  const { urls, end } = await breaking();
  try {
    const address = await service.word();
    return await run({
      STABLEVPS_BASE_URL: address,
      STABLEVPS_API_KEY: await service.word(),
      STABLEVPS_LABORATORY_URL: await laboratory.word(),
      STABLEVPS_BREAKING_URLS: urls,
    });
  } finally {
    end();
    await service.end();
    await laboratory.end();
  }
}

/** A program that runs until its input closes. */
async function started(program, options) {
  const child = spawn(program, options, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    /** The last word of its next line. */
    word: async () => (await lines.next()).value.split(" ").at(-1),
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Runs npm; gives whether it went well, and all it said. */
async function npm(args, cwd, variables = {}) {
  const options = ["--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"];
  const child = spawn("npm", [...args, ...options], {
    cwd,
    env: { ...environment, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LONGEST_MS,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const [code, signal] = await once(child, "close");
  return { ok: code === 0, output: signal ? `${output}ended by ${signal}` : output };
}
