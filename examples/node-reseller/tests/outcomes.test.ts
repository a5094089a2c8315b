/** What becomes of an order that does not go well, and what the operator can do about it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fastify } from "fastify";
import type { StoreOperation } from "stablevps";
import { SqliteStore } from "stablevps/stores";
import { Simulator } from "stablevps/testing";
import { openDatabase } from "../src/database.js";
import { Orders } from "../src/orders.js";
import { Worker } from "../src/worker.js";
import { Shop, until } from "./support/shop.js";

const ORDERS = { method: "POST", path: "/vps" };

test("without money an order fails, and is bought when there is some", async () => {
  await Shop.open({ balance: 20 }, async (shop) => {
    await shop.pay("ann");
    await shop.pay("bob");
    const bob = await shop.until("bob", "failed");
    assert.equal(bob.problem?.code, "insufficient_funds");
    assert.equal((await shop.ask("bob")).body.state, "failed");
    assert.equal((await shop.health()).body.hindered, 1);

    await shop.simulator.control({ set_balance: { amount: 100 } });
    assert.equal((await shop.operate("/orders/bob/decision", { decision: "retry" })).status, 200);
    await shop.assertSoldOnce("ann", "bob");
  });
});

test("what costs more than the customer paid for is not ordered", async () => {
  await Shop.open({}, async (shop) => {
    await shop.pay("ann", { sale: { maxSpend: "10" } });
    const { problem } = await shop.until("ann", "failed");
    assert.equal(problem?.code, "over_budget");
    assert.equal((await shop.simulator.state()).orders_received, 0);
  });
});

test("a lost reply costs nothing", async () => {
  await Shop.open({}, async (shop) => {
    await shop.simulator.control({ fault: { on: ORDERS, do: "lose_after" } });
    await shop.pay("ann");
    await shop.assertSoldOnce("ann");
    assert.equal((await shop.simulator.state()).orders_received, 1);
  });
});

test("an order that was not placed is placed anew", async () => {
  await Shop.open({}, async (shop) => {
    await shop.simulator.control({ fault: { on: ORDERS, do: "lose_before" } });
    await shop.pay("ann");
    await shop.assertSoldOnce("ann");
    assert.equal((await shop.simulator.state()).orders_received, 2);
    assert.match(shop.reseller.output, /not_placed/);
  });
});

test("what nobody can tell is parked, also over a restart, until a person decides", async () => {
  await Shop.open({}, async (shop) => {
    const half = { partial_order: { half: "charged_not_created" } };
    await shop.simulator.control({ fault: { on: ORDERS, do: half } });
    await shop.pay("ann");
    const { problem } = await shop.until("ann", "parked");
    assert.equal(problem?.code, "unresolved");
    assert.deepEqual(problem?.candidates, []);
    await shop.end("SIGKILL");
    await shop.start();
    // Others are sold to as before.
    await shop.pay("bob");
    await shop.until("bob", "ready");
    assert.equal((await shop.orders()).get("ann")?.state, "parked");
    assert.equal((await shop.simulator.state()).orders_received, 2);

    // To try again is safe, and ends the same way.
    await shop.operate("/orders/ann/decision", { decision: "retry" });
    await shop.until("ann", "parked");
    assert.equal((await shop.simulator.state()).orders_received, 2);
    await shop.operate("/orders/ann/decision", { decision: "buy_anew" });
    await shop.until("ann", "ready");
    assert.equal((await shop.simulator.state()).orders_received, 3);
  });
});

test("of several candidates a person chooses one, but not another order's", async () => {
  await Shop.open({}, async (shop) => {
    await shop.pay("bob");
    const { vpsId: bobs } = await shop.until("bob", "ready");
    // While the order is on its way, someone buys the same by hand.
    const reached = shop.gate.hold({ kind: "POST /vps", nth: 1, hold: "reply" });
    await shop.pay("ann");
    await reached;
    await shop.simulator.control({ add_vps: { plan_id: "basic", location: "london" } });
    await shop.end("SIGKILL");
    await shop.start();
    const { problem } = await shop.until("ann", "parked");
    const candidates = problem?.candidates ?? [];
    assert.equal(candidates.length, 2);
    assert.ok(bobs !== null && !candidates.includes(bobs));

    const assign = (vpsId: string) =>
      shop.operate("/orders/ann/decision", { decision: "assign", vpsId });
    assert.equal((await assign(bobs)).status, 409);
    assert.equal((await assign("mistyped")).status, 200);
    assert.equal((await shop.until("ann", "parked")).problem?.code, "not_found");
    assert.equal((await assign(candidates[0] ?? "")).status, 200);
    await shop.until("ann", "ready");
    assert.match((await shop.ask("ann")).body.rdpPassword ?? "", /./);
    assert.equal((await shop.simulator.state()).orders_placed, 2);
  });
});

test("a VPS that is suspended before it was ready is for a person", async () => {
  await Shop.open({}, async (shop) => {
    const shape = { shape_order: { vps_status: "suspended" } };
    await shop.simulator.control({ fault: { on: ORDERS, do: shape } });
    await shop.pay("ann");
    const { problem, vpsId } = await shop.until("ann", "parked");
    assert.equal(problem?.code, "provisioning_failed");

    await shop.simulator.control({ set_vps: { id: vpsId, vps_status: "active" } });
    await shop.operate("/orders/ann/decision", { decision: "retry" });
    assert.equal((await shop.until("ann", "ready")).vpsId, vpsId);
    assert.equal((await shop.simulator.state()).orders_placed, 1);
  });
});

test("a VPS that takes longer than the time allowed is waited for again", async () => {
  await Shop.open({ environment: { TIMEOUT_MS: "3000" } }, async (shop) => {
    const shape = { shape_order: { provisioning_ms: 1000 } };
    await shop.simulator.control({ fault: { on: ORDERS, do: shape } });
    await shop.pay("ann");
    await shop.assertSoldOnce("ann");
    assert.match(shop.reseller.output, /deadline_exceeded/);
    assert.equal((await shop.simulator.state()).orders_received, 1);
  });
});

test("while the service is away nothing is lost", async () => {
  await Shop.open({}, async (shop) => {
    const away = { times: 6, on: {}, do: { status: { code: 503 } } };
    await shop.simulator.control({ fault: away });
    await shop.pay("ann");
    await shop.assertSoldOnce("ann");
  });
});

test("a replaced key takes up what another began", async () => {
  await Shop.open({}, async (shop) => {
    const reached = shop.gate.hold({ kind: "POST /vps", nth: 1, hold: "reply" });
    await shop.pay("ann");
    await shop.killAt(reached);
    await shop.start({ STABLEVPS_API_KEY: await shop.replaceKey() });
    await shop.assertSoldOnce("ann");
  });
});

test("an order that can't be recorded is not sent", async () => {
  const simulator = await Simulator.create();
  const database = openDatabase(":memory:");
  const orders = new Orders(database);
  const disk = new SqliteStore(database);
  let isFull = true;
  const store = {
    carryOut(operation: StoreOperation) {
      if (isFull) {
        throw new Error("the disk is full");
      }
      return disk.carryOut(operation);
    },
  };
  const worker = new Worker({
    ...{ client: simulator.client({ store }), orders, log: fastify().log },
    ...{ atOnce: 1, retryMs: 50 },
    purchase: { timeout: undefined, firstLook: undefined, longestPause: undefined, settle: 0 },
  });
  orders.note("evt", {
    ...{ orderId: "ann", planId: "basic", billingCycle: "monthly", location: "tokyo" },
    ...{ maxSpend: "20", secretHash: "" },
  });
  worker.wake();
  await until(async () => orders.find("ann")?.problem ?? undefined, "it is hindered");
  assert.match(orders.find("ann")?.problem ?? "", /"store".*the disk is full/);
  assert.equal(simulator.state().orders_received, 0);
  assert.equal(orders.find("ann")?.state, "paid");

  isFull = false;
  await until(async () => orders.find("ann")?.state === "ready" || undefined, "it is ready");
  assert.equal(simulator.state().orders_received, 1);
  await worker.stop();
  database.close();
});
