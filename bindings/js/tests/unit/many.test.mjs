/** Orders that are bought together. */

import assert from "node:assert/strict";
import { test } from "node:test";
import Database from "libsql";
import { AbortError, InvalidInputError, isStableVPSError } from "stablevps";
import { SqliteStore } from "stablevps/stores";
import { Simulator } from "stablevps/testing";
import { ORDER } from "./support.mjs";

const BASIC = { planId: "basic", billingCycle: "monthly", location: "tokyo" };

function orders(count, order = BASIC) {
  return Array.from({ length: count }, () => ({ ...order }));
}

async function all(batch) {
  const ends = [];
  for await (const end of batch) {
    ends.push(end);
  }
  return ends;
}

test("every order is given with its VPS, as they come, and each is bought once", async () => {
  const simulator = await Simulator.create({
    balance: 1000,
    provisioningMs: { min: 10_000, max: 400_000 },
  });
  const given = orders(12);
  const batch = simulator.client().vps.provisionMany(given);
  assert.equal(batch.progress, null);
  const ends = await all(batch);
  assert.ok(ends.every(({ order, index, error }) => order === given[index] && error === null));
  assert.equal(new Set(ends.map(({ result }) => result.vps.id)).size, 12);
  assert.ok(ends.every((end) => Object.isFrozen(end)));
  const indices = ends.map(({ index }) => index);
  assert.notDeepEqual(
    indices,
    indices.toSorted((a, b) => a - b),
  );
  assert.equal(simulator.state().orders_placed, 12);
  assert.deepEqual(batch.tokens, []);
  const { begun, ready, failed, spent, currency } = batch.progress;
  const charged = ends.reduce((sum, { result }) => sum + Number(result.charged), 0);
  assert.deepEqual([begun, ready, failed, currency], [12, 12, 0, "EUR"]);
  assert.equal(spent, charged.toFixed(2));
});

test("nothing is bought before the loop begins, and nothing without orders", async () => {
  const simulator = await Simulator.create();
  const { vps } = simulator.client();
  vps.provisionMany(orders(2));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(await all(vps.provisionMany([])), []);
  assert.deepEqual(simulator.requests(), []);
});

test("how one order ends is no matter to the others", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  const given = [
    BASIC,
    { ...BASIC, planId: "huge" },
    { ...BASIC, planId: 7 },
    { ...BASIC, maxSpend: "5" },
    { ...ORDER, options: { maxSpend: "5" } },
    null,
    {
      ...BASIC,
      options: {
        onProgress: () => {
          throw new RangeError("mine");
        },
      },
    },
    { ...BASIC, options: { signal: AbortSignal.abort("not this one") } },
    BASIC,
  ];
  const ends = await all(simulator.client().vps.provisionMany(given));
  const codes = ends
    .toSorted((a, b) => a.index - b.index)
    .map(({ result, error }) => error?.code ?? error?.name ?? result.vps.vpsStatus);
  assert.deepEqual(codes, [
    "active",
    "bad_request",
    "invalid_input",
    "invalid_input",
    "over_budget",
    "invalid_input",
    "RangeError",
    "aborted",
    "active",
  ]);
  assert.equal(simulator.state().orders_placed, 2);
});

test("a limit for all is kept, whatever the order of their ends", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  const price = Number(
    (await all(simulator.client().vps.provisionMany([BASIC])))[0].result.charged,
  );
  const batch = simulator.client().vps.provisionMany(orders(6), {
    maxSpend: (price * 4 + 0.01).toFixed(2),
    atOnce: 3,
  });
  const ends = await all(batch);
  const refused = ends.filter(({ error }) => isStableVPSError(error, "over_budget"));
  assert.equal(refused.length, 2);
  assert.equal(ends.filter(({ result }) => result).length, 4);
  assert.equal(simulator.state().orders_placed, 5);
  assert.equal(batch.progress.failed, 2);
});

test("orders are asked for when they can begin, of any kind of iterable", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  let [asked, underWay, most] = [0, 0, 0];
  async function* source() {
    try {
      for (; ; asked++) {
        most = Math.max(most, ++underWay);
        yield BASIC;
      }
    } finally {
      asked = "closed";
    }
  }
  let given = 0;
  for await (const { result } of simulator.client().vps.provisionMany(source(), { atOnce: 3 })) {
    assert.ok(result);
    underWay--;
    if (++given === 7) {
      break;
    }
  }
  assert.ok(most <= 2 * 3, `${most} were begun`);
  assert.equal(asked, "closed");
  const { orders_placed } = simulator.state();
  assert.ok(orders_placed >= 7 && orders_placed <= 7 + 2 * 3, String(orders_placed));
});

test("a loop that is left gives back every open token, and what was bought is not lost", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  const client = simulator.client();
  const batch = client.vps.provisionMany(orders(5));
  let first;
  for await (const end of batch) {
    first = end;
    break;
  }
  const { tokens } = batch;
  assert.equal(tokens.length, 4);
  assert.ok(tokens.every(({ index, order }) => index !== first.index && order));
  const resumed = await Promise.all(tokens.map(({ token }) => client.vps.resume(token)));
  const ids = new Set([first.result, ...resumed].map(({ vps }) => vps.id));
  assert.equal(ids.size, 5);
  assert.equal(simulator.state().orders_placed, 5);
  assert.deepEqual(await batch.next(), { done: true, value: undefined });
});

