/** What the declarations promise: it only has to compile, nothing of it runs. */

import type Default from "stablevps";
import {
  AbortError,
  type AnyStableVPSError,
  type Batch,
  type BatchProgress,
  type BillingCycle,
  type BillingStatus,
  type CallOptions,
  type ClientEvent,
  type Clock,
  type CreatedKey,
  type ErrorCode,
  type ErrorsByCode,
  type Fault,
  type Fetch,
  type InsufficientFundsError,
  init,
  isStableVPSError,
  type Location,
  type Logger,
  type ManyOrder,
  type Money,
  type Order,
  type OrderParams,
  type Phase,
  PLANS,
  type Plan,
  type PlanId,
  type PowerAction,
  type Prober,
  type Progress,
  type Provisioned,
  type ProvisionOptions,
  type Purchase,
  type PurchaseRecord,
  price,
  type ResumedPurchase,
  type ResumeOptions,
  type Role,
  type Scope,
  Secret,
  type ServerId,
  StableVPS,
  type StableVPSError,
  type StableVPSOptions,
  type Store,
  TransportError,
  type UnresolvedError,
  type Vps,
  type VpsDetails,
  type VpsId,
  type VpsStatus,
  type VpsWatch,
  type WaitOptions,
  type WasmSource,
  type WatchEvent,
  type WatchOptions,
} from "stablevps";
import { PostgresStore, SQLITE_OPERATIONS, SqliteStore } from "stablevps/stores";
import { Simulator, type SimulatorConfig } from "stablevps/testing";

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The values that an editor offers. */
type Offered<T> = T extends string ? (string extends T ? never : T) : never;

declare function holds<_Claim extends true>(): void;
declare const client: StableVPS;
declare const order: Order;
declare const bought: Provisioned;

export function enumsAreOpenAndTheirValuesAreOffered(): void {
  holds<Same<Offered<PlanId>, "basic" | "prime" | "pro">>();
  holds<Same<Offered<BillingCycle>, "monthly" | "yearly">>();
  holds<
    Same<
      Offered<Location>,
      "amsterdam" | "london" | "frankfurt" | "newYork" | "singapore" | "tokyo"
    >
  >();
  holds<Same<Offered<VpsStatus>, "provisioning" | "active" | "suspended" | "terminated">>();
  holds<
    Same<Offered<BillingStatus>, "active" | "canceled" | "past_due" | "trialing" | "pending">
  >();
  holds<Same<Offered<PowerAction>, "start" | "stop" | "reboot">>();
  holds<Same<Offered<Scope>, "full" | "read">>();
  holds<Same<Offered<Role>, "user" | "admin">>();
  holds<Same<Offered<StableVPSError["code"]>, ErrorCode>>();

  // What the service begins to sell tomorrow can be ordered today.
  const planId: PlanId = "ultra" as string;
  client.vps.provision({ planId, billingCycle: "weekly" as string, location: "sydney" as string });
  // @ts-expect-error A plan is not a number.
  client.vps.provision({ planId: 2, billingCycle: "monthly", location: "london" });
  // @ts-expect-error An order says where.
  client.vps.provision({ planId: "prime", billingCycle: "monthly" });
}

