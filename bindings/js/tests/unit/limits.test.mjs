/** Whatever the caller's own functions do, a call ends when it must and nothing that was paid is lost. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { InvalidInputError, isStableVPSError, StableVPS } from "stablevps";
import { Simulator } from "stablevps/testing";
import { KEY, ORDER } from "./support.mjs";

const never = () => new Promise(() => {});

/** Keeps a purchase in its `onProgress` for that phase; `there` resolves when it is. */
function stuckIn(phase) {
  let arrive;
  const there = new Promise((resolve) => {
    arrive = resolve;
  });
  const onProgress = (progress) => {
    if (progress.phase === phase) {
      arrive();
      return never();
    }
  };
  return { there, onProgress };
}

for (const phase of ["preflight", "ordering", "polling"]) {
  test(`an onProgress that never settles in ${phase} is left when the signal is aborted`, async () => {
    const simulator = await Simulator.create();
    const client = simulator.client();
    const { there, onProgress } = stuckIn(phase);
    const stop = new AbortController();
    const stuck = client.vps.provision(ORDER, { onProgress, signal: stop.signal });
    await there;
    const next = client.vps.provision(ORDER);
    stop.abort();
    const error = await stuck.catch((error) => error);
    assert.deepEqual([error.name, typeof error.token], ["AbortError", "string"]);
    await next;
    const placed = phase === "polling" ? 2 : 1;
    assert.equal(simulator.state().orders_received, placed, "the turn was passed on");
    if (phase === "polling") {
      const resumed = await client.vps.resume(error.token);
      assert.equal(resumed.charged, "19.49");
      assert.equal(simulator.state().orders_received, placed);
    }
  });

  test(`an onProgress that never settles in ${phase} is left when the time allowed is over`, async () => {
    const simulator = await Simulator.create();
    const client = simulator.client();
    const { there, onProgress } = stuckIn(phase);
    const stuck = client.vps.provision(ORDER, { onProgress, timeout: 600_000 });
    await there;
    simulator.advance(700_000);
    const error = await stuck.catch((error) => error);
    assert.deepEqual([error.code, typeof error.token], ["deadline_exceeded", "string"]);
    assert.deepEqual([error.waitingFor, error.fault], ["onProgress", "caller"]);
    assert.match(error.message, /onProgress/);
    await client.vps.provision(ORDER);
    assert.equal(simulator.state().orders_received, phase === "polling" ? 2 : 1);
  });
}

test("a fetch that ignores its signal is left when the signal is aborted", async () => {
  const stop = new AbortController();
  const fetch = () => {
    queueMicrotask(() => stop.abort("enough"));
    return never();
  };
  const client = new StableVPS({ apiKey: KEY, fetch });
  const error = await client.vps.reboot("1", { signal: stop.signal }).catch((error) => error);
  assert.deepEqual([error.name, error.cause, error.next], ["AbortError", "enough", "ask"]);
});

test("a fetch that ignores its signal is left when its time is over, its body too", async () => {
  const endless = new Response(new ReadableStream({ pull: never }));
  for (const fetch of [never, async () => endless]) {
    const simulator = await Simulator.create();
    const client = simulator.client({ fetch, maxRetries: 0 });
    const error = await client.wallet.get({ timeout: 5_000 }).catch((error) => error);
    assert.deepEqual([error.code, error.kind, error.delivery], ["transport", "timeout", "unknown"]);
  }
});

test("an order whose fetch ignores its signal is looked for, and never sent again", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client({
    fetch: (url, init) => {
      const reply = simulator.fetch(url, init);
      return init.method === "POST" ? never() : reply;
    },
  });
  const bought = await client.vps.provision(ORDER);
  assert.deepEqual([bought.recovered, bought.ordersSent], [true, 1]);
  assert.equal(simulator.state().orders_received, 1);
});

test("a logger that throws or rejects breaks no call", async () => {
  const broken = () => {
    throw new Error("the log is full");
  };
  for (const method of [broken, async () => broken()]) {
    const simulator = await Simulator.create();
    const client = simulator.client({ logger: { debug: method, warn: method } });
    assert.equal((await client.vps.create(ORDER)).cost, "19.49");
    assert.equal((await client.vps.provision(ORDER)).charged, "19.49");
  }
});

