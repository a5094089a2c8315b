/** A store that fails: at most one order, and none that is not recorded. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isStableVPSError, StableVPS } from "stablevps";
import { Simulator } from "stablevps/testing";
import { ORDER, Outage } from "./support.mjs";

const KEY = { idempotencyKey: "order-1" };
/** Longer than any lease. */
const LONG = 600_000;

/** Another call with the key, and one more where it finds out that the order it took over was never placed. */
async function ordered(client) {
  const again = () => client.vps.provision(ORDER, KEY);
  return await again().catch((error) => {
    if (isStableVPSError(error, "not_placed")) {
      return again();
    }
    throw error;
  });
}

/** Fails the operation of that number: before it is carried out, or after it, so that its answer is lost. */
class OneFailure extends Outage {
  constructor(number, when) {
    super();
    Object.assign(this, { number, when });
  }

  async carryOut(operation) {
    const isIt = this.asked.length === this.number;
    if (isIt && this.when === "before") {
      this.asked.push(operation.op);
      throw new Error("the database is down");
    }
    const answer = await super.carryOut(operation);
    if (isIt) {
      throw new Error("the connection broke");
    }
    return answer;
  }
}

for (const when of ["before", "after"]) {
  for (const reply of ["that comes", "that is lost"]) {
    test(`each operation of a purchase fails ${when} it is carried out, with a reply ${reply}`, async () => {
      let failed = 0;
      for (let number = 0, isOver = false; !isOver; number++) {
        const simulator = await Simulator.create();
        if (reply === "that is lost") {
          simulator.fault("lose_after", { method: "POST", path: "/vps" });
        }
        const store = new OneFailure(number, when);
        const client = simulator.client({ store });
        const error = await client.vps.provision(ORDER, KEY).then(
          () => null,
          (error) => error,
        );
        isOver = store.asked.length <= number;
        store.number = -1;
        if (error) {
          assert.ok(isStableVPSError(error, "store"), `${number}: ${error}`);
          failed++;
        }
        const { orders_received: sent } = simulator.state();
        assert.ok(sent <= 1, `${number}: ${sent} orders`);
        if (error && error.token === null) {
          assert.equal(sent, 0, `${number}: ordered, and told as if not`);
        }
        // Whatever was the end: the key still leads to the one VPS.
        simulator.advance(LONG);
        const bought = await ordered(simulator.client({ store }));
        const { orders_received: all, vps } = simulator.state();
        assert.deepEqual([all, vps.length, vps[0].id], [1, 1, bought.vps.id], `${number}`);
        const record = await client.purchases.get("order-1");
        assert.deepEqual([record.state, record.vpsId], ["ready", bought.vps.id]);
      }
      assert.ok(failed > 0, "some failed before the order");
    });
  }
}

for (const phase of ["preflight", "baseline", "ordering", "polling"]) {
  test(`a store that is down for two minutes from ${phase} on`, async () => {
    const simulator = await Simulator.create({ provisioningMs: 300_000 });
    const store = new Outage();
    const client = simulator.client({ store });
    let upAt = null;
    store.isDown = () => upAt !== null && simulator.now < upAt;
    const purchase = client.vps.provision(ORDER, {
      ...KEY,
      onProgress: (progress) => {
        if (progress.phase === phase) {
          upAt ??= simulator.now + 120_000;
        }
        // Nothing is ordered that was not announced before.
        assert.ok(simulator.state().orders_received === 0 || store.ordered());
      },
    });
    const error = await purchase.then(
      () => null,
      (error) => error,
    );
    if (error) {
      assert.ok(isStableVPSError(error, "store"), `${error}`);
      assert.match(error.message, /the database is down/);
      assert.deepEqual([error.next, simulator.state().orders_received], ["retry", 0]);
      simulator.advance(LONG);
      await ordered(client);
    }
    const record = await client.purchases.get("order-1");
    const { orders_received: sent, vps } = simulator.state();
    assert.deepEqual([sent, record.state, record.vpsId], [1, "ready", vps[0].id]);
    // After the order the purchase goes on.
    assert.equal(error === null, phase === "polling" || phase === "ordering", `${error}`);
  });
}

test("a store that stays down after the order ends it with the token", async () => {
  const simulator = await Simulator.create();
  const store = new Outage();
  store.isDown = () => simulator.state().orders_received > 0;
  const client = simulator.client({ store });
  const error = await client.vps.provision(ORDER, KEY).catch((error) => error);
  assert.ok(isStableVPSError(error, "store"), `${error}`);
  assert.deepEqual([error.next, typeof error.token], ["resume", "string"]);
  assert.equal(error.cause.message, "the database is down");
  const { vps } = await simulator.client().vps.resume(error.token);
  assert.equal(simulator.state().vps[0].id, vps.id);
  assert.equal(simulator.state().orders_received, 1);
});