export function misspelledLiteralsAreErrors(vps: Vps, params: OrderParams, plan: Plan): void {
  const right = { planId: "prime", billingCycle: "monthly", location: "london" } as const;
  const widened = { planId: "prime", billingCycle: "monthly", location: "london" };
  const { planId, billingCycle, location } = vps;
  for (const given of [right, widened, params, { planId, billingCycle, location }]) {
    client.vps.create(given);
    client.vps.provision(given);
  }
  const either: "basic" | "pro" = plan.id === "pro" ? "pro" : "basic";
  client.vps.provision({ ...right, planId: either });
  client.vps.provision({ ...right, planId: plan.id });
  price(plan.id, vps.billingCycle);
  // @ts-expect-error
  client.vps.provision({ planId: "primee", billingCycle: "monthly", location: "london" });
  // @ts-expect-error
  client.vps.provision({ planId: "prime", billingCycle: "montly", location: "london" });
  // @ts-expect-error
  client.vps.provision({ planId: "prime", billingCycle: "monthly", location: "londn" });
  // @ts-expect-error
  client.vps.create({ planId: "primee", billingCycle: "monthly", location: "london" });
  // @ts-expect-error
  client.vps.create({ planId: "prime", billingCycle: "montly", location: "london" });
  // @ts-expect-error
  client.vps.create({ planId: "prime", billingCycle: "monthly", location: "londn" });
  // @ts-expect-error
  client.vps.provision({ ...right, planId: "primee" as "basic" | "primee" });
  // @ts-expect-error
  price("primee", "monthly");
  // @ts-expect-error
  price("prime", "montly");
  const key = { email: "a@b.c", password: "word", name: "bot" };
  client.keys.create(key);
  client.keys.create({ ...key, scope: undefined });
  client.keys.create({ ...key, scope: "read" });
  client.keys.create({ ...key, scope: "write" as string });
  // @ts-expect-error
  client.keys.create({ ...key, scope: "ful" });
}

export function phasesAreAllThereAre(phase: Phase): string {
  switch (phase) {
    case "preflight":
    case "baseline":
    case "ordering":
    case "reconciling":
    case "polling":
    case "ended":
      return phase;
  }
}

export function onlyAnIdIsTakenForAnId(vps: Vps, serverId: ServerId): void {
  client.vps.get(order.id);
  client.vps.get(vps.id);
  client.vps.get("675a1b2c3d4e5f6789012345");
  client.vps.get(String(use));
  const id: VpsId = "675a1b2c3d4e5f6789012345";
  client.vps.waitUntilReady(id);
  const shown: string = serverId;
  // @ts-expect-error No call takes the provider's id.
  client.vps.get(serverId);
  // @ts-expect-error
  client.vps.delete(serverId);
  // @ts-expect-error
  client.vps.start(serverId);
  // @ts-expect-error
  client.vps.stop(serverId);
  // @ts-expect-error
  client.vps.reboot(serverId);
  // @ts-expect-error
  client.vps.waitUntilReady(serverId);
  if (order.serverId !== null) {
    // @ts-expect-error
    client.vps.get(order.serverId);
  }
  // @ts-expect-error Nor does it become one on the way.
  const renamed: VpsId = serverId;
  use(shown, renamed);
}

export function everyCodeHasAClass(): void {
  holds<Same<keyof ErrorsByCode, ErrorCode>>();
}

export function errorsAreNarrowed(error: unknown): Money | null {
  if (isStableVPSError(error, "insufficient_funds")) {
    holds<Same<typeof error, InsufficientFundsError>>();
    return error.shortfall;
  }
  if (isStableVPSError(error, "unresolved")) {
    holds<Same<typeof error, UnresolvedError>>();
    holds<Same<typeof error.candidates, readonly Vps[]>>();
  }
  if (isStableVPSError(error, "transport")) {
    const delivery: "not_sent" | "unknown" = error.delivery;
    use(delivery);
  }
  // @ts-expect-error There is no such code.
  isStableVPSError(error, "no_funds");
  if (isStableVPSError(error)) {
    const root: StableVPSError = error;
    use(root);
    holds<Same<typeof error.token, string | null>>();
    holds<Same<typeof error.vps, VpsDetails | null>>();
    holds<Same<typeof error.next, "retry" | "resume" | "fix" | "ask">>();
    holds<Same<typeof error.fault, Fault>>();
    holds<Same<Fault, "caller" | "server" | "network">>();
    // @ts-expect-error Only some kinds have it.
    use(error.shortfall);
  }
  if (error instanceof TransportError) {
    holds<Same<typeof error.code, "transport">>();
  }
  if (error instanceof AbortError) {
    const root: Error = error;
    use(root.cause);
  }
  return null;
}

export function errorsAreNarrowedByTheirCode(error: unknown): Money | null {
  if (!isStableVPSError(error)) {
    return null;
  }
  holds<Same<typeof error, AnyStableVPSError>>();
  switch (error.code) {
    case "insufficient_funds":
      return error.shortfall;
    case "price_above_limit":
      return error.charged;
    case "server":
    case "provider":
      use(error.status);
      return null;
    default:
      // @ts-expect-error Only some kinds have it.
      use(error.shortfall);
      return null;
  }
}

