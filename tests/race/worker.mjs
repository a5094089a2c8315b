/** One of the processes that buy the same keys: see `src/main.rs`, which says what it prints. */

import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import Database from "libsql";
import pg from "pg";
import { StableVPS } from "stablevps";
import { PostgresStore, SqliteStore } from "stablevps/stores";

/** Before a key is asked for again, in milliseconds. */
const PAUSE = 250;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string" },
    store: { type: "string" },
    keys: { type: "string" },
    threads: { type: "string", default: "4" },
  },
});
if (positionals[0] !== "buy") {
  throw new Error(`there is no task ${positionals[0]}`);
}

function opened(place) {
  const address = place.slice(place.indexOf(":") + 1);
  if (place.startsWith("sqlite:")) {
    return new SqliteStore(new Database(address));
  }
  const { host, port, user, dbname } = Object.fromEntries(
    address.split(" ").map((word) => word.split("=")),
  );
  const pool = new pg.Pool({ host, port: Number(port), user, database: dbname, max: 5 });
  // A connection that is lost while nobody uses it.
  pool.on("error", (error) => console.error(`pool ${error.message}`));
  return new PostgresStore(pool);
}

// In one call: a line is whole, or is not there.
const told = (...words) => writeSync(1, `${words.join(" ")}\n`);

const client = new StableVPS({
  baseUrl: values.url,
  store: opened(values.store),
  timeout: 2_000,
});
const waiting = Array.from({ length: Number(values.keys) }, (_, index) => `order-${index + 1}`)
  .map((key) => [Math.random(), key])
  .sort()
  .map(([, key]) => key);

function buy(key) {
  return client.vps.provision(
    { planId: "basic", billingCycle: "monthly", location: "london" },
    {
      idempotencyKey: key,
      whenHeld: Math.random() < 0.25 ? "wait" : "refuse",
      settle: 3_000,
      firstLook: 500,
      longestPause: 1_000,
      timeout: 60_000,
    },
  );
}

async function buyWaiting() {
  for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
    try {
      const { vps } = await buy(key);
      told(key, vps.id);
    } catch (error) {
      // With a key, the same call is what resumes it.
      if (error.next === "retry" || error.next === "resume") {
        console.error(`${key} ${error.code}`);
        waiting.push(key);
        await sleep(PAUSE);
      } else {
        console.error(`${key} ${error}`);
        told(key, `!${error.code ?? error.name}`);
      }
    }
  }
}

async function resumeAll() {
  try {
    for (const { record, result, error } of await client.purchases.resumeAll()) {
      if (result) {
        told(record.idempotencyKey, result.vps.id);
      } else {
        console.error(`${record.idempotencyKey} resumed:${error.code}`);
      }
    }
  } catch (error) {
    console.error(`all ${error.code ?? error}`);
  }
}

const lines = Array.from({ length: Number(values.threads) }, buyWaiting);
// Some programs take up what is open when they start; others leave it to who asks for the key.
if (Math.random() < 0.5) {
  lines.push(resumeAll());
}
await Promise.all(lines);
process.exit(0);