test("an operation in the middle of which the signal comes may have been carried out", async () => {
  const counted = new Outage();
  await (await Simulator.create()).client({ store: counted }).vps.provision(ORDER, KEY);
  const interrupted = async (_, number) => {
    const simulator = await Simulator.create();
    const store = new Outage();
    const stop = new AbortController();
    const never = new Promise(() => {});
    const hanging = {
      async carryOut(operation) {
        const isIt = store.asked.length === number;
        const answer = await store.carryOut(operation);
        if (isIt) {
          stop.abort();
          await never;
        }
        return answer;
      },
    };
    const purchase = simulator
      .client({ store: hanging })
      .vps.provision(ORDER, { ...KEY, signal: stop.signal });
    await assert.rejects(purchase, { name: "AbortError" });
    simulator.advance(LONG);
    await ordered(simulator.client({ store }));
    assert.equal(simulator.state().orders_received, 1, `operation ${number}`);
  };
  await Promise.all(counted.asked.map(interrupted));
});

test("a store that does not answer is not waited for beyond the time allowed", async () => {
  const { apiKey } = await Simulator.create();
  const client = new StableVPS({
    apiKey,
    fetch: async () => Response.json({ id: "1", email: "a@b.example" }),
    store: { carryOut: () => new Promise(() => {}) },
  });
  const error = await client.vps.provision(ORDER, { ...KEY, timeout: 5 }).catch((error) => error);
  assert.match(error.code, /^(deadline_exceeded|unexpected_response)$/);
});

test("what a store throws is told without passwords", async () => {
  const simulator = await Simulator.create();
  const detail = async (thrown) => {
    const store = {
      carryOut() {
        throw thrown;
      },
    };
    const error = await simulator
      .client({ store })
      .purchases.list()
      .catch((error) => error);
    assert.equal(error.name, "StoreError");
    return error.detail;
  };
  const address = "no route to postgres://shop:hunter2@db.example/shop?password=hunter3";
  assert.equal(
    await detail(new Error(address)),
    "no route to postgres://***@db.example/shop?password=***",
  );
  const refused = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
  assert.equal(await detail(refused), "ECONNREFUSED");
  assert.equal(await detail("hunter2"), "it threw what is no error");
});

test("what the store answers wrongly is a failure of the store", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client({ store: { carryOut: () => "nonsense" } });
  await assert.rejects(client.vps.provision(ORDER, KEY), { name: "StoreError", token: null });
  assert.equal(simulator.state().orders_received, 0);
});

/** Lets the machine's clock jump, as if it had slept. */
function sleeper(t) {
  const { now } = Date;
  let slept = 0;
  Date.now = () => now() + slept;
  t.after(() => {
    Date.now = now;
  });
  return (ms) => {
    slept += ms;
  };
}

test("an order whose time to begin is over is not sent", async (t) => {
  const sleep = sleeper(t);
  const simulator = await Simulator.create();
  const store = new Outage();
  store.done = ({ document }) => {
    if (JSON.parse(document).op.save?.saved.state === "ordered") {
      sleep(60_000);
    }
  };
  const client = simulator.client({ store });
  await assert.rejects(client.vps.provision(ORDER, KEY), {
    name: "TransportError",
    delivery: "not_sent",
    detail: "its time to begin was over",
    next: "retry",
    token: null,
  });
  assert.equal(simulator.state().orders_received, 0);
  store.done = () => {};
  simulator.advance(LONG);
  await ordered(client);
  assert.equal(simulator.state().orders_received, 1);
});

test("a process that stops right before it sends the order does not send it", async (t) => {
  const sleep = sleeper(t);
  const simulator = await Simulator.create();
  const store = new Outage();
  let announced = 0;
  store.done = ({ document }) => {
    announced += JSON.parse(document).op.save?.saved.state === "ordered";
  };
  let stops = 1;
  const sent = [];
  const client = simulator.client({
    store,
    fetch: (url, init) => {
      sent.push(`${init.method} after ${announced}`);
      return simulator.fetch(url, init);
    },
    logger: {
      warn() {},
      debug(message) {
        if (message.endsWith("sending POST /vps") && stops-- > 0) {
          // All clocks go on while the process does not.
          sleep(60_000);
          simulator.advance(60_000);
        }
      },
    },
  });
  const error = await client.vps.provision(ORDER, KEY).then(
    () => null,
    (error) => error,
  );
  assert.ok(stops < 1);
  assert.deepEqual(
    sent.filter((one) => one.startsWith("POST") && one !== "POST after 2"),
    [],
  );
  assert.ok(error === null || error.next === "retry", `${error}`);
  simulator.advance(LONG);
  await ordered(client);
  assert.equal(simulator.state().orders_received, 1);
});

test("requests that order nothing have no such limit", async (t) => {
  const sleep = sleeper(t);
  const simulator = await Simulator.create();
  const store = new Outage();
  store.done = ({ op }) => op === "open" && sleep(LONG);
  await simulator.client({ store }).vps.provision(ORDER, KEY);
  assert.equal(simulator.state().orders_received, 1);
});