export async function aPurchaseIsAPromiseAndAStream(purchase: Purchase): Promise<void> {
  const promise: Promise<Provisioned> = purchase;
  const stream: AsyncIterable<Progress> = purchase;
  holds<Same<Awaited<Purchase>, Provisioned>>();
  for await (const progress of purchase) {
    holds<Same<typeof progress, Progress>>();
  }
  const { vps } = await purchase;
  holds<Same<typeof vps, VpsDetails>>();
  holds<Same<ReturnType<StableVPS["vps"]["provision"]>, Purchase>>();
  holds<Same<ReturnType<StableVPS["vps"]["resume"]>, Purchase>>();
  holds<Same<ReturnType<StableVPS["vps"]["waitUntilReady"]>, Purchase>>();
  await Promise.all([promise, purchase.catch(() => null), purchase.finally(() => {})]);
  use(stream);
}

export function resultsAreReadOnly(created: CreatedKey, plan: Plan): void {
  holds<Same<Money, string>>();
  holds<Same<typeof bought.charged, string | null>>();
  holds<Same<typeof bought.vps.createdAt, Date | null>>();
  holds<Same<typeof bought.vps.currentPeriodEnd, Date | null>>();
  holds<Same<typeof bought.vps.rdpPassword, Secret | null>>();
  holds<Same<typeof created.apiKey, Secret>>();
  // @ts-expect-error
  bought.charged = "0.00";
  // @ts-expect-error
  bought.vps.ipAddress = null;
  // @ts-expect-error
  client.vps = {} as typeof client.vps;
  // @ts-expect-error
  PLANS.push(plan);
  // @ts-expect-error A listing has no passwords.
  use((null as unknown as Vps).rdpPassword);
  // @ts-expect-error A secret is no text.
  const text: string = created.apiKey;
  // @ts-expect-error A sum is no number.
  const sum: number = plan.monthly;
  const known: Money | null = price("prime", "monthly");
  use(text, sum, known);
}

/** Under `exactOptionalPropertyTypes`, too, an option may be there and undefined. */
export function optionsMayBeUndefined(signal: AbortSignal | undefined, ms: number | undefined) {
  const call: CallOptions = { signal, timeout: ms, deadline: ms };
  const wait: WaitOptions = { signal, timeout: ms, waitFor: undefined, onProgress: undefined };
  const provision: ProvisionOptions = { ...wait, maxSpend: undefined, preflight: undefined };
  const resume: ResumeOptions = { signal, anyKey: undefined };
  const options: StableVPSOptions = {
    apiKey: undefined,
    baseUrl: undefined,
    fetch: undefined,
    logger: undefined,
    clock: undefined,
  };
  const config: SimulatorConfig = { balance: 1, provisioningMs: { min: 1, max: 2 } };
  // @ts-expect-error There is no such option.
  client.wallet.get({ timeoutMs: 1 });
  // @ts-expect-error
  client.vps.provision(order, { waitFor: "soon" });
  return [call, provision, resume, options, config];
}

export async function whatTheyAreGiven(response: Promise<Response>, bytes: ArrayBuffer) {
  holds<Same<typeof Default, typeof StableVPS>>();
  const own: Fetch = (input, init) => fetch(input, { ...init });
  const logger: Logger = console;
  const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => {} };
  for (const apiKey of ["key", new Secret("key"), null, undefined]) {
    use(new StableVPS({ apiKey, fetch, logger, clock, auth: "x-api-key" }));
  }
  use(new StableVPS({ fetch: own, logger: { debug() {}, warn() {} } }));
  await client.vps.provision(order, {
    signal: AbortSignal.timeout(1000),
    onProgress: async ({ token }) => {
      holds<Same<typeof token, string | null>>();
    },
  });
  await init();
  await init(response);
  await init(bytes);
  await init(new URL("https://example.com/stablevps.wasm"));
  const source: WasmSource = "stablevps.wasm";
  await init(source);
}

