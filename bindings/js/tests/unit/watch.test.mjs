/** Watches over the account's VPS, and who answers. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AbortError, InvalidInputError, StableVPS, StableVPSError } from "stablevps";
import { Simulator } from "stablevps/testing";
import { ORDER } from "./support.mjs";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Three VPS, which answer. */
function three(config = {}) {
  return Simulator.create({ vps: [{ id: "a" }, { id: "b" }, { id: "c" }], ...config });
}

function hang(simulator, id) {
  simulator.control({ set_vps: { id, hangs: true } });
}

function reboots(simulator) {
  return simulator.state().vps.reduce((sum, vps) => sum + vps.reboots, 0);
}

function line({ event, vps }) {
  return vps?.id === undefined ? event : `${event} ${vps.id}`;
}

/** The next event of a watch as text. */
async function next(watch) {
  const { done, value } = await watch.next();
  return done ? "over" : line(value);
}

test("a VPS that hangs is rebooted, and what happens is told", async () => {
  const simulator = await three();
  const client = simulator.client();
  const begun = simulator.now;
  const watch = client.vps.watch({ reboot: "when_silent" });
  assert.equal(await next(watch), "started");
  // What this program has stopped is not expected to answer.
  await client.vps.stop("c");
  hang(simulator, "b");
  assert.equal(await next(watch), "unreachable b");
  assert.equal(await next(watch), "reboot_sent b");
  assert.equal(await next(watch), "reachable b");
  await client.vps.delete("a");
  assert.equal(await next(watch), "removed a");
  await watch.return();
  assert.equal(reboots(simulator), 1);
  assert.ok(simulator.now < begun + 12 * MINUTE);
});

test("an event has the package's own types, and is frozen", async () => {
  const simulator = await three({ balance: 1 });
  const events = {};
  const hours = { interval: 60 * MINUTE, reboot: "when_silent", atMost: 40 * DAY };
  for await (const event of simulator.client().vps.watch(hours)) {
    events[event.event] ??= event;
    if (event.event === "started") {
      hang(simulator, "b");
      simulator.fault("lose_after", { method: "POST", path: "/vps/b/actions" });
    }
    if (event.event === "reboot_unknown") {
      simulator.fault({ status: { code: 500, effect: "before" } }, { path: "/vps", times: 3 });
    }
  }
  const { started, unreachable, reboot_unknown, listing_failed, period_ending } = events;
  assert.ok(started.at instanceof Date && Object.isFrozen(started) && Object.isFrozen(started.vps));
  assert.deepEqual(
    started.vps.map((vps) => vps.id),
    ["a", "b", "c"],
  );
  assert.ok(started.vps[0].createdAt instanceof Date);
  assert.equal(unreachable.silentProbes, 3);
  assert.ok(unreachable.silentMs >= 2 * 60 * MINUTE);
  assert.equal(reboot_unknown.reboots, 1);
  assert.ok(reboot_unknown.error instanceof StableVPSError);
  assert.equal(reboot_unknown.error.code, "outcome_unknown");
  assert.equal(listing_failed.error.code, "server");
  assert.ok(listing_failed.nextLookMs > 0);
  assert.ok(period_ending.endsAt instanceof Date);
  assert.match(period_ending.renewal, /^\d+\.\d\d$/);
  assert.equal(period_ending.balance, "1.00");
  assert.ok(Number(period_ending.missing) > 0);
  assert.equal(period_ending.currency, "EUR");
});

test("a watch ends after the time it is given", async () => {
  const simulator = await three();
  const begun = simulator.now;
  const lines = [];
  for await (const event of simulator.client().vps.watch({ atMost: 90 * MINUTE })) {
    lines.push(line(event));
  }
  assert.deepEqual(lines, ["started"]);
  assert.equal(simulator.now, begun + 90 * MINUTE);
});

test("a key that is refused ends the watch with the error, once", async () => {
  const simulator = await three();
  const watch = simulator.client().vps.watch();
  assert.equal(await next(watch), "started");
  simulator.control({ expire_key: { key: simulator.apiKey.reveal() } });
  assert.equal(await next(watch), "listing_failed");
  await assert.rejects(watch.next(), { code: "unauthorized", next: "fix" });
  assert.equal(await next(watch), "over");
});

test("a signal ends the watch at once, while it waits and while it probes", async () => {
  const simulator = await three({ time: "real" });
  const waiting = new AbortController();
  const watch = simulator.client().vps.watch({ alarmDays: 0, signal: waiting.signal });
  assert.equal(await next(watch), "started");
  const waited = watch.next();
  setImmediate(() => waiting.abort("enough"));
  await assert.rejects(waited, (error) => {
    assert.ok(error instanceof AbortError);
    assert.equal(error.next, "retry");
    assert.equal(error.cause, "enough");
    return true;
  });
  assert.equal(await next(watch), "over");

  const probing = new AbortController();
  let ended;
  const prober = (_, { signal }) => {
    ended = once(signal, "abort");
    probing.abort();
    return new Promise(() => {});
  };
  const probed = simulator.client().vps.watch({ alarmDays: 0, prober, signal: probing.signal });
  assert.equal(await next(probed), "started");
  await assert.rejects(probed.next(), { code: "aborted" });
  await ended;

  const before = simulator.client().vps.watch({ signal: AbortSignal.abort() });
  await assert.rejects(before.next(), { code: "aborted" });
});

