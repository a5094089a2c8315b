/** Killed at any moment and started again, the reseller sells once to everyone who paid. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kind, Place } from "./support/gate.js";
import { Reseller } from "./support/reseller.js";
import { Shop } from "./support/shop.js";

const KINDS: Kind[] = ["GET /wallet", "GET /vps", "POST /vps", "GET /vps/:id"];

/** Whether the VPS is bought at a place. */
function isPlaced({ kind, hold }: Place): boolean {
  return kind === "GET /vps/:id" || (kind === "POST /vps" && hold === "reply");
}

test("killed while it waits for the reply to", async (t) => {
  await Shop.open({ balance: 1000 }, async (shop) => {
    const sold: string[] = [];
    for (const kind of KINDS) {
      for (const hold of ["request", "reply"] as const) {
        const arrival = hold === "request" ? "which never arrived" : "which had arrived";
        await t.test(`${kind}, ${arrival}`, async () => {
          const id = `customer-${sold.length}`;
          const place = { kind, nth: 1, hold };
          const reached = shop.gate.hold(place);
          await shop.pay(id);
          await reached;
          assert.equal((await shop.orders()).get(id)?.state, "paid");
          const expected = sold.length + (isPlaced(place) ? 1 : 0);
          assert.equal((await shop.simulator.state()).orders_placed, expected);
          await shop.end("SIGKILL");
          await shop.start();
          sold.push(id);
          await shop.assertSoldOnce(...sold);
        });
      }
    }
  });
});

for (const hold of ["request", "reply"] as const) {
  test(`killed with one of three orders under way, its ${hold} lost`, async () => {
    await Shop.open({}, async (shop) => {
      const reached = shop.gate.hold({ kind: "POST /vps", nth: 2, hold });
      await Promise.all(["ann", "bob", "cyd"].map((name) => shop.pay(name)));
      await shop.killAt(reached);
      await shop.start();
      await shop.assertSoldOnce("ann", "bob", "cyd");
    });
  });
}

test("killed again and again, with twelve orders on their way", async () => {
  await Shop.open({ balance: 1000 }, async (shop) => {
    const names = Array.from({ length: 12 }, (_, number) => `customer-${number}`);
    let reached = shop.gate.hold({ kind: "POST /vps", nth: 3, hold: "reply" });
    await Promise.all(names.map((name) => shop.pay(name)));
    for (const hold of ["request", "reply", "request"] as const) {
      await shop.killAt(reached);
      reached = shop.gate.hold({ kind: "POST /vps", nth: 3, hold });
      await shop.start();
    }
    await shop.killAt(reached);
    await shop.start();
    await shop.assertSoldOnce(...names);
  });
});

test("killed while it looked for an order whose reply was lost", async () => {
  await Shop.open({}, async (shop) => {
    const lost = { on: { method: "POST", path: "/vps" }, do: "lose_after" };
    await shop.simulator.control({ fault: lost });
    // The first list is the baseline, the second one looks for the order.
    const reached = shop.gate.hold({ kind: "GET /vps", nth: 2, hold: "reply" });
    await shop.pay("ann");
    await shop.killAt(reached);
    await shop.start();
    await shop.assertSoldOnce("ann");
  });
});

test("killed before the payment processor had its answer", async () => {
  await Shop.open({}, async (shop) => {
    const unanswered = shop.pay("ann").catch(() => undefined);
    await shop.end("SIGKILL");
    await unanswered;
    await shop.start();
    await shop.pay("ann"); // as every processor does that had no answer
    await shop.assertSoldOnce("ann");
  });
});

test("killed when the VPS was ready, and while it was handed over", async () => {
  await Shop.open({}, async (shop) => {
    await shop.pay("ann");
    await shop.until("ann", "ready");
    await shop.end("SIGKILL");
    await shop.start();
    assert.equal((await shop.ask("ann")).body.state, "ready");

    const reached = shop.gate.hold({ kind: "GET /vps/:id", nth: 1, hold: "reply" });
    const unanswered = shop.ask("ann").catch(() => undefined);
    await shop.killAt(reached);
    await unanswered;
    await shop.start();
    await shop.assertSoldOnce("ann");
  });
});

test("two processes on one database sell once, also when one is killed", async () => {
  await Shop.open({ balance: 1000 }, async (shop) => {
    const second = await Reseller.start(shop.environment);
    const names = Array.from({ length: 6 }, (_, number) => `customer-${number}`);
    const reached = shop.gate.hold({ kind: "POST /vps", nth: 2, hold: "reply" });
    await Promise.all(names.map((name) => shop.pay(name)));
    await shop.killAt(reached);
    await shop.start();
    await shop.assertSoldOnce(...names);
    await second.end("SIGTERM");
  });
});

test("asked to end, it ends at once and in good order, and the next one goes on", async () => {
  await Shop.open({}, async (shop) => {
    const reached = shop.gate.hold({ kind: "POST /vps", nth: 2, hold: "reply" });
    await Promise.all(["ann", "bob", "cyd"].map((name) => shop.pay(name)));
    await reached;
    assert.equal(await shop.end("SIGTERM"), 0);
    await shop.start();
    await shop.assertSoldOnce("ann", "bob", "cyd");
  });
});