test("what onProgress throws carries the token, or is the cause of an error that does", async () => {
  const frozen = Object.freeze(new Error("frozen"));
  const sealed = Object.seal(new Error("sealed"));
  const readOnly = Object.defineProperty(new Error("read only"), "token", { get: () => undefined });
  const otherPurchase = Object.assign(new Error("another's"), { token: "another's" });
  const ofAnotherCall = await new StableVPS({ apiKey: KEY, maxRetries: 0, fetch: throwing }).wallet
    .get()
    .catch((error) => error);
  for (const thrown of [
    ofAnotherCall,
    frozen,
    sealed,
    readOnly,
    otherPurchase,
    "text",
    undefined,
    null,
  ]) {
    for (const how of [(error) => Promise.reject(error), throwing]) {
      const simulator = await Simulator.create();
      const client = simulator.client();
      const onProgress = ({ phase }) => (phase === "polling" ? how(thrown) : undefined);
      const error = await client.vps.provision(ORDER, { onProgress }).catch((error) => error);
      assert.ok(error instanceof InvalidInputError, String(thrown));
      assert.deepEqual([error.field, error.cause], ["onProgress", thrown]);
      assert.equal(error.next, "resume");
      const resumed = await client.vps.resume(error.token);
      assert.equal(resumed.charged, "19.49");
      assert.equal(simulator.state().orders_received, 1, String(thrown));
    }
  }
});

function throwing(error) {
  throw error;
}

test("what is no signal, no logger and no clock is refused, at every method", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  for (const signal of [{}, "now", { aborted: false }, new AbortController()]) {
    for (const call of everyMethod(client, { signal })) {
      const error = await call().catch((error) => error);
      assert.deepEqual([error.name, error.field], ["InvalidInputError", "signal"], String(call));
    }
  }
  assert.deepEqual(simulator.requests(), []);
  for (const logger of [{}, { debug() {} }, 7]) {
    assert.throws(() => new StableVPS({ logger }), { field: "logger" });
  }
  for (const clock of [{}, { now: () => 0, after: () => () => {} }]) {
    assert.throws(() => new StableVPS({ clock }), { field: "clock" });
  }
});

test("an option that does not exist is refused, at every method", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  for (const name of ["maxspend", "Signal", "timeoutMs", "toString", "maxSpendEur"]) {
    for (const call of everyMethod(client, { [name]: "1" })) {
      const error = await call().catch((error) => error);
      assert.deepEqual([error.name, error.field], ["InvalidInputError", name], String(call));
      assert.match(error.message, /is not one of the options, which are .*signal/);
    }
  }
  for (const call of [
    () => client.vps.provision({ ...ORDER, maxSpend: "20" }),
    () => client.vps.create({ ...ORDER, maxSpend: "20" }),
    () => client.keys.create({ email: "a@b.c", password: "p", name: "n", maxSpend: "1" }),
  ]) {
    const error = await call().catch((error) => error);
    assert.deepEqual([error.name, error.field], ["InvalidInputError", "maxSpend"], String(call));
  }
  assert.deepEqual(simulator.requests(), []);
  for (const name of ["baseURL", "api_key", "apikey", "dangerouslyAllowRepeatedOrder"]) {
    assert.throws(() => new StableVPS({ [name]: "x" }), { field: name });
  }
  assert.throws(() => simulator.fault("lose_after", { methode: "POST" }), { field: "methode" });
});

/** Every method of a client, with those options. */
function everyMethod({ account, keys, vps, wallet }, options) {
  return [
    () => account.get(options),
    () => keys.create({ email: "a@b.c", password: "p", name: "n" }, options),
    () => keys.list(options),
    () => keys.revoke("1", options),
    () => vps.create(ORDER, options),
    () => vps.delete("1", options),
    () => vps.get("1", options),
    () => vps.list(options),
    () => vps.provision(ORDER, options),
    () => vps.reboot("1", options),
    () => vps.resume("{}", options),
    () => vps.start("1", options),
    () => vps.stop("1", options),
    () => vps.waitUntilReady("1", options),
    () => wallet.get(options),
  ];
}

const BROWSER = new URL("../node_modules/stablevps/dist/browser.js", import.meta.url).href;

/** A program with the package's form for browsers; what it prints. */
function browserProgram(program) {
  const text = `
    globalThis.fetch = () => { throw new Error("not prepared"); };
    const { init, StableVPS } = await import(${JSON.stringify(BROWSER)});
    const client = new StableVPS({ apiKey: null, timeout: 50 });
    const outcome = async (call) => {
      const { name, kind, delivery, message, cause } = await call().catch((error) => error);
      console.log(JSON.stringify([name, kind, delivery, cause?.message, message]));
    };
    ${program}
  `;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", text], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("a core that can't be loaded is a transport error: nothing was sent", () => {
  const [broken, status, html, bytes] = browserProgram(`
    globalThis.fetch = async () => { throw new TypeError("offline"); };
    await outcome(() => client.wallet.get());
    globalThis.fetch = async () => new Response("gone", { status: 404 });
    await outcome(() => client.vps.provision({ planId: "prime", billingCycle: "monthly", location: "london" }));
    globalThis.fetch = async () => new Response("<html>");
    await outcome(() => client.vps.list());
    await outcome(() => init(new Uint8Array([1, 2, 3])));
  `);
  for (const [name, kind, delivery] of [broken, status, html, bytes]) {
    assert.deepEqual([name, kind, delivery], ["TransportError", "io", "not_sent"]);
  }
  assert.equal(broken[3], "offline");
  assert.match(status[4], /status 404.*await init\(url\)/);
  assert.match(html[4], /is not WebAssembly/);
});