test("a loop that is left, and return() while an event is waited for, end the watch", async () => {
  const simulator = await three();
  const client = simulator.client();
  for await (const event of client.vps.watch()) {
    assert.equal(event.event, "started");
    break;
  }
  const asked = simulator.requests().length;
  const real = await three({ time: "real" });
  const watch = real.client().vps.watch({ alarmDays: 0 });
  assert.equal(await next(watch), "started");
  const waited = watch.next();
  await watch.return();
  assert.deepEqual(await waited, { done: true, value: undefined });
  assert.equal(await next(watch), "over");
  assert.equal(simulator.requests().length, asked);
});

test("events that are asked for side by side come in their order", async () => {
  const simulator = await three();
  const watch = simulator.client().vps.watch();
  simulator.control({ set_vps: { id: "a", status: "past_due" } });
  const lines = Promise.all([next(watch), next(watch), next(watch)]);
  simulator.control({ set_vps: { id: "a", status: "active" } });
  setTimeout(() => {
    simulator.control({ set_vps: { id: "a", status: "past_due" } });
    simulator.control({ set_vps: { id: "a", vps_status: "suspended" } });
  });
  const [first, ...others] = await lines;
  assert.equal(first, "started");
  assert.deepEqual(others.sort(), ["billing_changed a", "status_changed a"]);
  await watch.return();
});

test("a reboot whose answer is not waited for is not sent again", async () => {
  const simulator = await three();
  const stop = new AbortController();
  const client = simulator.client({
    fetch: async (url, init) => {
      const reply = await simulator.fetch(url, init);
      if (init.method === "POST") {
        stop.abort();
        return await new Promise(() => {});
      }
      return reply;
    },
  });
  const watch = client.vps.watch({ reboot: "when_silent", signal: stop.signal });
  assert.equal(await next(watch), "started");
  hang(simulator, "b");
  assert.equal(await next(watch), "unreachable b");
  await assert.rejects(watch.next(), { code: "aborted", next: "ask" });
  assert.equal(await next(watch), "over");
  assert.equal(reboots(simulator), 1);
  const posts = simulator.requests().filter(({ method }) => method === "POST");
  assert.equal(posts.length, 1);
});

test("what can't be met is refused before anything is sent", async () => {
  const simulator = await three();
  const { vps } = simulator.client();
  for (const [options, field, reason] of [
    [{ interval: 0 }, "interval", /more than zero/],
    [{ intervall: 1 }, "intervall", /is not one of the options, which are interval, /],
    [{ atMost: 0 }, "atMost", /more than zero/],
    [{ atMost: "1 h" }, "atMost", /number of milliseconds/],
    [{ reboot: "always" }, "reboot", /"never" or "when_silent"/],
    [{ reboot: "when_silent", probing: false }, "reboot", /needs probes, which are off/],
    [{ probing: "no" }, "probing", /true or false/],
    [{ probePort: 65_536 }, "probePort", /from 1 to 65535/],
    [{ silentProbes: 0 }, "silentProbes", /from 1 to 1000/],
    [{ silentProbes: 1.5 }, "silentProbes", /whole number/],
    [{ probeTimeout: Number.NaN }, "probeTimeout", /number of milliseconds/],
    [{ firstPatience: -1 }, "firstPatience", /more than zero/],
    [{ longestPatience: 1 }, "longestPatience", /shorter than the first patience/],
    [{ exclude: "a" }, "exclude", /an array of ids/],
    [{ exclude: [1] }, "exclude", /a string, not a number/],
    [{ exclude: ["a/b"] }, "exclude", /must not contain/],
    [{ alarmDays: -1 }, "alarmDays", /from 0 to 3650/],
    [{ prober: 7 }, "prober", /a function/],
    [{ signal: 7 }, "signal", /an AbortSignal/],
  ]) {
    const watch = vps.watch(options);
    const error = await watch.next().then(
      () => assert.fail(`${JSON.stringify(options)} was accepted`),
      (error) => error,
    );
    assert.ok(error instanceof InvalidInputError, String(error));
    assert.equal(error.field, field, error.message);
    assert.match(error.message, reason);
    assert.equal(await next(watch), "over");
  }
  assert.deepEqual(simulator.requests(), []);
});

