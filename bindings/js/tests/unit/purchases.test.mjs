import assert from "node:assert/strict";
import { test } from "node:test";
import { isStableVPSError, StableVPS } from "stablevps";
import { Simulator } from "stablevps/testing";
import { KEY, ORDER } from "./support.mjs";

const ORDERS = { method: "POST", path: "/vps" };
const KEY_ORDER = { email: "a@example.com", password: "secret", name: "bot" };

test("a purchase gives a VPS that can be used, and what it cost", async () => {
  const simulator = await Simulator.create();
  const bought = await simulator.client().vps.provision(ORDER, { maxSpend: "20" });
  assert.equal(bought.charged, "19.49");
  assert.equal(bought.balanceAfter, "80.51");
  assert.equal(bought.vps.vpsStatus, "active");
  assert.match(bought.vps.ipAddress, /^\d+\.\d+\.\d+\.\d+$/);
  assert.ok(bought.vps.rdpPassword.reveal().length > 0);
  assert.ok(bought.vps.createdAt instanceof Date);
  assert.equal(simulator.state().orders_received, 1);
  assert.ok(Object.isFrozen(bought) && Object.isFrozen(bought.vps));
});

test("a lost reply to the order is looked into, and never answered with a second order", async () => {
  const simulator = await Simulator.create();
  simulator.fault("lose_after", ORDERS);
  const bought = await simulator.client().vps.provision(ORDER);
  assert.equal(bought.recovered, true);
  assert.equal(bought.charged, "19.49");
  assert.equal(simulator.state().orders_received, 1);
});

test("an order that was certainly not sent is sent again", async () => {
  const simulator = await Simulator.create();
  simulator.fault("not_delivered", ORDERS);
  const bought = await simulator.client().vps.provision(ORDER);
  assert.equal(bought.recovered, false);
  assert.equal(simulator.state().orders_placed, 1);
});

test("an order that never arrived ends as not placed", async () => {
  const simulator = await Simulator.create();
  simulator.fault("lose_before", ORDERS);
  const purchase = simulator.client().vps.provision(ORDER);
  await assert.rejects(purchase, (error) => isStableVPSError(error, "not_placed"));
  assert.equal(simulator.state().orders_placed, 0);
});

test("two hundred purchases at once buy two hundred VPS, each its own", async () => {
  const simulator = await Simulator.create({ balance: 100_000 });
  const client = simulator.client();
  const all = await Promise.all(
    Array.from({ length: 200 }, () => client.vps.provision(ORDER, { timeout: 1e9 })),
  );
  assert.equal(new Set(all.map(({ vps }) => vps.id)).size, 200);
  assert.equal(simulator.state().orders_received, 200);
});

test("lost replies among many purchases are told apart", async () => {
  const simulator = await Simulator.create({ balance: 100_000 });
  const clients = [simulator.client(), simulator.client()];
  simulator.fault("lose_after", { ...ORDERS, skip: 3, times: 5 });
  const all = await Promise.all(
    Array.from({ length: 20 }, (_, turn) =>
      clients[turn % 2].vps.provision(ORDER, { timeout: 1e9 }),
    ),
  );
  assert.equal(new Set(all.map(({ vps }) => vps.id)).size, 20);
  assert.equal(all.filter(({ recovered }) => recovered).length, 5);
  assert.equal(simulator.state().orders_received, 20);
});

test("progress is waited for: the token is stored before the order is sent", async () => {
  const simulator = await Simulator.create();
  const stored = [];
  await simulator.client().vps.provision(ORDER, {
    onProgress: async (progress) => {
      const ordersBefore = simulator.state().orders_received;
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(simulator.state().orders_received, ordersBefore);
      stored.push([progress.phase, progress.token !== null, ordersBefore]);
    },
  });
  const ordering = stored.find(([phase]) => phase === "ordering");
  assert.deepEqual(ordering, ["ordering", true, 0]);
});

test("what onProgress throws ends the purchase and gets the token", async () => {
  const simulator = await Simulator.create();
  const broken = new Error("the disk is full");
  const purchase = simulator.client().vps.provision(ORDER, {
    onProgress: ({ phase }) => {
      if (phase === "ordering") {
        throw broken;
      }
    },
  });
  await assert.rejects(purchase, broken);
  assert.equal(typeof broken.token, "string");
  assert.equal(simulator.state().orders_received, 0, "the order waits for onProgress");
});

