import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { afterEach, test } from "node:test";
import { inspect } from "node:util";
import * as stablevps from "stablevps";
import {
  cents,
  compareMoney,
  formatMoney,
  fromCents,
  InvalidInputError,
  isStableVPSError,
  PLANS,
  price,
  Secret,
  ServerError,
  StableVPS,
  StableVPSError,
  TransportError,
} from "stablevps";
import { Simulator } from "stablevps/testing";
import { KEY, ORDER } from "./support.mjs";

afterEach(() => {
  delete process.env.STABLEVPS_API_KEY;
});

test("every endpoint works", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  assert.deepEqual(await client.wallet.get(), { balance: "100.00", currency: "EUR" });
  const account = await client.account.get();
  assert.equal(account.balance, "100.00");
  const order = await client.vps.create(ORDER);
  assert.equal(order.cost, "19.49");
  const [listed] = await client.vps.list();
  assert.equal(listed.id, order.id);
  simulator.advance(200_000);
  assert.equal((await client.vps.get(order.id)).vpsStatus, "active");
  assert.equal((await client.vps.stop(order.id)).action, "stop");
  assert.equal((await client.vps.start(order.id)).action, "start");
  assert.equal((await client.vps.reboot(order.id)).action, "reboot");
  assert.equal((await client.vps.delete(order.id)).id, order.id);
  const { email, password } = simulator.control("state").account ?? {
    email: account.email,
    password: undefined,
  };
  assert.equal((await client.keys.list()).length, 1);
  if (password !== undefined) {
    const created = await client.keys.create({ email, password, name: "bot", scope: "read" });
    assert.match(created.apiKey.reveal(), /^svps_/);
  }
});

test("the key comes from the environment unless it is passed", async () => {
  const simulator = await Simulator.create();
  process.env.STABLEVPS_API_KEY = simulator.apiKey.reveal();
  const client = simulator.client({ apiKey: undefined });
  assert.equal((await client.wallet.get()).balance, "100.00");
  // As it comes from a file.
  for (const end of ["\n", "\r\n", " \t\n"]) {
    process.env.STABLEVPS_API_KEY = simulator.apiKey.reveal() + end;
    const apiKey = new Secret(simulator.apiKey.reveal() + end);
    for (const options of [{ apiKey: undefined }, { apiKey }]) {
      assert.equal((await simulator.client(options).wallet.get()).currency, "EUR");
    }
  }
  const keyless = simulator.client({ apiKey: null });
  await assert.rejects(keyless.wallet.get(), (error) => isStableVPSError(error, "invalid_input"));
});

const TOO_LONG = "timeout must be finite, and less than a billion seconds";

const REFUSED = [
  [{ apiKey: "a\nb" }, "apiKey must be printable ASCII without spaces or line breaks"],
  [{ apiKey: 7 }, "apiKey must be a string, not a number"],
  [{ apiKey: KEY, baseUrl: "http://stablevps.com" }, /^baseUrl must be https/],
  [{ apiKey: KEY, baseUrl: "https://" }, /^baseUrl must/],
  [{ apiKey: KEY, auth: "basic" }, 'auth must be "bearer" or "x-api-key"'],
  [{ apiKey: KEY, timeout: 0 }, "timeout must be more than zero"],
  [{ apiKey: KEY, timeout: Number.NaN }, "timeout must be a number of milliseconds"],
  [{ apiKey: KEY, timeout: Number.POSITIVE_INFINITY }, TOO_LONG],
  [{ apiKey: KEY, timeout: 1e300 }, TOO_LONG],
  [{ apiKey: KEY, timeout: Number.NEGATIVE_INFINITY }, "timeout must be more than zero"],
  [{ apiKey: KEY, timeout: -0.4 }, "timeout must be more than zero"],
  [{ apiKey: KEY, timeout: "5" }, "timeout must be a number of milliseconds"],
  [{ apiKey: KEY, maxRetries: -1 }, "maxRetries must be a whole number from 0 to 1000"],
  [{ apiKey: KEY, maxRetries: 1001 }, "maxRetries must be a whole number from 0 to 1000"],
  [{ apiKey: KEY, maxRetries: 1e300 }, "maxRetries must be a whole number from 0 to 1000"],
  [{ apiKey: KEY, maxRetries: 1.5 }, "maxRetries must be a whole number"],
  [{ apiKey: KEY, maxRetries: "2" }, "maxRetries must be a number, not a string"],
  [{ apiKey: KEY, randomSeed: -1 }, "randomSeed must be a whole number from 0"],
  [null, "options must be an object, not null"],
  [{ apiKey: KEY, fetch: "fetch" }, "fetch must be a function"],
];

