/** Over real sockets: what a failure says about delivery, limits of time and size, and the simulator. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createSecureServer } from "node:https";
import { createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { isStableVPSError, readOnce, StableVPS } from "stablevps";
import { Simulator } from "stablevps/testing";
import { KEY, ORDER, serving, simulatorProgram, WALLET, wallet } from "./support.mjs";

function connected(baseUrl, options) {
  return new StableVPS({ apiKey: KEY, baseUrl, maxRetries: 0, ...options });
}

async function failure(promise) {
  const error = await promise.then(
    (value) => assert.fail(`it went well: ${JSON.stringify(value)}`),
    (error) => error,
  );
  assert.ok(isStableVPSError(error), String(error));
  return error;
}

async function verdict(promise) {
  const { code, kind, delivery } = await failure(promise);
  assert.equal(code, "transport");
  return [kind, delivery];
}

async function listening(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

test("a purchase over HTTP", async () => {
  const service = await simulatorProgram("--provisioning-ms", "0");
  try {
    const client = new StableVPS({ apiKey: service.key, baseUrl: service.url });
    const bought = await client.vps.provision(ORDER, { firstLook: 0 });
    assert.equal(bought.charged, "19.49");
    const state = await service.state();
    assert.equal(state.orders_received, 1);
    assert.equal(state.vps[0].id, bought.vps.id);
  } finally {
    await service.end();
  }
});

test("a lost reply over HTTP is looked into", async () => {
  const service = await simulatorProgram("--provisioning-ms", "0");
  try {
    const fault = { on: { method: "POST", path: "/vps" }, do: "lose_after" };
    await service.control({ fault });
    const client = new StableVPS({ apiKey: service.key, baseUrl: service.url });
    const bought = await client.vps.provision(ORDER, { firstLook: 0 });
    assert.equal(bought.recovered, true);
    assert.equal((await service.state()).orders_received, 1);
  } finally {
    await service.end();
  }
});

test("a connection that is refused, and a host that does not exist, sent nothing", async () => {
  const port = await (async () => {
    const server = createSocketServer();
    const port = await listening(server);
    server.close();
    await once(server, "close");
    return port;
  })();
  const refused = connected(`http://127.0.0.1:${port}`);
  assert.deepEqual(await verdict(refused.wallet.get()), ["connect", "not_sent"]);
  const nowhere = connected("https://no-such-host.invalid");
  assert.deepEqual(await verdict(nowhere.wallet.get()), ["dns", "not_sent"]);
});

test("a certificate that nobody vouches for is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stablevps-"));
  let server;
  try {
    const key = join(folder, "key.pem");
    const cert = join(folder, "cert.pem");
    const made = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost"],
    ]);
    assert.equal(made.status, 0, String(made.stderr ?? made.error));
    let requests = 0;
    server = createSecureServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (_, response) => {
        requests++;
        response.end(WALLET);
      },
    );
    const port = await listening(server);
    const client = connected(`https://localhost:${port}`);
    assert.deepEqual(await verdict(client.wallet.get()), ["tls", "unknown"]);
    assert.equal(requests, 0);
  } finally {
    server?.close();
    rmSync(folder, { recursive: true });
  }
});

/** A server of bare sockets; `behave` gets each connection once a request's head is there. */
async function bare(behave) {
  const heads = [];
  const sockets = new Set();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (part) => {
      if (/^(GET|POST|DELETE) /.test(part)) {
        heads.push(String(part).split("\r\n")[0]);
        behave(socket, heads.length);
      }
    });
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    heads,
    end() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}

const answer = (body) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