test("a loop sees every step, and leaving it does not end the purchase", async () => {
  const simulator = await Simulator.create();
  const seen = [];
  const purchase = simulator.client().vps.provision(ORDER, {
    onProgress: ({ phase }) => seen.push(phase),
  });
  const looped = [];
  for await (const { phase } of purchase) {
    looped.push(phase);
    if (phase === "polling") {
      break;
    }
  }
  assert.equal((await purchase).charged, "19.49");
  assert.deepEqual(looped, seen.slice(0, looped.length));
  const whole = [];
  for await (const { phase } of simulator.client().vps.provision(ORDER)) {
    whole.push(phase);
  }
  assert.equal(whole.at(-1), "polling");
});

test("a loop throws what the purchase fails with", async () => {
  const simulator = await Simulator.create({ balance: 1 });
  const purchase = simulator.client().vps.provision(ORDER);
  await assert.rejects(
    async () => {
      for await (const _ of purchase) {
        // Nothing but watching.
      }
    },
    (error) => isStableVPSError(error, "insufficient_funds") && error.shortfall === "18.49",
  );
});

test("an aborted wait leaves a token from which another client goes on", async () => {
  const simulator = await Simulator.create();
  const stop = new AbortController();
  const purchase = simulator.client().vps.provision(ORDER, {
    signal: stop.signal,
    onProgress: ({ nextLookMs }) => {
      if (nextLookMs > 0) {
        stop.abort("enough");
      }
    },
  });
  const error = await purchase.catch((error) => error);
  assert.equal(error.name, "AbortError");
  assert.equal(error.code, "aborted");
  assert.equal(error.cause, "enough");
  assert.equal(error.next, "resume");
  const resumed = await simulator.client().vps.resume(error.token);
  assert.equal(resumed.charged, "19.49");
  assert.equal(simulator.state().orders_received, 1);
});

test("a signal that is aborted from the beginning sends nothing", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  const signal = AbortSignal.abort();
  for (const call of [
    client.wallet.get({ signal }),
    client.vps.reboot("1", { signal }),
    client.vps.provision(ORDER, { signal }),
  ]) {
    await assert.rejects(call, { name: "AbortError" });
  }
  assert.deepEqual(simulator.requests(), []);
});

test("what is aborted right after it was asked for sends nothing", async () => {
  const simulator = await Simulator.create({ provisioningMs: 0 });
  const client = simulator.client();
  const { vps } = await client.vps.provision(ORDER);
  const before = simulator.requests().length;
  const calls = {
    list: (options) => client.vps.list(options),
    create: (options) => client.vps.create(ORDER, options),
    reboot: (options) => client.vps.reboot(vps.id, options),
    delete: (options) => client.vps.delete(vps.id, options),
    key: (options) => client.keys.create(KEY_ORDER, options),
    provision: (options) => client.vps.provision(ORDER, options),
    waitUntilReady: (options) => client.vps.waitUntilReady(vps.id, options),
  };
  for (const [name, call] of Object.entries(calls)) {
    const stop = new AbortController();
    const called = call({ signal: stop.signal });
    stop.abort();
    await assert.rejects(called, { name: "AbortError" }, name);
    assert.equal(simulator.requests().length, before, name);
  }
});

test("aborting amid the order leaves a token that never orders again", async () => {
  const simulator = await Simulator.create();
  simulator.fault({ delay: { ms: 20_000 } }, ORDERS);
  const stop = new AbortController();
  const client = new StableVPS({
    apiKey: simulator.apiKey,
    clock: simulator.clock,
    fetch: (url, init) => {
      const reply = simulator.fetch(url, init);
      if (init.method === "POST") {
        stop.abort();
      }
      return reply;
    },
  });
  const error = await client.vps.provision(ORDER, { signal: stop.signal }).catch((error) => error);
  assert.equal(error.code, "aborted");
  const resumed = await client.vps.resume(error.token);
  assert.equal(resumed.recovered, true);
  assert.equal(simulator.state().orders_received, 1);
});

test("a purchase that waits for its turn can be aborted, and holds up nobody", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  const first = client.vps.provision(ORDER, { onProgress: () => held });
  const stop = new AbortController();
  const second = client.vps.provision(ORDER, { signal: stop.signal });
  const third = client.vps.provision(ORDER);
  stop.abort();
  await assert.rejects(second, { name: "AbortError" });
  release();
  await first;
  await third;
  assert.equal(simulator.state().orders_received, 2);
});

test("an aborted action says what to do next", async () => {
  const simulator = await Simulator.create({ provisioningMs: 0 });
  const { vps } = await simulator.client().vps.provision(ORDER);
  for (const [method, next] of [
    ["reboot", "ask"],
    ["stop", "retry"],
  ]) {
    const stop = new AbortController();
    const client = new StableVPS({
      apiKey: simulator.apiKey,
      clock: simulator.clock,
      fetch: () => {
        queueMicrotask(() => stop.abort());
        return new Promise((_, reject) => {
          stop.signal.addEventListener("abort", () => reject(stop.signal.reason));
        });
      },
    });
    const error = await client.vps[method](vps.id, { signal: stop.signal }).catch((e) => e);
    assert.equal(error.name, "AbortError");
    assert.equal(error.next, next, method);
  }
});

