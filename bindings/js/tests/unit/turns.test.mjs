import assert from "node:assert/strict";
import { test } from "node:test";
import { isStableVPSError, StableVPS } from "stablevps";
import { Simulator } from "stablevps/testing";
import { ORDER } from "./support.mjs";

const REGISTER = Symbol.for("stablevps.turns");

/** A purchase that keeps its turn until it is released. */
function held(client) {
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  let arrive;
  const there = new Promise((resolve) => {
    arrive = resolve;
  });
  const onProgress = () => {
    arrive();
    return released;
  };
  return { purchase: client.vps.provision(ORDER, { onProgress, timeout: 1e9 }), release, there };
}

test("purchases order in the order in which they came", async () => {
  const simulator = await Simulator.create({ balance: 1_000 });
  const client = simulator.client();
  const first = held(client);
  await first.there;
  const came = [];
  const others = [0, 1, 2, 3, 4].map((number) =>
    client.vps.provision(ORDER, {
      onProgress: ({ phase }) => phase === "preflight" && came.push(number),
    }),
  );
  first.release();
  await Promise.all([first.purchase, ...others]);
  assert.deepEqual(came, [0, 1, 2, 3, 4]);
});

test("a purchase that waits for its turn reports nothing", async () => {
  const simulator = await Simulator.create();
  const lines = [];
  const logger = { debug: (line) => lines.push(line), warn() {} };
  const client = simulator.client({ logger });
  const first = held(client);
  await first.there;
  const logged = lines.length;
  const stop = new AbortController();
  const seen = [];
  const second = client.vps.provision(ORDER, {
    signal: stop.signal,
    onProgress: ({ phase }) => seen.push(phase),
  });
  simulator.advance(1_000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([seen, lines.slice(logged)], [[], []]);
  stop.abort();
  const error = await second.catch((error) => error);
  assert.equal(error.next, "resume");
  first.release();
  await first.purchase;
  assert.equal((await client.vps.resume(error.token)).ordersSent, 1);
});

test("clients with different keys wait for each other where their account has a name", async () => {
  const simulator = await Simulator.create();
  const { apiKey } = await simulator.client().keys.create({
    email: "john@example.com",
    password: "correct horse battery staple",
    name: "other",
  });
  for (const [account, waits] of [
    [undefined, false],
    ["acme", true],
  ]) {
    const [one, two] = [simulator.client({ account }), simulator.client({ account, apiKey })];
    const first = held(one);
    await first.there;
    const second = held(two);
    const came = await Promise.race([
      second.there.then(() => true),
      new Promise((resolve) => setTimeout(() => resolve(false), 20)),
    ]);
    assert.equal(came, !waits, account);
    first.release();
    second.release();
    await Promise.all([first.purchase, second.purchase]);
  }
  for (const [account, said] of [
    ["", /account must not be empty/],
    [1, /account must be a string/],
  ]) {
    assert.throws(() => new StableVPS({ apiKey, account }), said);
  }
});

test("every copy of the package of a process has the same register, and leaves nothing in it", async () => {
  const simulator = await Simulator.create();
  const first = held(simulator.client());
  await first.there;
  const register = globalThis[REGISTER];
  assert.deepEqual(Object.keys(register), ["number", "aheadOf", "leave", "note", "actsAt"]);
  // Another copy's purchase stands in line as this one's do.
  const queue = `${simulator.clock.world} other`;
  const theirs = register.number();
  assert.equal(register.aheadOf(theirs, queue), 0);
  assert.equal(register.aheadOf(register.number(), queue), 1);
  register.note(queue, 5);
  assert.equal(register.actsAt(queue), 5);
  register.leave(theirs, queue);
  register.leave(theirs, queue);
  assert.equal(register.actsAt(queue), 0);
  assert.equal(register.aheadOf(register.number(), queue), 1);
  first.release();
  await first.purchase;
});

test("a purchase that another copy of the package holds up ends when its time is over", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  const register = globalThis[REGISTER];
  const { aheadOf } = register;
  register.aheadOf = (place, queue) => aheadOf(place, queue) + 1;
  const late = await client.vps.provision(ORDER, { timeout: 5_000 }).catch((error) => error);
  register.aheadOf = aheadOf;
  assert.ok(isStableVPSError(late, "deadline_exceeded"), String(late));
  assert.equal(late.waitingFor, "the other purchases of this account");
  const resumed = await client.vps.resume(late.token, { timeout: 600_000 });
  assert.equal(resumed.ordersSent, 1);
});
