/** A whole shop for a test: service, gate, database, reseller, and customers who pay. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cents } from "stablevps";
import { hash, sign } from "../../src/secrets.js";
import { Gate } from "./gate.js";
import { type Environment, Reseller } from "./reseller.js";
import { Simulator } from "./simulator.js";

const API_KEY = "svps_live_kept_out_of_every_log_and_file";
const OPERATOR_TOKEN = "operator-kept-out-of-every-log-and-file";
const WEBHOOK_SECRET = `whsec_${Buffer.from("webhook-kept-out-of-every-log-and-file").toString("base64")}`;

/** What the operator sees of an order. */
export interface OrderView {
  id: string;
  state: string;
  vpsId: string | null;
  charged: string | null;
  problem: { code: string; candidates?: string[] } | null;
}

/** What any request may be answered with. */
export interface Reply {
  status: number;
  body: Partial<{
    orderId: string;
    error: string;
    orders: OrderView[];
    state: string;
    ipAddress: string;
    rdpPassword: string;
    unfinished: number;
    hindered: number;
  }>;
}

export interface PayOptions {
  eventId?: string;
  sale?: object;
  signature?: string;
  age?: number;
}

export class Shop {
  readonly simulator: Simulator;
  readonly gate: Gate;
  readonly environment: Environment;
  reseller!: Reseller;
  readonly #folder: string;
  readonly #customers = new Map<string, string>();
  readonly #secrets = new Set([API_KEY, OPERATOR_TOKEN, WEBHOOK_SECRET]);
  #printed = "";

  private constructor(simulator: Simulator, gate: Gate, folder: string, environment: Environment) {
    this.simulator = simulator;
    this.gate = gate;
    this.#folder = folder;
    this.environment = {
      STABLEVPS_API_KEY: API_KEY,
      STABLEVPS_BASE_URL: gate.url,
      OPERATOR_TOKEN,
      WEBHOOK_SECRET,
      DATABASE_FILE: join(folder, "reseller.db"),
      PORT: "0",
      LOG_LEVEL: "trace",
      RETRY_MS: "50",
      // By the clock of the program, which runs twenty times as fast.
      FIRST_LOOK_MS: "400",
      LONGEST_PAUSE_MS: "1000",
      SETTLE_MS: "4000",
      ...environment,
    };
  }

  /** Opens a shop, lets the test work in it, and sees that no secret was left anywhere. */
  static async open(
    options: { balance?: number; environment?: Environment },
    test: (shop: Shop) => Promise<void>,
  ): Promise<void> {
    const { balance = 100, environment = {} } = options;
    const simulator = await Simulator.start({ key: API_KEY, balance });
    const gate = await Gate.open(simulator.url);
    const folder = await mkdtemp(join(tmpdir(), "reseller-"));
    const shop = new Shop(simulator, gate, folder, environment);
    try {
      await shop.start();
      await test(shop);
      await shop.end("SIGKILL");
      await shop.#assertNoSecretIsLeft();
    } finally {
      await shop.end("SIGKILL");
      await gate.close();
      await simulator.stop();
      await rm(folder, { recursive: true });
    }
  }

  async start(environment: Environment = {}): Promise<void> {
    this.reseller = await Reseller.start({ ...this.environment, ...environment });
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const code = await this.reseller?.end(signal);
    this.#printed += this.reseller?.output;
    return code;
  }

  /** Ends the reseller at once when a place is reached; the next one is not started yet. */
  async killAt(reached: Promise<void>): Promise<void> {
    await reached;
    await this.end("SIGKILL");
  }

