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
 * @packageDocumentation
 */

import type * as glue from "../../wasm/simulator/simulator.js";
import { sleep, systemClock } from "../clock.js";
import {
  type Clock,
  type Fetch,
  InvalidInputError,
  Secret,
  StableVPS,
  type StableVPSOptions,
} from "../index.js";
import { Timeline } from "./timeline.js";
import { simulator } from "./wasm.js";

/** What a simulated service is like. What is absent has the simulator's default. */
export interface SimulatorConfig {
  /** When its time begins, in epoch milliseconds: 2026-01-01T00:00:00Z by default. */
  now?: number | undefined;
  /**
   * `virtual`, the default: nothing is waited for. `real`: the simulator goes by the machine's own
   * clock, to show a program to people.
   */
  time?: "virtual" | "real" | undefined;
  /** What the wallet holds, in EUR: 100 by default. */
  balance?: number | undefined;
  /** What its random choices come from. */
  seed?: number | undefined;
  /** The account's first key; one made from the seed by default. */
  key?: string | Secret | undefined;
  /** Milliseconds until a VPS is active, or their range: 120,000 by default. */
  provisioningMs?: number | { min: number; max: number } | undefined;
  /** Milliseconds from then until its address and password are there. */
  detailsDelayMs?: number | undefined;
  /** The account's profile, as the simulator's own JSON. */
  account?: Record<string, unknown> | undefined;
  /** VPS that are there from the beginning, as the simulator's own JSON. */
  vps?: readonly Record<string, unknown>[] | undefined;
  /** What goes wrong, as the simulator's own JSON. */
  faults?: readonly Record<string, unknown>[] | undefined;
}

/** Which requests a fault is for. What is absent is any. */
export interface FaultTarget {
  /** Only requests of that method. */
  method?: string | undefined;
  /** Only requests to that path; `*` at its end stands for anything. */
  path?: string | undefined;
  /** How many fitting requests go well before. */
  skip?: number | undefined;
  /** How many go wrong: 1 by default. */
  times?: number | undefined;
}

/** What a simulator saw and holds: requests, orders, charges, balance, VPS, keys. */
export interface SimulatorState {
  readonly [field: string]: unknown;
  readonly orders_received: number;
  readonly orders_placed: number;
  readonly balance: number;
  readonly vps: readonly Record<string, unknown>[];
}

const START_MS = Date.UTC(2026, 0, 1);

/** A simulated service with one account, its own clock, and misbehaviour on demand. */
export class Simulator {
  readonly #model: glue.Simulator;
  readonly #timeline: Timeline | undefined;

  /** What time it is there; for {@link StableVPSOptions.clock}. */
  readonly clock: Clock;
  /** The service; for {@link StableVPSOptions.fetch}. */
  readonly fetch: Fetch;

  private constructor(model: glue.Simulator, config: SimulatorConfig) {
    this.#model = model;
    this.#timeline = config.time === "real" ? undefined : new Timeline(config.now ?? START_MS);
    this.clock = this.#timeline ?? systemClock;
    this.fetch = (url, init) => this.#serve(url, init);
  }

  /**
   * A new service.
   *
   * @throws InvalidInputError for a configuration that does not exist.
   */
  static async create(config: SimulatorConfig = {}): Promise<Simulator> {
    const { now: _, time: __, ...rest } = config;
    const given = Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value instanceof Secret ? value.reveal() : value,
      ]),
    );
    const { Simulator: Model } = await simulator();
    try {
      return new Simulator(new Model(JSON.stringify(given)), config);
    } catch (failure) {
      if (failure instanceof WebAssembly.RuntimeError) {
        throw failure;
      }
      throw refused("config", (failure as Error).message);
    }
  }

  /** A key of the account, with full scope. */
  get apiKey(): Secret {
    return new Secret(this.#model.initialKey);
  }

  /** The time there, in epoch milliseconds. */
  get now(): number {
    return this.clock.now();
  }

  /** A client of this service. It may be used in a browser: its key opens nothing else. */
  client(options: StableVPSOptions = {}): StableVPS {
    return new StableVPS({
      apiKey: this.apiKey,
      fetch: this.fetch,
      clock: this.clock,
      randomSeed: 1,
      dangerouslyAllowBrowser: true,
      ...options,
    });
  }

  /** Lets virtual time pass. */
  advance(ms: number): void {
    if (!this.#timeline) {
      throw refused("time", "must be virtual to be advanced");
    }
    this.#timeline.advance(ms);
  }

  /**
   * Lets the next request that fits go wrong.
   *
   * ```ts
   * simulator.fault("lose_after", { method: "POST", path: "/vps" });
   * ```
   *
   * What can go wrong: `"lose_before"`, `"lose_after"`, `"not_delivered"`, `{ cut: { keep: 10 } }`,
   * `{ status: { code: 500, effect: "after" } }`, `{ body: { text: "..." } }`,
   * `{ patch: { merge: {...}, remove: [...] } }`, `{ delay: { ms: 100 } }`,
   * `{ late_order: { ms: 5000 } }`, `{ shape_order: { vps_status: "suspended" } }`.
   */
  fault(what: unknown, target: FaultTarget = {}): void {
    const { method, path, skip, times } = target;
    this.control({ fault: { on: { method, path, skip }, do: what, times } });
  }

  /** Carries out a command: `{ set_balance: { amount: 5 } }`, `{ set_vps: {...} }`, ... */
  control(command: unknown): unknown {
    const answer = JSON.parse(this.#model.control(JSON.stringify(command), this.now));
    if (typeof answer === "object" && answer !== null && Object.keys(answer).join() === "error") {
      throw refused("command", answer.error);
    }
    return answer;
  }

  /** What the service saw and holds. */
  state(): SimulatorState {
    return this.control("state") as SimulatorState;
  }

  /** Every request that came in, without secrets. */
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
    // Nobody waits for the answer any more.
    signal?.throwIfAborted();
    if (outcome === "not_delivered") {
      throw failed("ECONNREFUSED");
    }
    if (outcome !== "reply") {
      throw failed("ECONNRESET");
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

/** As Node words it. */
function failed(code: string): TypeError {
  const cause = Object.assign(new Error("simulated"), { code });
  return new TypeError("fetch failed", { cause });
}

function refused(field: string, reason: string): InvalidInputError {
  return new InvalidInputError({
    code: "invalid_input",
    message: "",
    fault: "caller",
    tryAgain: "useless",
    attempts: 0,
    details: { field, reason },
  });
}
