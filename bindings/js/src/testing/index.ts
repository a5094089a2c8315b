/**
 * The service in memory, with virtual time: test a program without a network and without waiting.
 *
 * ```ts
 * const simulator = await Simulator.create({ balance: 50 });
 * const client = simulator.client();
 * await client.vps.provision({ planId: "basic", billingCycle: "monthly", location: "tokyo" });
 * simulator.state().orders_placed; // 1
 * ```
 *
 * Previews and fakes need no service: there is a function for each model, whose fields all have defaults.
 *
 * ```ts
 * sampleVps({ vpsStatus: "suspended" }).ipAddress; // "203.0.113.10"
 * ```
 *
 * @packageDocumentation
 */

import type * as glue from "../../wasm/simulator/simulator.js";
import { newWorld, sleep, systemClock } from "../clock.js";
import {
  type Clock,
  invalidInput,
  type Prober,
  Secret,
  StableVPS,
  type StableVPSOptions,
} from "../index.js";
import { Timeline } from "./timeline.js";
import { simulator } from "./wasm.js";

export * from "./samples.js";

/** Configures a simulated service. What is absent has the simulator's default. */
export interface SimulatorConfig {
  /** When its time begins, in epoch milliseconds: 2026-01-01T00:00:00Z by default. */
  now?: number | undefined;
  /**
   * `virtual`, the default: waits take no time. `real`: the simulator uses the machine's own clock, for
   * demonstrations.
   */
  time?: "virtual" | "real" | undefined;
  /** What the wallet holds, in EUR: 100 by default. */
  balance?: number | undefined;
  /** The seed of its random choices. */
  seed?: number | undefined;
  /** The account's first key; one made from the seed by default. */
  key?: string | Secret | undefined;
  /** Milliseconds until a VPS is active, or their range: 120,000 by default. */
  provisioningMs?: number | { min: number; max: number } | undefined;
  /** Milliseconds from then until its address and password are there. */
  detailsDelayMs?: number | undefined;
  /** The account's profile, as the simulator's own JSON. */
  account?: Record<string, unknown> | undefined;
  /** The VPS that exist at the beginning, as the simulator's own JSON. */
  vps?: readonly Record<string, unknown>[] | undefined;
  /** Its faults, as the simulator's own JSON. */
  faults?: readonly Record<string, unknown>[] | undefined;
}

/** Which requests a fault is for. What is absent matches every request. */
export interface FaultTarget {
  /** Only requests of that method. */
  method?: string | undefined;
  /** Only requests to that path; `*` at its end stands for anything. */
  path?: string | undefined;
  /** How many matching requests are served normally before: none by default. */
  skip?: number | undefined;
  /** How many have the fault: 1 by default. */
  times?: number | undefined;
}

/** The state of a simulated service: requests, orders, charges, balance, VPS, keys. */
export interface SimulatorState {
  readonly [field: string]: unknown;
  readonly orders_received: number;
  readonly orders_placed: number;
  readonly balance: number;
  readonly vps: readonly Record<string, unknown>[];
}

const START_MS = Date.UTC(2026, 0, 1);

/** A simulated service with one account, its own clock, and faults on demand. */
export class Simulator {
  readonly #model: glue.Simulator;
  readonly #timeline: Timeline | undefined;

  /** Its clock, for {@link StableVPSOptions.clock}. */
  readonly clock: Clock;
  /** Its `fetch`, for {@link StableVPSOptions.fetch}. */
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** Its prober, for {@link StableVPSOptions.prober}: a VPS answers while it is active, runs, and does not hang. */
  readonly prober: Prober;