test("what a prober throws or makes up says nothing about any VPS", async () => {
  const simulator = await three();
  for (const prober of [
    () => {
      throw new Error("it broke");
    },
    async () => "perhaps",
    () => undefined,
  ]) {
    const client = simulator.client({ prober });
    const watch = client.vps.watch({ reboot: "when_silent", atMost: 60 * MINUTE });
    assert.equal(await next(watch), "started");
    assert.equal(await next(watch), "over");
  }
  assert.equal(reboots(simulator), 0);
});

test("at most 64 VPS are probed at once, and a prober that takes too long means silence", async () => {
  const vps = Array.from({ length: 100 }, (_, number) => ({ id: `v${number}` }));
  const simulator = await Simulator.create({ vps });
  let [running, most, probed] = [0, 0, 0];
  const prober = async ({ address, port }, { within, signal }) => {
    assert.ok(address && port === 3389 && within === 1_000);
    most = Math.max(most, ++running);
    probed++;
    if (probed === 250) {
      await once(signal, "abort");
    }
    await new Promise(setImmediate);
    running--;
    return "answered";
  };
  const watch = simulator.client({ prober }).vps.watch({ probeTimeout: 1_000, silentProbes: 1 });
  assert.equal(await next(watch), "started");
  assert.match(await next(watch), /^unreachable v/);
  assert.match(await next(watch), /^reachable v/);
  assert.equal(most, 64);
  await watch.return();
});

test("an open port answers, a closed one is silent, and what can't be tried says nothing", async () => {
  const server = createServer((socket) => socket.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const open = server.address().port;
  const simulator = await Simulator.create({
    vps: ["a", "b", "c"].map((id) => ({ id, ip_address: "127.0.0.1" })),
  });
  const { fetch, clock, apiKey } = simulator;
  const { vps } = new StableVPS({ fetch, clock, apiKey });
  const watch = vps.watch({ probePort: open, silentProbes: 2 });
  assert.equal(await next(watch), "started");
  const settled = new AbortController();
  const connections = [];
  server.on("connection", (socket) => {
    connections.push(once(socket, "close"));
    if (connections.length === 3) {
      settled.abort();
    }
  });
  const silenced = next(watch);
  await once(settled.signal, "abort");
  // The connections are closed at once.
  await Promise.all(connections);
  server.close();
  // All of them at once: nothing says that it is not the network.
  assert.equal(await silenced, "many_silent");
  await watch.return();
});

test("without TCP a watch tells what the list shows, and what needs probes is refused", async () => {
  const simulator = await three();
  const { fetch, clock, apiKey } = simulator;
  // What browsers load. This process is none.
  const dist = dirname(fileURLToPath(import.meta.resolve("stablevps")));
  const browser = await import(pathToFileURL(join(dist, "browser.js")));
  await browser.init(readFileSync(join(dist, "stablevps.wasm")));
  const { vps } = new browser.StableVPS({ fetch, clock, apiKey });
  const watch = vps.watch({ atMost: 60 * MINUTE });
  assert.equal(await next(watch), "started");
  hang(simulator, "b");
  simulator.control({ set_vps: { id: "a", vps_status: "suspended" } });
  assert.equal(await next(watch), "status_changed a");
  assert.equal(await next(watch), "over");

  const asked = simulator.requests().length;
  for (const [field, begin] of [
    ["reboot", () => vps.watch({ reboot: "when_silent" }).next()],
    ["probing", () => vps.watch({ probing: true }).next()],
    ["waitFor", () => vps.provision(ORDER, { waitFor: "reachable" })],
    ["waitFor", () => vps.waitUntilReady("c", { waitFor: "reachable" })],
  ]) {
    await assert.rejects(begin(), { code: "invalid_input", field, message: /has no TCP/ });
  }
  assert.equal(simulator.requests().length, asked);
  const own = vps.watch({ prober: () => "silent", alarmDays: 0 });
  assert.equal(await next(own), "started");
  await own.return();

  // A token may come from a platform that has it. What was bought stays bought.
  const stop = new AbortController();
  const prober = () => {
    stop.abort();
    return "silent";
  };
  const elsewhere = simulator.client({ prober }).vps;
  const options = { waitFor: "reachable", signal: stop.signal };
  const { token } = await elsewhere.provision(ORDER, options).catch((error) => error);
  const error = await vps.resume(token).catch((error) => error);
  assert.deepEqual([error.code, error.field], ["invalid_input", "prober"]);
  assert.equal((await simulator.client().vps.resume(error.token)).vps.vpsStatus, "active");
  assert.equal(simulator.state().orders_placed, 1);
});

test("a purchase may wait until its VPS answers", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  const { vps } = await client.vps.provision(ORDER, { waitFor: "reachable" });
  assert.equal(simulator.prober({ address: vps.ipAddress, port: 3389 }), "answered");

  let asked = 0;
  const prober = () => (++asked < 4 ? "silent" : "answered");
  const slow = simulator.client({ prober });
  await slow.vps.waitUntilReady(vps.id, { waitFor: "reachable" });
  assert.equal(asked, 4);
});