test("a token of another account is refused unless that is meant", async () => {
  const simulator = await Simulator.create();
  let token;
  await simulator.client().vps.provision(ORDER, {
    onProgress: (progress) => {
      token = progress.token;
    },
  });
  const other = simulator.client({ apiKey: KEY });
  await assert.rejects(other.vps.resume(token), (error) => isStableVPSError(error, "stale_token"));
});

test("a VPS that was bought elsewhere is waited for", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  const { id } = await client.vps.create(ORDER);
  const ready = await client.vps.waitUntilReady(id);
  assert.equal(ready.vps.id, id);
  assert.equal(ready.ordersSent, 0);
});

test("the time allowed ends a purchase with a token", async () => {
  const simulator = await Simulator.create({ provisioningMs: 3_600_000 });
  const client = simulator.client();
  const error = await client.vps.provision(ORDER, { timeout: 60_000 }).catch((e) => e);
  assert.equal(error.code, "deadline_exceeded");
  const resumed = await client.vps.resume(error.token, { timeout: 7_200_000 });
  assert.equal(resumed.vps.vpsStatus, "active");
});

test("a purchase that waits for its turn keeps to the time allowed", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  const first = client.vps.provision(ORDER, { onProgress: () => held, timeout: 1e9 });
  const second = client.vps.provision(ORDER, { timeout: 60_000 });
  // While onProgress is waited for, virtual time only passes by hand.
  await new Promise((resolve) => setImmediate(resolve));
  simulator.advance(60_000);
  const error = await second.catch((error) => error);
  assert.ok(isStableVPSError(error, "deadline_exceeded"), String(error));
  assert.deepEqual(
    [error.waitingFor, error.fault, error.next, typeof error.token],
    ["the other purchases of this account", "server", "resume", "string"],
  );
  release();
  await first;
  assert.equal(simulator.state().orders_received, 1);
});

test("virtual time stands while onProgress does real work, in a world's every purchase", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  const real = () => new Promise((resolve) => setTimeout(resolve, 1));
  const times = [];
  const onProgress = async ({ phase }) => {
    const before = simulator.now;
    for (let turn = 0; turn < 5; turn++) {
      await real();
    }
    times.push([phase, simulator.now - before]);
  };
  const options = { onProgress, timeout: 600_000 };
  const began = simulator.now;
  const both = [client.vps.provision(ORDER, options), client.vps.provision(ORDER, options)];
  const bought = await Promise.all(both);
  assert.equal(new Set(bought.map(({ vps }) => vps.id)).size, 2);
  assert.deepEqual([...new Set(times.map(([, passed]) => passed))], [0]);
  assert.ok(simulator.now - began < 300_000);
});

test("simulated worlds do not queue with each other, though their keys are the same", async () => {
  const [held, free] = [await Simulator.create(), await Simulator.create()];
  assert.equal(held.apiKey.reveal(), free.apiKey.reveal());
  let release;
  let arrive;
  const there = new Promise((resolve) => {
    arrive = resolve;
  });
  const first = held.client().vps.provision(ORDER, {
    onProgress: () => {
      arrive();
      return new Promise((resolve) => {
        release = resolve;
      });
    },
  });
  await there;
  assert.equal((await free.client().vps.provision(ORDER)).charged, "19.49");
  assert.equal(held.state().orders_received, 0);
  first.catch(() => {});
  release(Promise.reject(new Error("enough")));
  await assert.rejects(first, /enough/);
});

test("a first look at once is not followed by a storm of them", async () => {
  const simulator = await Simulator.create();
  const { requests } = await simulator.client().vps.provision(ORDER, { firstLook: 0 });
  assert.ok(requests < 25, `${requests} requests`);
});

test("many purchases may share a signal, and nobody is warned", async () => {
  const simulator = await Simulator.create({ balance: 100_000 });
  const client = simulator.client();
  const warnings = [];
  const note = (warning) => warnings.push(String(warning));
  process.on("warning", note);
  const stop = new AbortController();
  const all = Array.from({ length: 30 }, () =>
    client.vps.provision(ORDER, { signal: stop.signal, timeout: 1e9 }).catch((error) => error),
  );
  while (simulator.state().orders_received < 30) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  stop.abort();
  const errors = await Promise.all(all);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  assert.ok(errors.every(({ name, token }) => name === "AbortError" && token));
  assert.deepEqual(warnings, []);
});