test("after a request was written its outcome is unknown, and nothing is sent twice", async () => {
  const behaviours = {
    reset: (socket) => socket.resetAndDestroy(),
    closed: (socket) => socket.end(),
    cut: (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"),
    garbage: (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
  };
  for (const [name, behave] of Object.entries(behaviours)) {
    const server = await bare(behave);
    const error = await failure(connected(server.url, { maxRetries: 2 }).vps.create(ORDER));
    assert.equal(error.code, "outcome_unknown", `${name}: ${error}`);
    assert.equal(server.heads.length, 1, name);
    assert.deepEqual(await verdict(connected(server.url).wallet.get()), ["io", "unknown"], name);
    server.end();
  }
});

test("an order on a kept connection that breaks is not sent again by the platform", async () => {
  const server = await bare((socket, turn) => {
    if (turn === 1) {
      socket.write(answer(WALLET));
    } else {
      socket.resetAndDestroy();
    }
  });
  const client = connected(server.url);
  assert.equal((await client.wallet.get()).balance, "12.50");
  const error = await failure(client.vps.create(ORDER));
  assert.equal(error.code, "outcome_unknown");
  assert.equal(server.heads.filter((head) => head.startsWith("POST")).length, 1);
  server.end();
});

test("what must be sent once is sent once after every status", async () => {
  for (const status of [301, 307, 401, 402, 407, 408, 421, 425, 429, 500, 503]) {
    const server = await serving((_, response) => {
      response.writeHead(status, { location: "/elsewhere", "www-authenticate": "Basic" });
      response.end("<h1>No</h1>");
    });
    const client = connected(server.url, { maxRetries: 2, timeout: 5_000 });
    for (const [call, body] of [
      [() => client.vps.create(ORDER), /london/],
      [() => client.keys.create({ email: "a@b.c", password: "p", name: "Müller" }), /Müller/],
    ]) {
      const before = server.requests.length;
      await failure(call());
      const sent = server.requests.slice(before);
      assert.equal(sent.length, 1, `${status}: ${call}`);
      assert.match(sent[0].body, body);
      assert.equal(sent[0].headers["content-length"], String(Buffer.byteLength(sent[0].body)));
    }
    server.end();
  }
});

test("a wrapper around fetch that reads a body once sends an order once after 421", async () => {
  for (const [read, times] of [
    [readOnce, 1],
    // What the standard of `fetch` says.
    [(init) => init, 2],
  ]) {
    const server = await serving((_, response) => {
      response.writeHead(421);
      response.end();
    });
    const own = (url, init) => fetch(url, read(init));
    await failure(connected(server.url, { fetch: own }).vps.create(ORDER));
    assert.equal(server.requests.length, times);
    server.end();
  }
});

test("a request that takes too long is over in time, its body included", async () => {
  for (const begin of ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"]) {
    const server = await bare((socket) => socket.write(begin));
    const slow = connected(server.url, { timeout: 60 });
    assert.deepEqual(await verdict(slow.wallet.get()), ["timeout", "unknown"]);
    server.end();
  }
});

test("an aborted request is over at once", async () => {
  const stop = new AbortController();
  const server = await bare(() => stop.abort("enough"));
  const error = await failure(connected(server.url).wallet.get({ signal: stop.signal }));
  assert.deepEqual([error.name, error.cause], ["AbortError", "enough"]);
  server.end();
});

test("a redirect is not followed with a key", async () => {
  const server = await serving((_, response) => {
    response.writeHead(302, { location: "/elsewhere" });
    response.end();
  });
  const error = await failure(connected(server.url).wallet.get());
  assert.deepEqual([error.code, error.status], ["unexpected_response", 302]);
  assert.deepEqual(
    server.requests.map(({ url }) => url),
    ["/api/v1/wallet"],
  );
  server.end();
});

test("a body beyond 16 MiB is not read, whether its length is announced or not", async () => {
  const large = Buffer.alloc(17 * 1024 * 1024, " ");
  const answers = [
    (response) => response.end(large),
    (response) => {
      response.write(large);
      response.end();
    },
    (response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(large));
    },
  ];
  for (const give of answers) {
    const server = await serving((_, response) => give(response));
    assert.deepEqual(await verdict(connected(server.url).wallet.get()), ["too_large", "unknown"]);
    server.end();
  }
});

test("a compressed body is read", async () => {
  const server = await serving((_, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync(WALLET));
  });
  assert.equal((await connected(server.url).wallet.get()).balance, "12.50");
  server.end();
});

test("the key goes into the header that was asked for, and nowhere else", async () => {
  const server = await serving(wallet);
  await connected(server.url).wallet.get();
  await connected(server.url, { auth: "x-api-key" }).wallet.get();
  const [bearer, plain] = server.requests.map(({ headers }) => headers);
  assert.equal(bearer.authorization, `Bearer ${KEY}`);
  assert.equal(bearer["x-api-key"], undefined);
  assert.equal(plain["x-api-key"], KEY);
  assert.equal(plain.authorization, undefined);
  assert.match(bearer["user-agent"], /^stablevps-js\/\d/);
  await connected(server.url, { app: "grid-bot/2.1" }).wallet.get();
  assert.match(server.requests[2].headers["user-agent"], /^grid-bot\/2\.1 stablevps-js\/\d/);
  assert.throws(() => connected(server.url, { app: "grid bot" }), { field: "app" });
  assert.ok(server.requests.every(({ url }) => !url.includes(KEY)));
  server.end();
});

test("after a 429 all calls of a client slow down together, unless that is switched off", async () => {
  const pause = async (options) => {
    const simulator = await Simulator.create();
    const client = simulator.client({ maxRetries: 0, ...options });
    simulator.fault({ status: { code: 429, effect: "before" } });
    await assert.rejects(client.wallet.get(), { code: "rate_limited" });
    const begun = simulator.now;
    await Promise.all(Array.from({ length: 5 }, () => client.wallet.get()));
    return simulator.now - begun;
  };
  assert.ok((await pause({})) > 0);
  assert.equal(await pause({ pacing: false }), 0);
  assert.throws(() => connected("https://stablevps.com", { pacing: "off" }), { field: "pacing" });
});

test("what is busy is asked again, as late as it says", async () => {
  const server = await serving((_, response, turn) => {
    if (turn === 1) {
      response.writeHead(429, { "retry-after": "7" });
      response.end('{"error":"slow down"}');
    } else {
      response.end(WALLET);
    }
  });
  const waits = [];
  let passed = 0;
  const clock = {
    now: () => Date.now(),
    monotonic: () => performance.now() + passed,
    after: (ms, run) => {
      if (ms === 40_000) {
        // The time allowed for the request.
        return () => {};
      }
      waits.push(ms);
      passed += ms;
      const timer = setImmediate(run);
      return () => clearImmediate(timer);
    },
  };
  const client = connected(server.url, { maxRetries: 1, clock, timeout: 40_000 });
  await client.wallet.get();
  assert.equal(waits.length, 1);
  assert.ok(waits[0] > 6_000 && waits[0] <= 7_000, String(waits));
  server.end();
});

test("two hundred calls at once", async () => {
  const server = await serving(wallet);
  const client = connected(server.url);
  const all = await Promise.all(Array.from({ length: 200 }, () => client.wallet.get()));
  assert.ok(all.every(({ balance }) => balance === "12.50"));
  server.end();
});
