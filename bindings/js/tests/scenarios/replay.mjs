/**
 * Replays the conversations that every language's package must agree with, through the public facade.
 * It knows nothing of Node: a page in a browser runs it too. Their form is in `tests/scenarios/README.md`
 * at the top of the repository.
 */

/** Plays one; gives what is wrong with it, or nothing. */
export async function replay(stablevps, scenario) {
  const script = new Script(stablevps, scenario);
  const got = await outcome(stablevps, scenario, script);
  const expected = spelled(scenario.result);
  if (script.fault) {
    return script.fault;
  }
  if (canonical(got) !== canonical(expected)) {
    return `got ${canonical(got)}\nexpected ${canonical(expected)}`;
  }
  return script.isAtItsEnd() ? undefined : "the conversation was not over";
}

async function outcome(stablevps, scenario, script) {
  const [resource, method] = scenario.call.method.split(".");
  const name = method.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  try {
    const client = new stablevps.StableVPS({
      apiKey: null,
      ...timesNamed(scenario.client),
      randomSeed: scenario.seed,
      fetch: (url, init) => script.fetch(url, init),
      clock: script,
      dangerouslyAllowBrowser: true,
    });
    return { ok: document(await client[resource][name](...arguments_(scenario.call))) };
  } catch (error) {
    if (!stablevps.isStableVPSError(error)) {
      throw error;
    }
    return { error: errorDocument(error) };
  }
}

const PARAMS = {
  "keys.create": ["email", "password", "name", "scope", "expiresInDays"],
  "vps.create": ["planId", "billingCycle", "location"],
  "vps.provision": ["planId", "billingCycle", "location"],
};
const FIRST = { "keys.revoke": "keyId", "vps.resume": "token" };

/** A call's arguments as this package takes them: first what it is about, then how. */
function arguments_({ method, args }) {
  const rest = { ...args };
  const take = (name) => {
    const value = rest[name];
    delete rest[name];
    return value;
  };
  if (method in PARAMS) {
    const params = Object.fromEntries(
      PARAMS[method].filter((name) => name in rest).map((name) => [name, take(name)]),
    );
    return [params, timesNamed(rest)];
  }
  const first = FIRST[method] ?? "id";
  return first in rest ? [take(first), timesNamed(rest)] : [timesNamed(rest)];
}

/** Times are in milliseconds here, and their names do not say so. */
function timesNamed(options) {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name.replace(/Ms$/, ""), value]),
  );
}

/** The names of arguments are JavaScript's own here. */
function spelled(result) {
  if (result.error?.code !== "invalid_input") {
    return result;
  }
  const { error } = result;
  const field = error.details.field.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const { reason } = error.details;
  return { error: { ...error, message: `${field} ${reason}`, details: { field, reason } } };
}

/** What is to happen, as a `fetch` and a clock. */
class Script {
  fault;
  #turns;
  #time;
  #passed = 0;
  #failure;
  #awaited = new Set();

  constructor(stablevps, scenario) {
    this.#turns = [...scenario.script];
    this.#time = scenario.now;
    this.#failure = stablevps.TransportFailure;
  }

  isAtItsEnd() {
    return this.#turns.length === 0;
  }

  /** Right when the call begins; then somebody sets the clock, again and again. */
  now() {
    const time = this.#time;
    this.#time = time === 0 ? 2 * Date.now() : 0;
    return time;
  }

  monotonic() {
    return this.#passed;
  }

  /** A wait, or the time allowed for a request that follows at once. */
  after(ms, run) {
    if (this.#turns[0]?.request) {
      const timer = { ms };
      this.#awaited.add(timer);
      setTimeout(() => {
        if (this.#awaited.delete(timer)) {
          this.#wrong(`a wait of ${ms} ms in place of a request`);
          run();
        }
      }, 0);
      return () => this.#awaited.delete(timer);
    }
    const wait = this.#turns.shift()?.wait;
    if (wait?.delayMs !== ms) {
      this.#wrong(`a wait of ${ms} ms in place of ${JSON.stringify(wait)}`);
    }
    this.#passed += ms;
    setTimeout(run, 0);
    return () => {};
  }

  async fetch(url, init) {
    this.#awaited.clear();
    const turn = this.#turns.shift();
    const expected = turn?.request;
    const sent = Object.fromEntries(
      Object.entries(init.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const named = Object.keys(expected?.headers ?? {}).map((name) => name.toLowerCase());
    const made = canonical({
      method: init.method,
      url,
      headers: Object.fromEntries(named.map((name) => [name, sent[name] ?? null])),
      body: init.body == null ? null : JSON.parse(init.body),
    });
    const wanted = canonical({
      ...expected,
      headers: Object.fromEntries(
        Object.entries(expected?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    });
    if (made !== wanted) {
      this.#wrong(`${made}\nin place of ${wanted}`);
    }
    if (turn?.failed) {
      const { kind, delivery, detail } = turn.failed;
      throw new this.#failure(kind, delivery, detail);
    }
    const { status, headers, body } = turn?.reply ?? { status: 500, headers: {}, body: "" };
    const response = new Response(body, { headers });
    if (!("content-type" in headers || "Content-Type" in headers)) {
      // The platform says "text/plain" of a text by itself.
      response.headers.delete("content-type");
    }
    // Statuses that no platform lets a response be made with are among them.
    return Object.defineProperty(response, "status", { value: status });
  }

  #wrong(what) {
    this.fault ??= what;
  }
}

/** A result as its canonical document. */
function document(value) {
  if (Array.isArray(value)) {
    return value.map(document);
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (typeof value?.reveal === "function") {
    return value.reveal();
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, document(one)]));
  }
  return value;
}

const ALWAYS = ["code", "message", "fault", "next", "attempts"];
const SOMETIMES = ["endpoint", "status", "serverMessage", "token", "vps"];

/** An error as its document, read from its properties. */
function errorDocument(error) {
  const details = { ...error };
  for (const name of [...ALWAYS, ...SOMETIMES, "name", "cause"]) {
    delete details[name];
  }
  const always = ALWAYS.map((name) => [name, error[name]]);
  const sometimes = SOMETIMES.map((name) => [name, document(error[name])]);
  return Object.fromEntries([
    ...always,
    ["details", document(details)],
    ...sometimes.filter(([, value]) => value !== null),
  ]);
}

/** As text, with the names of every object in order. */
function canonical(value) {
  return JSON.stringify(value, (_, one) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
