/** What a sale is like when all goes well, and who is refused. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Reseller } from "./support/reseller.js";
import { Shop } from "./support/shop.js";

test("a customer pays, waits, and gets a VPS with its password", async () => {
  await Shop.open({}, async (shop) => {
    const paid = await shop.pay("ann", { sale: { eventId: "evt_other", amount: [2, "EUR"] } });
    assert.deepEqual(paid, { status: 202, body: { orderId: "ann" } });
    assert.match((await shop.ask("ann")).body.state ?? "", /paid|ready/);
    await shop.until("ann", "ready");
    const { body } = await shop.ask("ann");
    const shown = ["id", "ipAddress", "rdpPassword", "rdpUsername", "state"];
    assert.deepEqual(Object.keys(body).sort(), shown);
    await shop.assertSoldOnce("ann");
    assert.deepEqual((await shop.health()).body, { status: "ok", unfinished: 0, hindered: 0 });
  });
});

test("an event that comes twice, even at once, is one order", async () => {
  await Shop.open({}, async (shop) => {
    const replies = await Promise.all([1, 2, 3].map(() => shop.pay("ann")));
    assert.deepEqual(replies.map((reply) => reply.status).sort(), [200, 200, 202]);
    await shop.until("ann", "ready");
    assert.equal((await shop.pay("ann")).status, 200);
    await shop.assertSoldOnce("ann");
  });
});

test("an order or an event that was another one's is refused", async () => {
  await Shop.open({}, async (shop) => {
    await shop.pay("ann");
    assert.equal((await shop.pay("ann", { eventId: "evt_other" })).status, 409);
    assert.equal((await shop.pay("ann", { sale: { planId: "pro" } })).status, 409);
    assert.equal((await shop.pay("bob", { eventId: "evt_ann" })).status, 409);
    await shop.assertSoldOnce("ann");
  });
});

test("fifty events at once are fifty orders", async () => {
  await Shop.open({ balance: 1000, environment: { AT_ONCE: "20" } }, async (shop) => {
    const names = Array.from({ length: 50 }, (_, number) => `customer-${number}`);
    const replies = await Promise.all(names.map((name) => shop.pay(name)));
    assert.ok(replies.every((reply) => reply.status === 202));
    await shop.assertSoldOnce(...names);
    assert.doesNotMatch(shop.reseller.output, /warning/i);
  });
});

test("an event that is not genuine, or asks for what is not sold, is refused", async () => {
  await Shop.open({}, async (shop) => {
    const forged = `v1,${Buffer.alloc(32).toString("base64")}`;
    for (const how of [{ signature: forged }, { signature: "" }, { age: 3600 }, { age: -3600 }]) {
      assert.equal((await shop.pay("ann", how)).status, 401);
    }
    const json = { "content-type": "application/json" };
    const unsigned = { method: "POST", headers: json, body: "{}" };
    assert.equal((await fetch(`${shop.reseller.url}/events/user-paid`, unsigned)).status, 401);

    const odd = [{ planId: "huge" }, { location: "mars" }, { maxSpend: "-1" }, { secretHash: "" }];
    for (const sale of odd) {
      assert.equal((await shop.pay("ann", { sale })).status, 400);
    }
    assert.equal((await shop.orders()).size, 0);
  });
});

test("only its customer sees an order, and only the operator sees them all", async () => {
  await Shop.open({}, async (shop) => {
    await shop.pay("ann");
    await shop.pay("bob");
    await shop.until("ann", "ready");
    const stranger = await shop.ask("ann", "guessed");
    assert.deepEqual(stranger, { status: 404, body: { error: "no such order" } });
    assert.deepEqual(await shop.ask("nobody", "guessed"), stranger);
    assert.equal((await shop.operate("/orders", undefined, "guessed")).status, 401);
    const [path, decision] = ["/orders/ann/decision", { decision: "buy_anew" }];
    assert.equal((await shop.operate(path, decision, "guessed")).status, 401);
    // It has its VPS: there is nothing to decide.
    assert.equal((await shop.operate(path, decision)).status, 409);
    await shop.assertSoldOnce("ann", "bob");
  });
});

test("a VPS that can't be shown now is shown later", async () => {
  await Shop.open({}, async (shop) => {
    await shop.pay("ann");
    await shop.until("ann", "ready");
    const down = { times: 3, on: { method: "GET" }, do: { status: { code: 500 } } };
    await shop.simulator.control({ fault: down });
    assert.equal((await shop.ask("ann")).status, 503);
    await shop.assertSoldOnce("ann");
  });
});

describe("it does not start", () => {
  test("without its settings", async () => {
    const { code, output } = await Reseller.run({ STABLEVPS_API_KEY: "svps_live_x" });
    assert.equal(code, 1);
    assert.equal(output, "reseller: WEBHOOK_SECRET is not set\n");
  });
});
