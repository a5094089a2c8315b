/** Purchases with idempotency keys, on a simulated service and a database in a file. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "libsql";
import { isStableVPSError } from "stablevps";
import { SqliteStore } from "stablevps/stores";
import { Simulator } from "stablevps/testing";
import { folder, ORDER, Outage } from "./support.mjs";

const ORDERS = { method: "POST", path: "/vps" };
/** Longer than any lease. */
const LONG = 600_000;

/** A simulated service, and clients of it with one database, as several processes have them. */
async function world(t, config) {
  const file = join(folder(t), "purchases.db");
  const simulator = await Simulator.create(config);
  return {
    simulator,
    file,
    client: (options) =>
      simulator.client({ store: new SqliteStore(new Database(file)), ...options }),
  };
}

function buy(client, idempotencyKey, options) {
  return client.vps.provision(ORDER, { idempotencyKey, ...options });
}

function fails(promise, code) {
  return assert.rejects(promise, (error) => {
    assert.equal(error.code, code, error.message);
    return isStableVPSError(error, code);
  });
}

/** A purchase that is stopped where `when` says so. */
async function stopped(client, key, when) {
  const stop = new AbortController();
  const purchase = buy(client, key, {
    signal: stop.signal,
    onProgress: (progress) => when(progress) && stop.abort(),
  });
  await fails(purchase, "aborted");
}

/** A purchase whose process dies where `when` says so: its store hears nothing more. */
async function left({ client, file }, key, when) {
  const store = new SqliteStore(new Database(file));
  let isDead = false;
  const mortal = {
    carryOut: (operation) => {
      if (isDead) {
        throw new Error("its process is dead");
      }
      return store.carryOut(operation);
    },
  };
  const dies = (progress) => {
    isDead = when(progress);
    return isDead;
  };
  await stopped(client({ store: mortal }), key, dies);
}

test("a key buys one VPS, however often it is asked for", async (t) => {
  const { simulator, client } = await world(t);
  const first = await buy(client(), "order-1");
  const other = client();
  assert.equal((await buy(other, "order-1")).vps.id, first.vps.id);
  assert.notEqual((await buy(other, "order-2")).vps.id, first.vps.id);
  await other.vps.provision(ORDER);
  assert.equal(simulator.state().orders_placed, 3);

  const records = await other.purchases.list();
  assert.deepEqual(
    records.map(({ idempotencyKey, state }) => [idempotencyKey, state]),
    [
      ["order-1", "ready"],
      ["order-2", "ready"],
      [null, "ready"],
    ],
  );
  assert.deepEqual(await other.purchases.list({ openOnly: true }), []);
  const record = await other.purchases.get("order-1");
  assert.equal(record.vpsId, first.vps.id);
  assert.deepEqual([record.planId, record.location, record.attempt], ["prime", "london", 1]);
  assert.equal(await other.purchases.get("order-3"), null);
});

test("many clients that race for a key buy one VPS", async (t) => {
  const { simulator, client } = await world(t);
  const clients = Array.from({ length: 8 }, () => client());
  const bought = await Promise.all(clients.map((client) => buy(client, "order-1")));
  assert.equal(new Set(bought.map(({ vps }) => vps.id)).size, 1);
  assert.equal(simulator.state().orders_received, 1);
});

test("who waits for a call with its key goes on waiting while that reports its progress", async (t) => {
  const { simulator, client } = await world(t);
  let second;
  const onProgress = ({ phase }) => {
    second ??= buy(client(), "order-1");
    return phase === "polling" && new Promise((resolve) => setImmediate(resolve));
  };
  const first = await buy(client(), "order-1", { onProgress });
  assert.equal((await second).vps.id, first.vps.id);
  assert.equal(simulator.state().orders_received, 1);
});

test("who is stopped is followed at once, unless its order may be on its way", async (t) => {
  const { simulator, client } = await world(t);
  for (const phase of ["preflight", "baseline", "polling"]) {
    const key = `stopped in ${phase}`;
    await stopped(client(), key, (progress) => progress.phase === phase);
    await buy(client(), key);
  }
  await stopped(client(), "ordering", ({ phase }) => phase === "ordering");
  await fails(buy(client(), "ordering"), "purchase_in_progress");
  assert.equal(simulator.state().orders_placed, 3);
});