test("options that can't be used are refused at once", () => {
  for (const [options, message] of REFUSED) {
    assert.throws(() => new StableVPS(options), { name: "InvalidInputError", message });
  }
});

test("arguments that can't be used are refused before anything is sent", async () => {
  const simulator = await Simulator.create();
  const client = simulator.client();
  const cases = [
    [() => client.vps.get("a/b"), "id"],
    [() => client.vps.get(undefined), "id"],
    [() => client.vps.delete(""), "id"],
    [() => client.vps.create({ ...ORDER, planId: "" }), "planId"],
    [() => client.vps.create(null), "params"],
    [() => client.vps.provision({ ...ORDER, location: 1 }), "location"],
    [() => client.vps.provision(ORDER, { maxSpend: "much" }), "maxSpend"],
    [() => client.vps.provision(ORDER, { maxSpend: 20 }), "maxSpend"],
    [() => client.vps.provision(ORDER, { waitFor: "soon" }), "waitFor"],
    [() => client.vps.provision(ORDER, { preflight: "no" }), "preflight"],
    [() => client.vps.provision(ORDER, { timeout: -1 }), "timeout"],
    [() => client.vps.provision(ORDER, { firstLook: -1 }), "firstLook"],
    [() => client.vps.provision(ORDER, { longestPause: 0 }), "longestPause"],
    [() => client.vps.provision(ORDER, { settle: Number.NaN }), "settle"],
    [() => client.vps.provision(ORDER, { onProgress: 1 }), "onProgress"],
    [() => client.vps.resume(7), "token"],
    [() => client.vps.resume("{}", { anyKey: 1 }), "anyKey"],
    [() => client.keys.create({ email: "x", password: "p", name: "n" }), "email"],
    [() => client.keys.create({ email: "a@b.c", password: "p", name: "" }), "name"],
    [
      () => client.keys.create({ email: "a@b.c", password: "p", name: "n", expiresInDays: 1.5 }),
      "expiresInDays",
    ],
    [
      () => client.keys.create({ email: "a@b.c", password: "p", name: "n", expiresInDays: 0 }),
      "expiresInDays",
    ],
    [() => client.keys.revoke("../vps"), "keyId"],
    [() => client.vps.get("\ud800"), "id"],
    [() => client.wallet.get(null), "options"],
    [() => client.wallet.get({ timeout: 0 }), "timeout"],
    [() => client.wallet.get({ deadline: Number.POSITIVE_INFINITY }), "deadline"],
  ];
  for (const [call, field] of cases) {
    const error = await call().then(
      () => assert.fail(`${call} was accepted`),
      (error) => error,
    );
    assert.ok(error instanceof InvalidInputError, `${call}: ${error}`);
    assert.equal(error.field.split(".")[0], field, `${call}: ${error.message}`);
    assert.ok(error.message.startsWith(field), error.message);
  }
  assert.deepEqual(simulator.requests(), []);
});

test("what a simulator can't be or do is refused in JavaScript's names", async () => {
  await assert.rejects(Simulator.create({ provisioningMs: 1, balnce: 5 }), (error) => {
    assert.ok(error instanceof InvalidInputError);
    assert.match(error.message, /^config is not valid: unknown field `balnce`.* `provisioningMs`/);
    return !error.message.includes(" at line ");
  });
  const simulator = await Simulator.create();
  assert.throws(() => simulator.control({ explode: {} }), { field: "command" });
});

