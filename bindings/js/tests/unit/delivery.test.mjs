/** What the failures of a `fetch` say: nothing was sent only where every error says so. */

import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { StableVPS, TransportFailure } from "stablevps";
import { Simulator } from "stablevps/testing";
import { KEY, ORDER } from "./support.mjs";

const error = (facts) => Object.assign(new Error("simulated"), facts);
const failed = (cause) => new TypeError("fetch failed", { cause });
const several = (...errors) => Object.assign(new AggregateError(errors), { code: "ECONNREFUSED" });

const refused = error({ code: "ECONNREFUSED", syscall: "connect" });
const unreachable = error({ code: "EHOSTUNREACH", syscall: "connect" });
const unknownHost = error({ code: "ENOTFOUND", syscall: "getaddrinfo" });
const broken = (code, syscall) => error({ code, syscall });

/** An error of another realm, as test runners make them: `instanceof Error` does not know it. */
const foreign = (facts) => Object.assign(vm.runInNewContext("new Error('simulated')"), facts);

const NOT_SENT = {
  "a refused connection": [failed(refused), "connect"],
  "an unknown host": [failed(unknownHost), "dns"],
  "no route": [failed(unreachable), "connect"],
  "every address refused": [failed(several(refused, unreachable)), "connect"],
  "a connection that takes too long": [
    failed(error({ code: "UND_ERR_CONNECT_TIMEOUT" })),
    "connect",
  ],
  "an error of another realm": [
    foreign({ cause: foreign({ code: "ECONNREFUSED", syscall: "connect" }) }),
    "connect",
  ],
  "what a fetch that knows more says": [new TransportFailure("proxy", "not_sent", "407"), "proxy"],
  "what a fetch with another copy of the package says": [
    foreign({ name: "TransportFailure", kind: "connect", delivery: "not_sent" }),
    "connect",
  ],
};

const UNKNOWN = {
  ...Object.fromEntries(
    ["EHOSTUNREACH", "ENETUNREACH", "ECONNREFUSED", "ETIMEDOUT", "EADDRNOTAVAIL"].flatMap(
      (code) => [
        [`${code} while reading`, failed(broken(code, "read"))],
        [`${code} while writing`, failed(broken(code, "write"))],
        [`${code} that says no more`, failed(error({ code }))],
        [`${code} as the error itself`, broken(code, "read")],
      ],
    ),
  ),
  "one address among several broke while reading": failed(
    several(refused, broken("ECONNREFUSED", "read")),
  ),
  "one address among several says nothing": failed(several(refused, new Error("?"))),
  "an aggregate of nothing": failed(several()),
  "reading, behind it connecting": failed(
    Object.assign(broken("ECONNRESET", "read"), { cause: refused }),
  ),
  "connecting, behind it reading": failed(
    Object.assign(broken("ECONNREFUSED", "connect"), { cause: broken("ECONNRESET", "read") }),
  ),
  "a certificate, which may be asked for again on a connection": failed(
    error({ code: "CERT_HAS_EXPIRED" }),
  ),
  "a system call by an inherited name": failed(broken("ECONNREFUSED", "toString")),
  "an error that causes itself": (() => {
    const endless = error({});
    endless.cause = endless;
    return endless;
  })(),
  "no error at all": "ECONNREFUSED",
  nothing: undefined,
};

async function outcome(thrown) {
  const fetch = () => Promise.reject(thrown);
  const client = new StableVPS({ apiKey: KEY, maxRetries: 0, fetch });
  const { kind, delivery, cause } = await client.wallet.get().catch((error) => error);
  return { kind, delivery, cause };
}

test("nothing was sent where every error is one of connecting", async () => {
  for (const [name, [thrown, kind]] of Object.entries(NOT_SENT)) {
    const { cause, ...said } = await outcome(thrown);
    assert.deepEqual(said, { kind, delivery: "not_sent" }, name);
    assert.equal(cause, thrown, name);
  }
});

test("whatever else breaks, the request may have been sent, and its error is the cause", async () => {
  for (const [name, thrown] of Object.entries(UNKNOWN)) {
    const { kind, delivery, cause } = await outcome(thrown);
    assert.equal(delivery, "unknown", name);
    assert.ok(kind === "io" || kind === "tls", name);
    assert.equal(cause, thrown, name);
  }
});

test("what a framework throws to itself comes back to it, but never from an order", async () => {
  const dynamic = Object.assign(new Error("dynamic"), { digest: "DYNAMIC_SERVER_USAGE" });
  const client = new StableVPS({ apiKey: KEY, fetch: () => Promise.reject(dynamic) });
  await assert.rejects(client.wallet.get(), (error) => error === dynamic);
  await assert.rejects(client.vps.create(ORDER), { code: "outcome_unknown", cause: dynamic });
});

test("an order is sent once whatever its connection breaks with", async () => {
  for (const [name, thrown] of Object.entries(UNKNOWN)) {
    const simulator = await Simulator.create();
    const client = simulator.client({
      fetch: async (url, init) => {
        const reply = await simulator.fetch(url, init);
        if (init.method === "POST") {
          throw thrown;
        }
        return reply;
      },
    });
    const bought = await client.vps.provision(ORDER);
    assert.deepEqual([bought.recovered, bought.charged], [true, "19.49"], name);
    assert.equal(simulator.state().orders_received, 1, name);
  }
});

test("requests say that nothing of them may be cached, and the Date of a reply is heard", async () => {
  const caches = [];
  const date = Date.UTC(2031, 0, 1);
  let passed = 0;
  const client = new StableVPS({
    apiKey: KEY,
    fetch: async (_, init) => {
      caches.push(init.cache);
      const headers = {
        "content-type": "application/json",
        date: new Date(date).toUTCString(),
        "retry-after": new Date(date + 7_000).toUTCString(),
      };
      return caches.length === 1
        ? new Response('{"error":"slow down"}', { status: 429, headers })
        : new Response('{"balance":1,"currency":"EUR"}', { headers });
    },
    clock: {
      now: () => passed,
      monotonic: () => passed,
      after: (ms, run) => {
        const timer = setImmediate(() => {
          passed += ms;
          run();
        });
        return () => clearImmediate(timer);
      },
    },
  });
  await client.wallet.get();
  assert.deepEqual(caches, ["no-store", "no-store"]);
  assert.ok(passed > 6_000 && passed <= 7_000, `${passed} ms were waited`);
});

test("what must be sent once asks for a connection of its own, whoever wraps the platform's fetch", async () => {
  const asked = [];
  const simulator = await Simulator.create({ provisioningMs: 0 });
  const client = simulator.client({
    fetch: (url, init) => {
      asked.push([init.method, init.keepalive]);
      return simulator.fetch(url, init);
    },
  });
  const { id } = await client.vps.create(ORDER);
  await client.vps.reboot(id);
  await client.vps.stop(id);
  await client.vps.get(id);
  assert.deepEqual(asked, [
    ["POST", false],
    ["POST", false],
    ["POST", undefined],
    ["GET", undefined],
  ]);
});