test("a core that does not come is waited for as long as a request, or until the signal", () => {
  const [late, soon, aborted, purchase] = browserProgram(`
    globalThis.fetch = () => new Promise(() => {});
    await outcome(() => client.wallet.get());
    await outcome(() => client.wallet.get({ deadline: 10 }));
    const signal = AbortSignal.abort(new Error("enough"));
    await outcome(() => client.wallet.get({ signal }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")));
    await outcome(() => client.vps.resume("{}", { signal: stop.signal, timeout: 60_000 }));
  `);
  assert.deepEqual(late.slice(0, 3), ["TransportError", "timeout", "not_sent"]);
  assert.match(late[4], /longer than 50 ms/);
  assert.match(soon[4], /longer than 10 ms/);
  for (const [name, , , cause] of [aborted, purchase]) {
    assert.deepEqual([name, cause], ["AbortError", "enough"]);
  }
});

test("a browser's core has no stores, and says so before anything is sent", () => {
  const [listed, bought, plain] = browserProgram(`
    const { readFileSync } = await import("node:fs");
    await init(readFileSync(new URL("stablevps.wasm", ${JSON.stringify(BROWSER)})));
    const store = { carryOut: () => { throw new Error("asked"); } };
    const recorded = new StableVPS({ apiKey: "svps_live_a", store });
    await outcome(() => recorded.purchases.list());
    const order = { planId: "prime", billingCycle: "monthly", location: "london" };
    await outcome(() => recorded.vps.provision(order, { idempotencyKey: "order-1" }));
    await outcome(() => recorded.wallet.get());
  `);
  for (const [name, , , , message] of [listed, bought]) {
    assert.equal(name, "InvalidInputError");
    assert.equal(message, "store can't be used with this build of the core");
  }
  assert.equal(plain[0], "TransportError");
});

test("a platform without WebAssembly is told at once", () => {
  const program = `
    delete globalThis.WebAssembly;
    const { isStableVPSError, StableVPS } = await import("stablevps");
    try {
      new StableVPS({ apiKey: null });
    } catch (error) {
      console.log(isStableVPSError(error, "transport"), error.cause?.name);
    }
  `;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  assert.equal(run.stdout, "true ReferenceError\n", run.stderr);
});

test("where a platform may repeat requests nothing is ordered, by whatever method", async () => {
  const simulator = await Simulator.create();
  let token;
  await simulator
    .client()
    .vps.provision(ORDER, {
      onProgress: (progress) => {
        token ??= progress.token;
        throw new Error("enough");
      },
    })
    .catch(() => {});
  const program = `
    delete globalThis.process;
    const { StableVPS } = await import("stablevps");
    const sent = [];
    globalThis.fetch = async (url, init) => { sent.push(init.method); return new Response("{}"); };
    const client = new StableVPS({ apiKey: ${JSON.stringify(simulator.apiKey.reveal())} });
    const order = ${JSON.stringify(ORDER)};
    for (const call of [
      () => client.vps.provision(order),
      () => client.vps.create(order),
      () => client.vps.resume(${JSON.stringify(token)}),
    ]) {
      const { code, field, message, token } = await call().catch((error) => error);
      const named = message.includes("dangerouslyAllowRepeatedOrders: true");
      console.log(code, field, named, typeof token, sent.length);
    }
  `;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  assert.equal(run.status, 0, run.stderr);
  const refused = (token) => `invalid_input fetch true ${token} 0`;
  assert.deepEqual(run.stdout.trim().split("\n"), [
    refused("string"),
    refused("object"),
    refused("string"),
  ]);
});

test("a refused purchase's token is one from before the order, good for a server", async () => {
  const simulator = await Simulator.create();
  const tokens = [];
  const stopped = simulator.client().vps.provision(ORDER, {
    onProgress: ({ token }) => {
      tokens.push(token);
      throw new Error("enough");
    },
  });
  await stopped.catch(() => {});
  const bought = await simulator.client().vps.resume(tokens[0]);
  assert.deepEqual([bought.ordersSent, bought.recovered], [1, false]);
  assert.ok(
    isStableVPSError(
      await simulator
        .client()
        .vps.resume("{}")
        .catch((e) => e),
    ),
  );
});