test("no secret is printed, logged or written", async () => {
  const simulator = await Simulator.create({ provisioningMs: 0 });
  const logged = [];
  const logger = { debug: (line) => logged.push(line), warn: (line) => logged.push(line) };
  const client = simulator.client({ logger });
  const bought = await client.vps.provision(ORDER);
  simulator.fault({ status: { code: 500, effect: "before" } }, { times: 3 });
  const error = await client.wallet.get().catch((error) => error);
  const secrets = [simulator.apiKey.reveal(), bought.vps.rdpPassword.reveal()];
  const shown = [client, bought, error, simulator, simulator.apiKey].flatMap((value) => [
    inspect(value, { depth: 9, showHidden: true }),
    JSON.stringify(value),
    String(value),
  ]);
  assert.ok(logged.length > 5);
  for (const text of [...shown, ...logged]) {
    for (const secret of secrets) {
      assert.ok(!text?.includes(secret), text);
    }
  }
  assert.equal(`${bought.vps.rdpPassword}`, "***");
  assert.equal(JSON.stringify({ secret: new Secret("x") }), '{"secret":"***"}');
});

test("secrets are compared by their text, and never copied without it", async () => {
  const [one, same, other] = ["a", "a", "b"].map((text) => new Secret(text));
  assert.deepStrictEqual(one, same);
  assert.notDeepStrictEqual(one, other);
  assert.ok(one.equals(same) && !one.equals(other));
  const { reveal } = one;
  assert.equal(reveal(), "a");

  const simulator = await Simulator.create({ provisioningMs: 0 });
  const client = simulator.client();
  const bought = [await client.vps.provision(ORDER), await client.vps.provision(ORDER)];
  const [first, second] = bought.map(({ vps }) => vps);
  assert.deepStrictEqual(await client.vps.get(first.id), await client.vps.get(first.id));
  assert.notDeepStrictEqual({ ...first, rdpPassword: second.rdpPassword }, { ...first });
  for (const copied of [one, first, bought[0]]) {
    assert.throws(() => structuredClone(copied), { name: "DataCloneError" });
  }
  const [listed] = await client.vps.list();
  assert.deepEqual(structuredClone(listed), listed);
  try {
    assert.deepStrictEqual(first.rdpPassword, second.rdpPassword);
    assert.fail("they are equal");
  } catch (error) {
    for (const { rdpPassword } of [first, second]) {
      assert.ok(!error.message.includes(rdpPassword.reveal()));
    }
    assert.notEqual(error.message, "they are equal");
  }
});

test("every code has a class that is exported", () => {
  const classes = Object.entries(stablevps).filter(
    ([, value]) => value === StableVPSError || value.prototype instanceof StableVPSError,
  );
  assert.ok(classes.length > 20);
  for (const [name, Class] of classes) {
    const code = name === "AbortError" ? "aborted" : snake(name.replace(/Error$/, ""));
    const error = new Class({ code, message: "m", fault: "caller", next: "retry", attempts: 0 });
    if (Class !== StableVPSError) {
      assert.deepEqual([error.name, isStableVPSError(error, code)], [name, true]);
    }
  }
});