export async function recordedPurchases() {
  const own: Store = {
    carryOut: async ({ op, document }) => SQLITE_OPERATIONS[op].join() + document,
  };
  const pool = { query: async (text: string, _values?: unknown[]) => ({ rows: [text] }) };
  for (const store of [own, new SqliteStore("purchases.db"), new PostgresStore(pool)]) {
    use(new StableVPS({ store }));
  }
  await client.vps.provision(order, { idempotencyKey: "order-1", whenHeld: "wait" });
  const record = await client.purchases.get("order-1");
  holds<Same<typeof record, PurchaseRecord | null>>();
  const [resumed] = await client.purchases.resumeAll({
    onProgress: (progress, { idempotencyKey }) => use(progress.token, idempotencyKey),
  });
  holds<Same<typeof resumed, ResumedPurchase | undefined>>();
  const purchase = client.purchases.resume("order-1", { timeout: 1000 });
  holds<Same<typeof purchase, Purchase>>();
  await client.purchases.list({ openOnly: true });
  await client.purchases.forget("order-1");
  // @ts-expect-error
  client.vps.provision(order, { whenHeld: "perhaps" });
  // @ts-expect-error
  use(new StableVPS({ store: {} }), new SqliteStore(5));
}

export async function watches(signal: AbortSignal) {
  const prober: Prober = async ({ address, port }, { within, signal }) =>
    address !== "" && port > within && !signal.aborted ? "answered" : "silent";
  const options: WatchOptions = { reboot: "when_silent", exclude: new Set(["id"]), prober, signal };
  const watch: VpsWatch = client.vps.watch(options);
  for await (const event of watch) {
    holds<Same<typeof event, WatchEvent>>();
    switch (event.event) {
      case "started":
        holds<Same<typeof event.vps, readonly Vps[]>>();
        break;
      case "status_changed":
        holds<Same<typeof event.before, VpsStatus>>();
        break;
      case "period_ending":
        holds<Same<typeof event.missing, Money | null>>();
        holds<Same<typeof event.endsAt, Date>>();
        break;
      case "reboot_unknown":
        holds<Same<typeof event.error, StableVPSError>>();
        break;
      default:
        use(event.at.getTime());
    }
  }
  await watch.return();
  // @ts-expect-error
  client.vps.watch({ reboot: "always" });
  // @ts-expect-error
  client.vps.watch({ prober: () => "perhaps" });
  const onEvent = (event: ClientEvent) => {
    if (event.event === "request_done") {
      use(event.durationMs, event.retryOf);
    } else if (event.event === "phase_changed") {
      holds<Same<typeof event.before, Phase | null>>();
    }
  };
  use(new StableVPS({ onEvent, prober }));
}

export async function manyAtOnce(source: AsyncIterable<ManyOrder & { options: object }>) {
  const batch = client.vps.provisionMany(source, {
    maxSpend: "400",
    atOnce: 20,
    waitFor: "reachable",
    onProgress: (progress) => holds<Same<typeof progress, BatchProgress>>(),
  });
  holds<Same<typeof batch, Batch<ManyOrder & { options: object }>>>();
  for await (const { order, result, error } of batch) {
    use(order.options, result?.vps.id ?? error?.message);
  }
  use(batch.tokens.map(({ token, index }) => token + index));
  for await (const end of client.vps.provisionMany([order])) {
    if (end.error === null) {
      holds<Same<typeof end.result, Provisioned>>();
    }
  }
  // @ts-expect-error A key is one order's.
  client.vps.provisionMany([order], { idempotencyKey: "key" });
}

export async function theSimulator() {
  const simulator = await Simulator.create({ time: "virtual", seed: 1, key: new Secret("key") });
  holds<Same<ReturnType<Simulator["client"]>, StableVPS>>();
  const orders: number = simulator.state().orders_received;
  const options: StableVPSOptions = { fetch: simulator.fetch, clock: simulator.clock };
  simulator.fault("lose_after", { method: "POST", path: "/vps", times: 1 });
  // @ts-expect-error It is made by `create`.
  use(orders, options, new Simulator());
}

declare function use(...values: unknown[]): void;