test("what a stop lets go comes after the operation that is under way", async (t) => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (const slow of ["open", "enter", "save", "receipt", "leave"]) {
    const { file, client } = await world(t);
    const database = new SqliteStore(new Database(file));
    const stop = new AbortController();
    let underWay = 0;
    let most = 0;
    const carryOut = async (operation) => {
      most = Math.max(most, ++underWay);
      if (operation.op === slow && !stop.signal.aborted) {
        await turn();
        stop.abort();
        for (let turns = 0; turns < 20; turns++) {
          await turn();
        }
      }
      const answer = await database.carryOut(operation);
      underWay--;
      return answer;
    };
    const store = { carryOut };
    await fails(buy(client({ store }), "order-1", { signal: stop.signal }), "aborted");
    assert.deepEqual([underWay, most], [0, 1], slow);
  }
});

test("a purchase that goes on elsewhere is refused", async (t) => {
  const { simulator, client } = await world(t);
  const other = client();
  let refusals = 0;
  await buy(client(), "order-1", {
    onProgress: async () => {
      await fails(buy(other, "order-1"), "purchase_in_progress");
      await fails(other.purchases.resume("order-1"), "purchase_in_progress");
      await fails(other.purchases.forget("order-1"), "invalid_input");
      refusals++;
    },
  });
  assert.ok(refusals > 3);
  assert.equal(simulator.state().orders_received, 1);
});

test("another plan, cycle or location is another order", async (t) => {
  const { simulator, client } = await world(t);
  await buy(client(), "order-1");
  for (const [field, value] of Object.entries({
    planId: "pro",
    billingCycle: "yearly",
    location: "tokyo",
  })) {
    const purchase = client().vps.provision(
      { ...ORDER, [field]: value },
      { idempotencyKey: "order-1" },
    );
    await fails(purchase, "idempotency_mismatch");
  }
  // Limits and times may differ.
  await buy(client(), "order-1", { maxSpend: "20", timeout: 60_000 });
  assert.equal(simulator.state().orders_placed, 1);
});

test("what failed or is unresolved ends the same way again", async (t) => {
  const { simulator, client } = await world(t);
  simulator.fault({ shape_order: { vps_status: "suspended" } }, ORDERS);
  await fails(buy(client(), "failed"), "provisioning_failed");
  await fails(buy(client(), "failed"), "provisioning_failed");
  simulator.fault({ partial_order: { half: "charged_not_created" } }, ORDERS);
  await fails(buy(client(), "unresolved"), "unresolved");
  await fails(buy(client(), "unresolved"), "unresolved");
  assert.equal(simulator.state().orders_received, 2);
});

test("what was refused or not placed is begun again", async (t) => {
  const { simulator, client } = await world(t, { balance: 5 });
  await fails(buy(client(), "order-1"), "insufficient_funds");
  simulator.control({ set_balance: { amount: 100 } });
  simulator.fault("lose_before", ORDERS);
  await fails(buy(client(), "order-1"), "not_placed");
  assert.equal((await client().purchases.get("order-1")).state, "not_ordered");
  await buy(client(), "order-1");
  const { state, attempt } = await client().purchases.get("order-1");
  assert.deepEqual([state, attempt, simulator.state().orders_placed], ["ready", 3, 1]);
});

test("lost replies and a second call end in the same VPS", async (t) => {
  const { simulator, client } = await world(t);
  simulator.fault("lose_after", ORDERS);
  const first = await buy(client(), "order-1");
  assert.equal(first.recovered, true);
  assert.equal((await buy(client(), "order-1")).vps.id, first.vps.id);
  assert.equal(simulator.state().orders_placed, 1);
});

test("what a process left in any phase is taken up by the next one", async (t) => {
  const here = await world(t, { balance: 1000 });
  const { simulator, client } = here;
  // The lost reply leads to the phase of looking for an order.
  simulator.fault("lose_after", { ...ORDERS, skip: 1 });
  const phases = ["preflight", "baseline", "ordering", "polling", "reconciling"];
  for (const phase of phases) {
    await left(here, `left in ${phase}`, (progress) => progress.phase === phase);
    simulator.advance(LONG);
  }
  const next = client();
  const reported = new Set();
  const resumed = await next.purchases.resumeAll({
    onProgress: (_, { idempotencyKey }) => reported.add(idempotencyKey),
  });
  const ends = resumed.map(({ record, result, error }) => [
    record.idempotencyKey,
    error?.code ?? result.vps.vpsStatus,
  ]);
  // An order that was announced was looked for by the next purchase that entered the window, and not found.
  const taken = phases.filter((phase) => phase !== "ordering").map((phase) => `left in ${phase}`);
  assert.deepEqual(
    ends,
    taken.map((key) => [key, "active"]),
  );
  assert.deepEqual([...reported], taken);
  assert.equal((await next.purchases.get("left in ordering")).state, "not_ordered");
  assert.equal(simulator.state().orders_placed, 4);
  await buy(next, "left in ordering");
  assert.deepEqual(await next.purchases.list({ openOnly: true }), []);
  assert.equal(simulator.state().orders_placed, 5);
});