  /** The payment processor tells that an order is paid. */
  async pay(orderId: string, options: PayOptions = {}): Promise<Reply> {
    const secret = this.#customers.get(orderId) ?? randomBytes(32).toString("base64url");
    this.#customers.set(orderId, secret);
    this.#secrets.add(secret);
    const body = JSON.stringify({
      ...{ orderId, planId: "basic", billingCycle: "monthly", location: "london" },
      ...{ maxSpend: "40", secretHash: hash(secret), ...options.sale },
    });
    const { eventId = `evt_${orderId}`, age = 0 } = options;
    const event = { id: eventId, timestamp: Math.floor(Date.now() / 1000) - age, body };
    return this.#ask("/events/user-paid", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": event.id,
        "webhook-timestamp": String(event.timestamp),
        "webhook-signature": options.signature ?? sign(WEBHOOK_SECRET, event),
      },
      body,
    });
  }

  /** The customer asks for what was paid for. */
  async ask(orderId: string, secret = this.#customers.get(orderId) ?? ""): Promise<Reply> {
    const headers = { authorization: `Bearer ${secret}` };
    const reply = await this.#ask(`/orders/${orderId}`, { headers });
    if (reply.body.rdpPassword) {
      this.#secrets.add(reply.body.rdpPassword);
    }
    return reply;
  }

  /** The operator asks. */
  async orders(): Promise<Map<string, OrderView>> {
    const { status, body } = await this.operate("/orders");
    assert.equal(status, 200);
    return new Map(body.orders?.map((order) => [order.id, order]));
  }

  async operate(path: string, decision?: object, token = OPERATOR_TOKEN): Promise<Reply> {
    const headers = { authorization: `Bearer ${token}` };
    const post = { method: "POST", body: JSON.stringify(decision) };
    const json = { ...headers, "content-type": "application/json" };
    return this.#ask(`/operator${path}`, decision ? { ...post, headers: json } : { headers });
  }

  health(): Promise<Reply> {
    return this.#ask("/health", {});
  }

  /** Asks until an order is in that state. */
  async until(orderId: string, state: string): Promise<OrderView> {
    return until(async () => {
      const order = (await this.orders()).get(orderId);
      return order?.state === state ? order : undefined;
    }, `${orderId} is ${state}`);
  }

  /** A new API key of the account; the old one ends. */
  async replaceKey(): Promise<string> {
    const { key } = await this.simulator.control({ create_key: { name: "new" } });
    assert.ok(typeof key === "string");
    await this.simulator.control({ expire_key: { key: API_KEY } });
    this.#secrets.add(key);
    return key;
  }

  /** Everyone gets a VPS that can be used, each a different one, and each was paid for once. */
  async assertSoldOnce(...orderIds: string[]): Promise<void> {
    const addresses = new Set<string>();
    for (const id of orderIds) {
      await this.until(id, "ready");
      const { status, body } = await this.ask(id);
      assert.equal(status, 200);
      assert.match(body.rdpPassword ?? "", /./);
      addresses.add(body.ipAddress ?? "");
    }
    assert.equal(addresses.size, orderIds.length);
    const orders = [...(await this.orders()).values()];
    const state = await this.simulator.state();
    assert.equal(state.orders_placed, orderIds.length);
    assert.deepEqual(
      orders.map((order) => order.vpsId).sort(),
      state.vps.map((vps) => vps.id).sort(),
    );
    const charged = orders.reduce((sum, order) => sum + cents(order.charged ?? ""), 0);
    assert.equal(charged, Math.round((state.funded - state.balance) * 100));
    assert.equal(charged, 1249 * orderIds.length);
  }

  async #ask(path: string, init: RequestInit): Promise<Reply> {
    const reply = await fetch(this.reseller.url + path, init);
    return { status: reply.status, body: (await reply.json()) as Reply["body"] };
  }

  async #assertNoSecretIsLeft(): Promise<void> {
    const files = await readdir(this.#folder);
    const stored = await Promise.all(
      files.map((file) => readFile(join(this.#folder, file), "latin1")),
    );
    assert.ok(stored.some((text) => text.includes("secret_hash")));
    for (const secret of this.#secrets) {
      assert.ok(!this.#printed.includes(secret), "a secret was printed");
      assert.ok(!stored.some((text) => text.includes(secret)), "a secret was stored");
    }
  }
}

/** Asks again and again, for at most 20 seconds. */
export async function until<T>(ask: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    await setTimeout(20);
  }
  throw new Error(`waited too long until ${what}`);
}