test("an order that ended in an error is open as far as it can be taken up again", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  const client = simulator.client();
  const late = { ...BASIC, options: { timeout: 60_000 } };
  const dear = { ...BASIC, options: { maxSpend: "1" } };
  const batch = client.vps.provisionMany([late, dear, BASIC]);
  const ends = await all(batch);
  const codes = ends.toSorted((a, b) => a.index - b.index).map(({ error }) => error?.code);
  assert.deepEqual(codes, ["deadline_exceeded", "over_budget", undefined]);
  assert.deepEqual(
    batch.tokens.map(({ index, order }) => [index, order]),
    [[0, late]],
  );
  const { error } = ends.find(({ index }) => index === 0);
  assert.equal(batch.tokens[0].token, error.token);

  // Also where its end was not given: it failed, but it is bought.
  simulator.fault({ shape_order: { vps_status: "suspended" } }, { method: "POST", path: "/vps" });
  const left = client.vps.provisionMany([BASIC], {
    onProgress: ({ failed }) => {
      if (failed === 1) {
        void left.return();
      }
    },
  });
  assert.deepEqual(await left.next(), { done: true, value: undefined });
  assert.equal(left.tokens.length, 1);
  await assert.rejects(client.vps.resume(left.tokens[0].token), { code: "provisioning_failed" });
});

test("a signal ends the loop with an error, and the tokens are there", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  const stop = new AbortController();
  const client = simulator.client();
  const batch = client.vps.provisionMany(orders(4), {
    signal: stop.signal,
    onProgress: ({ polling }) => {
      if (polling === 2) {
        stop.abort("enough");
      }
    },
  });
  await assert.rejects(all(batch), (error) => {
    assert.ok(error instanceof AbortError);
    assert.equal(error.cause, "enough");
    return true;
  });
  const { orders_placed } = simulator.state();
  assert.ok(orders_placed >= 2);
  assert.ok(batch.tokens.length >= orders_placed);
  await Promise.all(batch.tokens.map(({ token }) => client.vps.resume(token)));
  assert.equal(simulator.state().orders_placed, batch.tokens.length);
});

test("with a store, orders have keys, and buying them again buys nothing more", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  const store = new SqliteStore(new Database(":memory:"));
  const given = orders(3).map((order, number) => ({
    ...order,
    options: { idempotencyKey: `order-${number}` },
  }));
  const buy = async () => {
    const ends = await all(simulator.client({ store }).vps.provisionMany(given));
    return ends.map(({ index, result }) => `${index} ${result.vps.id}`).sort();
  };
  assert.deepEqual(await buy(), await buy());
  assert.equal(simulator.state().orders_placed, 3);
});

test("there is one progress for all", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  const seen = [];
  await all(
    simulator.client().vps.provisionMany(orders(5), {
      waitFor: "active",
      onProgress: async (progress) => void seen.push(progress),
    }),
  );
  assert.ok(Object.isFrozen(seen[0]));
  for (const progress of seen) {
    const { begun, preflight, baseline, ordering, reconciling, polling, ready, failed } = progress;
    assert.equal(begun, preflight + baseline + ordering + reconciling + polling + ready + failed);
    // One at a time, but for what waits for its turn.
    assert.ok(baseline + ordering + reconciling <= 1);
  }
  assert.ok(seen.some(({ polling }) => polling === 5));
  assert.equal(seen.at(-1).ready, 5);
  assert.ok(seen.some(({ longestMs }) => longestMs >= 100_000));
});

test("what the source or the last progress throws is thrown after the ends of what was begun", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  const { vps } = simulator.client();
  function* source() {
    yield BASIC;
    yield BASIC;
    throw new RangeError("no more");
  }
  const ends = [];
  const draining = async (batch) => {
    for await (const end of batch) {
      ends.push(end);
    }
  };
  await assert.rejects(draining(vps.provisionMany(source())), RangeError);
  assert.equal(ends.length, 2);
  const onProgress = ({ ready }) => {
    if (ready > 0) {
      throw new SyntaxError("mine");
    }
  };
  await assert.rejects(draining(vps.provisionMany([BASIC], { onProgress })), SyntaxError);
  assert.equal(ends.length, 3);
  assert.ok(ends.every(({ result }) => result));
});

test("options that can't be met are refused before anything is sent", async () => {
  const simulator = await Simulator.create();
  const { vps } = simulator.client();
  for (const [given, options, field] of [
    [BASIC, {}, "orders"],
    ["basic", {}, "orders"],
    [null, {}, "orders"],
    [[BASIC], { atOnce: 0 }, "atOnce"],
    [[BASIC], { atOnce: "3" }, "atOnce"],
    [[BASIC], { maxSpend: 400 }, "maxSpend"],
    [[BASIC], { maxSpend: "-1" }, "maxSpend"],
    [[BASIC], { idempotencyKey: "one for all" }, "idempotencyKey"],
    [[BASIC], { onProgress: 5 }, "onProgress"],
    [[BASIC], { signal: 5 }, "signal"],
  ]) {
    const error = await all(vps.provisionMany(given, options)).catch((error) => error);
    assert.ok(error instanceof InvalidInputError, `${field}: ${error}`);
    assert.equal(error.field, field, error.message);
  }
  assert.deepEqual(simulator.requests(), []);
});

test("a program that leaves a batch of a source without an end is not kept waiting", async () => {
  const simulator = await Simulator.create({ balance: 1000 });
  async function* source() {
    yield BASIC;
    await new Promise(() => {});
  }
  const batch = simulator.client().vps.provisionMany(source());
  const first = await batch.next();
  assert.ok(first.value.result);
  const waiting = batch.next();
  await batch.return();
  assert.equal((await waiting).done, true);
});