  private constructor(model: glue.Simulator, config: SimulatorConfig) {
    this.#model = model;
    this.#timeline = config.time === "real" ? undefined : new Timeline(config.now ?? START_MS);
    // Its purchases queue with each other, and not with those of another simulator.
    this.clock = this.#timeline ?? ({ ...systemClock, world: newWorld() } as Clock);
    this.fetch = (url, init) => this.#serve(url, init);
    this.prober = ({ address }) => (this.#model.answers(address, this.now) ? "answered" : "silent");
  }

  /**
   * A new service.
   *
   * @throws InvalidInputError for a configuration that is not valid.
   */
  static async create(config: SimulatorConfig = {}): Promise<Simulator> {
    const { now: _, time = "virtual", ...fields } = config;
    if (time !== "virtual" && time !== "real") {
      throw invalidInput("time", 'must be "virtual" or "real"');
    }
    const document = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        // A secret of another copy of this package, too.
        typeof (value as Secret | undefined)?.reveal === "function"
          ? (value as Secret).reveal()
          : value,
      ]),
    );
    const { Simulator: Model } = await simulator();
    try {
      return new Simulator(new Model(JSON.stringify(document)), config);
    } catch (failure) {
      if (failure instanceof WebAssembly.RuntimeError) {
        throw failure;
      }
      throw invalidInput("config", `is not valid: ${spelled((failure as Error).message)}`);
    }
  }

  /** A key of the account, with full scope. */
  get apiKey(): Secret {
    return new Secret(this.#model.initialKey);
  }

  /** Its time, in epoch milliseconds. */
  get now(): number {
    return this.clock.now();
  }

  /** A client of this service. It may be used in a browser: its key is valid nowhere else. */
  client(options: StableVPSOptions = {}): StableVPS {
    return new StableVPS({
      apiKey: this.apiKey,
      fetch: this.fetch,
      prober: this.prober,
      clock: this.clock,
      randomSeed: 1,
      dangerouslyAllowBrowser: true,
      ...options,
    });
  }

  /** Lets virtual time pass. */
  advance(ms: number): void {
    if (!this.#timeline) {
      throw invalidInput("time", "must be virtual to be advanced");
    }
    this.#timeline.advance(ms);
  }

  /**
   * Adds a fault: by default, the next matching request has it.
   *
   * ```ts
   * simulator.fault("lose_after", { method: "POST", path: "/vps" });
   * ```
   *
   * The faults: `"lose_before"`, `"lose_after"`, `"not_delivered"`, `{ cut: { keep: 10 } }`,
   * `{ status: { code: 500, effect: "after" } }`, `{ body: { text: "..." } }`,
   * `{ patch: { merge: {...}, remove: [...] } }`, `{ delay: { ms: 100 } }`,
   * `{ late_order: { ms: 5000 } }`, `{ shape_order: { vps_status: "suspended" } }`.
   */
  fault(what: unknown, target: FaultTarget = {}): void {
    const { method, path, skip, times, ...unknown } = target;
    for (const name of Object.keys(unknown)) {
      throw invalidInput(name, "is not one of the target's fields: method, path, skip, times");
    }
    this.control({ fault: { on: { method, path, skip }, do: what, times } });
  }

  /** Runs a command: `{ set_balance: { amount: 5 } }`, `{ set_vps: {...} }`, ... */
  control(command: unknown): unknown {
    const answer = JSON.parse(this.#model.control(JSON.stringify(command), this.now));
    if (typeof answer === "object" && answer !== null && Object.keys(answer).join() === "error") {
      throw invalidInput("command", answer.error);
    }
    return answer;
  }

  /** The service's state. */
  state(): SimulatorState {
    return this.control("state") as SimulatorState;
  }

  /** Every request that was received, without secrets. */
  requests(): readonly Record<string, unknown>[] {
    return (this.control("requests") as { requests: Record<string, unknown>[] }).requests;
  }

  async #serve(url: string, init: RequestInit): Promise<Response> {
    const { pathname, search } = new URL(url);
    const headers = [...new Headers(init.headers)].map(([name, value]) => `${name}: ${value}\n`);
    const body = new TextEncoder().encode((init.body ?? "") as string);
    const signal = init.signal ?? undefined;
    const answer = this.#model.handle(
      init.method ?? "GET",
      pathname + search,
      headers.join(""),
      body,
      this.now,
    );
    const { outcome, status, headers: lines, body: bytes, delayMs } = answer;
    answer.free();
    if (delayMs > 0) {
      await sleep(this.clock, delayMs, signal);
    }
    // The caller has given the request up.
    signal?.throwIfAborted();
    if (outcome === "not_delivered") {
      throw failed("ECONNREFUSED", "connect");
    }
    if (outcome !== "reply") {
      throw failed("ECONNRESET", "read");
    }
    const empty = status === 204 || status === 304;
    return new Response(empty ? null : (bytes as Uint8Array<ArrayBuffer>), {
      status,
      headers: lines
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split(/:\s*(.*)/s, 2) as [string, string]),
    });
  }
}

/** A failure as Node's `fetch` has it. */
function failed(code: string, syscall: string): TypeError {
  const cause = Object.assign(new Error("simulated"), { code, syscall });
  return new TypeError("fetch failed", { cause });
}

/** A message of the simulator's with its names of fields spelled as JavaScript's are. */
function spelled(message: string): string {
  const words = message.replace(/ at line \d+ column \d+$/, "");
  return words.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