test("who dies is waited for as long as its lease, and not for ever", async (t) => {
  const here = await world(t);
  const { simulator, client } = here;
  await left(here, "order-1", ({ phase }) => phase === "polling");
  await fails(buy(client(), "order-1"), "purchase_in_progress");
  const bought = await buy(client(), "order-1", { whenHeld: "wait" });
  assert.equal(bought.vps.vpsStatus, "active");
  assert.equal(simulator.state().orders_received, 1);
});

test("how one purchase ends does not keep the others from being taken up", async (t) => {
  const here = await world(t, { balance: 1000 });
  const { simulator, client } = here;
  for (const key of ["first", "second", "third"]) {
    await left(here, key, ({ phase }) => phase === "polling");
  }
  simulator.advance(LONG);
  const [first] = await client().purchases.list();
  simulator.control({ set_vps: { id: first.vpsId, vps_status: "terminated" } });
  const resumed = await client().purchases.resumeAll();
  assert.deepEqual(
    resumed.map(({ error }) => error?.code ?? null),
    ["provisioning_failed", null, null],
  );
  const stop = new AbortController();
  stop.abort();
  await fails(client().purchases.resumeAll({ signal: stop.signal }), "aborted");
});

test("a purchase that ended can be forgotten, and its key stays used", async (t) => {
  const { simulator, client } = await world(t);
  await buy(client(), "order-1");
  assert.equal(await client().purchases.forget("order-1"), undefined);
  const { state, token } = await client().purchases.get("order-1");
  assert.deepEqual([state, token], ["forgotten", null]);
  await assert.rejects(buy(client(), "order-1"), {
    code: "invalid_input",
    message: "idempotencyKey belongs to a purchase that was forgotten",
  });
  await assert.rejects(client().purchases.forget("order-9"), {
    message: "idempotencyKey is not known to the store",
  });
  assert.equal(simulator.state().orders_placed, 1);
});

test("a key needs a store and a length", async (t) => {
  const { simulator, client } = await world(t);
  const plain = simulator.client();
  await assert.rejects(buy(plain, "order-1"), {
    code: "invalid_input",
    message: "idempotencyKey needs a client with a store",
  });
  await assert.rejects(plain.vps.provision(ORDER, { whenHeld: "wait" }), {
    message: "whenHeld needs a client with a store",
  });
  for (const key of ["", "k".repeat(256), "k\0"]) {
    await assert.rejects(buy(client(), key), {
      message: "idempotencyKey must have from 1 to 255 bytes, none of them zero",
    });
  }
  await fails(buy(client(), 5), "invalid_input");
  await fails(buy(client(), "order-1", { whenHeld: "perhaps" }), "invalid_input");
  const missing = { message: "store is missing: recorded purchases need a client with one" };
  await assert.rejects(plain.purchases.list(), missing);
  await assert.rejects(plain.purchases.get("order-1"), missing);
  await assert.rejects(plain.purchases.resume("order-1"), missing);
  await assert.rejects(plain.purchases.resumeAll(), missing);
  await assert.rejects(plain.purchases.forget("order-1"), missing);
  assert.throws(() => simulator.client({ store: {} }), /store must have the methods carryOut/);
  assert.deepEqual(simulator.requests(), []);
});

test("tables of a newer version are refused, typed", async (t) => {
  const { simulator, client, file } = await world(t);
  await buy(client(), "order-1");
  new Database(file).exec("UPDATE stablevps_schema SET version = 2");
  await assert.rejects(buy(client(), "order-2"), {
    name: "StoreError",
    message: "the store failed: the database has tables of a newer version, 2",
    token: null,
  });
  assert.equal(simulator.state().orders_received, 1);
});

test("nothing secret is stored", async (t) => {
  const { simulator, client, file } = await world(t);
  const { vps } = await buy(client(), "order-1");
  const path = join(file, "..");
  const stored = readdirSync(path).map((name) => readFileSync(join(path, name), "latin1"));
  assert.ok(stored.some((text) => text.includes("order-1")));
  for (const secret of [vps.rdpPassword.reveal(), simulator.apiKey.reveal(), "svps_live_"]) {
    assert.ok(!stored.some((text) => text.includes(secret)));
  }
});

test("one smooth purchase takes few operations", async () => {
  const simulator = await Simulator.create();
  const store = new Outage();
  await simulator.client({ store }).vps.provision(ORDER);
  assert.ok(store.asked.length <= 9, store.asked.join(" "));
});