function snake(name) {
  return name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

test("errors are classes, and known by their code", async () => {
  const simulator = await Simulator.create();
  simulator.fault({ status: { code: 502, effect: "before" } }, { times: 9 });
  const error = await simulator
    .client()
    .wallet.get()
    .catch((error) => error);
  assert.ok(error instanceof StableVPSError && error instanceof ServerError);
  assert.equal(error.name, "ProviderError");
  assert.deepEqual(
    [error.code, error.fault, error.next, error.endpoint, error.status, error.attempts],
    ["provider", "server", "retry", "GET /wallet", 502, 3],
  );
  assert.ok(isStableVPSError(error) && isStableVPSError(error, "provider"));
  assert.ok(!isStableVPSError(error, "server") && !isStableVPSError(new Error("x")));
  assert.ok(!isStableVPSError(undefined) && !isStableVPSError("provider"));
  const { code, message, stack } = JSON.parse(JSON.stringify(error));
  assert.deepEqual([code, message, stack], ["provider", error.message, undefined]);
  assert.match(inspect(error), /^ProviderError: .*\n[\s\S]*code: 'provider'/);
});

test("a fetch that breaks in its own way ends in a transport error", async () => {
  for (const broken of [
    () => Promise.reject(new Error(`no way to send with ${KEY}`)),
    () => {
      throw new TypeError("not even a promise");
    },
    async () => undefined,
  ]) {
    const client = new StableVPS({ apiKey: KEY, maxRetries: 0, fetch: broken });
    const error = await client.wallet.get().catch((error) => error);
    assert.ok(error instanceof TransportError, String(error));
    assert.deepEqual([error.kind, error.delivery], ["io", "unknown"]);
    assert.ok(!inspect(error).includes(KEY));
  }
});

test("money is exact", () => {
  assert.equal(cents("19.49") + cents("0.51"), 2000);
  assert.equal(cents("-0.05"), -5);
  assert.equal(cents("0.1"), 10);
  assert.equal(fromCents(5), "0.05");
  assert.equal(fromCents(-1949), "-19.49");
  for (const amount of [0, 1, 99, 100, 123_456_789, -1, -100]) {
    assert.equal(cents(fromCents(amount)), amount);
  }
  for (const bad of ["", "1,5", "1.234", "1e3", "NaN", "99999999999999999"]) {
    assert.throws(() => cents(bad), RangeError, bad);
  }
  assert.throws(() => fromCents(0.5), RangeError);
  const sums = ["100.00", "20", "-5.00", "19.49"].sort(compareMoney);
  assert.deepEqual(sums, ["-5.00", "19.49", "20", "100.00"]);
  assert.ok(compareMoney("100.00", "20") > 0 && compareMoney("0.1", "0.10") === 0);
  assert.throws(() => compareMoney("1", "much"), RangeError);
  assert.equal(formatMoney("19.49", "EUR", "en"), "€19.49");
});

test("the catalogue is there without a request", () => {
  assert.deepEqual(
    PLANS.map(({ id }) => id),
    ["basic", "prime", "pro"],
  );
  assert.equal(price("prime", "monthly"), "19.49");
  assert.equal(price("prime", "weekly"), null);
  assert.equal(price("mega", "monthly"), null);
});

/** What a program of its own prints. */
function printed(program) {
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

const AS_A_PAGE = `
  const { StableVPS } = await import("stablevps");
  const { log } = console;
  globalThis.window = globalThis.document = {};
`;

test("a page may not hold a key unless that is allowed", () => {
  const program = `
    ${AS_A_PAGE}
    delete globalThis.process;
    try { new StableVPS({ apiKey: "${KEY}" }); } catch (error) { log(error.field); }
    new StableVPS({ apiKey: "${KEY}", dangerouslyAllowBrowser: true });
    new StableVPS({ apiKey: null });
    log("allowed");
  `;
  assert.equal(printed(program), "apiKey\nallowed\n");
});

test("Node with a page's globals is no page, a window of Electron is one", () => {
  const program = `
    ${AS_A_PAGE}
    new StableVPS({ apiKey: "${KEY}" });
    globalThis.process.type = "renderer";
    try { new StableVPS({ apiKey: "${KEY}" }); } catch (error) { log(error.field); }
  `;
  assert.equal(printed(program), "apiKey\n");
});

test("a purchase that fails unwatched stays loud", () => {
  const program = `
    import { Simulator } from "stablevps/testing";
    const simulator = await Simulator.create({ balance: 0 });
    simulator.client().vps.provision({ planId: "pro", billingCycle: "monthly", location: "tokyo" });
  `;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  assert.equal(run.status, 1);
  assert.match(run.stderr, /InsufficientFundsError/);
});
