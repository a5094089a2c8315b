/** Drives the core's machines: the core says what to do next, and this does it. */

import type { Machine } from "../wasm/main/main.js";
import { answered, answerOf, Beginning, type Stored, type StoreStep } from "./asking.js";
import { sleep, systemClock } from "./clock.js";
import { StableVPSError } from "./error.js";
import type { Progress } from "./models.js";
import { exchanged, type Observe, Phases } from "./observing.js";
import type { Patience } from "./patience.js";
import { noProber, type ProbeTarget, type Probing, probe } from "./probing/prober.js";
import { readProgress, type Sent } from "./readers.js";
import { report, Thrown } from "./reporting.js";
import { aborted, errorOf, invalidInput, isStableVPSError, type Report } from "./reports.js";
import type { Store } from "./store.js";
import {
  type HttpRequest,
  type HttpResponse,
  type Network,
  send,
  type TransportFailure,
} from "./transport.js";

/** The methods of `console` that are used. A logger never gets a secret. */
export interface Logger {
  /** Every request with its end, and every wait. */
  debug(message: string): void;
  /** Orders, deletions and reboots. Where it is absent they go to `debug`. */
  info?(message: string): void;
  /** What is wrong in the program itself, such as an `onEvent` that throws. */
  warn(message: string): void;
}

/** What a machine wants now. */
type Step =
  | { do: "send"; request: HttpRequest; progress: Sent | null; sendWithinMs?: number }
  /** Without progress while a purchase waits for its turn, for which it asks often. */
  | { do: "wait"; delayMs: number; reason: string; progress: Sent | null }
  | {
      do: "probe";
      id: number;
      targets: readonly ProbeTarget[];
      withinMs: number;
      progress: Sent | null;
    }
  | ({ do: "store" } & StoreStep)
  | { do: "failed"; error: Report }
  | End;

/** What a machine has to give. */
type End =
  /** `within`: the result is that field of the last response's body. */
  | { do: "done"; output?: Sent; within?: string }
  /** It goes on after that. */
  | { do: "event"; event: Sent }
  /** The time that it lasts is over. */
  | { do: "over" };

/** @internal What machines are driven with. */
export interface Host extends Network {
  readonly logger: Logger | undefined;
  /** Whether a VPS may be ordered with that `fetch`. */
  readonly mayOrder: boolean;
  /** Where purchases are recorded. */
  readonly store: Store | undefined;
  /** What VPS are probed with; nothing where there is no TCP. */
  readonly probing: Probing | undefined;
  /** Tells the caller's `onEvent`, if there is one. */
  readonly observe: Observe | undefined;
}

/** @internal A machine under way. */
export interface Activity {
  machine: Machine;
  label: string;
  signal: AbortSignal | undefined;
  /** How long the whole may take, in milliseconds, if that was said. */
  limit?: number | undefined;
  /** When it is over between two steps, by the machine's time. */
  until?: number | undefined;
  /** What a purchase has beside that. */
  purchase?: {
    /** Called with every step, and waited for before the step is carried out. */
    onProgress(progress: Progress): unknown;
  };
}

/** How long a purchase may take where only its token says so. */
const LONGEST_WAIT = 1_800_000;
/** What `onProgress` and the store may take even where the time allowed is over: there may be a token to store. */
const SHORTEST_WAIT = 1_000;

/**
 * How long each operation may take by which a purchase lets go what it holds. It is real time: that of a simulated world
 * stands while a store works, and this store may never answer.
 */
const PARTING: Patience = { clock: systemClock, signal: undefined, ms: 2_000 };

const utf8 = new TextDecoder();

/** @internal Drives a call's or a purchase's machine to its end, and frees it. `read` makes the result of the core's. */
export async function drive<T>(
  host: Host,
  activity: Activity,
  read: (output: Sent) => T,
): Promise<T> {
  const { machine, purchase } = activity;
  const drive = new Drive(host, activity);
  try {
    // Nothing is sent from within the caller's own call: who aborts right after it sent nothing. And a loop over the
    // progress begins only once there is a purchase to loop over.
    await Promise.resolve();
    const result = read(drive.outputOf(await drive.run()));
    drive.phases?.ended(result, null);
    return result;
  } catch (error) {
    if (!purchase) {
      throw error;
    }
    const ending = withToken(host, activity, error);
    await letGo(host, machine, drive.underWay);
    drive.phases?.ended(null, ending);
    throw ending;
  } finally {
    machine.free();
  }
}

/**
 * Tells the store that nobody drives a purchase any more, as far as it answers soon: first of all the operation that is
 * under way, whose late write would prolong the lease again.
 */
async function letGo(
  { store, clock, logger }: Host,
  machine: Machine,
  underWay: UnderWay | undefined,
): Promise<void> {
  try {
    for (let last = underWay; ; ) {
      if (last) {
        const stored = await answered(last.answer, PARTING);
        if (!stored || "cause" in stored) {
          return;
        }
        machine.stored(last.id, stored.answer, clock.monotonic());
      }
      const step = machine.lettingGo(clock.monotonic());
      if (!store || step === undefined) {
        return;
      }
      const asked = JSON.parse(step) as StoreStep;
      last = { id: asked.id, answer: answerOf(store, asked) };
    }
  } catch (error) {
    // The lease ends by itself. What ended the purchase is what its caller has to know.
    logger?.debug(`the store was not told: ${(error as Error).name}`);
  }
}

/** An operation that the store has not answered yet. */
interface UnderWay {
  id: number;
  answer: Promise<Stored>;
}

/** @internal A machine on its way to what it has to give. */
export class Drive {
  readonly #host: Host;
  readonly #activity: Activity;
  readonly #began: number;
  readonly #beginning = new Beginning();
  /** How far a purchase was reported. */
  readonly phases: Phases | undefined;
  /** The machine's time when it said what to do. */
  #saidAt = 0;
  /** The operation of the store that was left alone. */
  underWay: UnderWay | undefined;
  /** Whether a purchase may have its account's turn, as far as was reported. */
  #hasTurn = true;
  #body: Uint8Array | undefined;
  #cause: unknown;

  constructor(host: Host, activity: Activity) {
    this.#host = host;
    this.#activity = activity;
    this.#began = host.clock.monotonic();
    this.phases = activity.purchase && new Phases(host, activity.label);
  }

  /** Drives the machine until it has something to give. */
  async run(): Promise<End> {
    const { label, signal, purchase } = this.#activity;
    const { logger, mayOrder } = this.#host;
    for (let step = this.#next(); ; ) {
      if (step.do === "done") {
        logger?.debug(`${label} done`);
        return step;
      }
      if (step.do === "failed") {
        throw logged(this.#host, label, errorOf(step.error, this.#cause));
      }
      throwIfAborted(signal);
      if (step.do === "event" || step.do === "over") {
        return step;
      }
      if (!mayOrder) {
        refuseToOrder(label, step);
      }
      if (step.do === "store") {
        step = await this.#store(step);
        continue;
      }
      const reported = step.do;
      if (purchase) {
        step = await this.#report(step, purchase);
      }
      // What was reported is done now, if it is still wanted.
      if (step.do === "wait" && reported === "wait") {
        step = await this.#wait(step);
      } else if (step.do === "send" && reported === "send") {
        step = await this.#send(step);
      } else if (step.do === "probe" && reported === "probe") {
        step = await this.#probe(step);
      }
    }
  }

  /** The result that ended the machine. */
  outputOf(end: End): Sent {
    const { output, within } = end as End & { do: "done" };
    return within === undefined ? (output as Sent) : JSON.parse(utf8.decode(this.#body))[within];
  }

  #next(): Step {
    return this.#step((now) => this.#activity.machine.step(now));
  }

  /** What the machine says at this time. */
  #step(say: (now: number) => string | undefined): Step {
    this.#saidAt = this.#now();
    const step = say(this.#saidAt);
    if (step === undefined) {
      throw new Error("a reply was handed to a machine that does not wait for it");
    }
    return JSON.parse(step) as Step;
  }

  #now(): number {
    return this.#host.clock.monotonic();
  }

  /** How long the caller's own functions are waited for: for what is left of the time allowed. */
  #patience(): Patience {
    const { clock } = this.#host;
    const { limit, signal } = this.#activity;
    const left = limit === undefined ? LONGEST_WAIT : this.#began + limit - this.#now();
    return { clock, signal, ms: Math.max(left, SHORTEST_WAIT) };
  }

  /** Reports how far a purchase is. Gives the step that is wanted after that, if time has passed another one. */
  async #report(
    step: Step & { do: "send" | "wait" | "probe" },
    purchase: { onProgress(progress: Progress): unknown },
  ): Promise<Step> {
    const { machine, signal } = this.#activity;
    if (!step.progress) {
      return step;
    }
    const progress = readProgress(step.progress);
    this.phases?.reached(progress);
    const { store } = this.#host;
    if (store) {
      machine.inCallback();
    }
    await report(purchase.onProgress, progress, this.#patience());
    throwIfAborted(signal);
    if (this.#hasTurn && !progress.exclusive) {
      // Only now: the token that names the VPS was handed out.
      machine.endTurn();
    }
    this.#hasTurn = progress.exclusive;
    // By whole milliseconds, as the machine counts. One with a store learns so that the callback is over.
    const isSameTime = Math.trunc(this.#now()) === Math.trunc(this.#saidAt);
    return isSameTime && !store ? step : this.#next();
  }

  async #wait({ delayMs, reason }: Step & { do: "wait" }): Promise<Step> {
    const { label, signal, until = Number.POSITIVE_INFINITY } = this.#activity;
    const { logger, clock } = this.#host;
    const left = until - this.#now();
    if (left <= 0) {
      return { do: "over" };
    }
    if (reason !== "turn") {
      logger?.debug(`${label}: waiting ${delayMs} ms (${reason})`);
    }
    await sleep(clock, Math.min(delayMs, left), signal);
    return this.#next();
  }

  async #send({ request, sendWithinMs }: Step & { do: "send" }): Promise<Step> {
    const { label, signal } = this.#activity;
    this.#host.logger?.debug(`${label}: sending ${request.endpoint}`);
    const mayBegin = this.#beginning.within(sendWithinMs, this.#saidAt);
    const began = this.#now();
    const reply = await send(this.#host, request, signal, mayBegin);
    exchanged(this.#host, label, request, reply, this.#now() - began);
    this.#body = "delivery" in reply ? undefined : reply.body;
    this.#cause = "delivery" in reply ? reply.cause : undefined;
    return this.#step((now) => handReply(this.#activity, request, reply, now));
  }

  async #probe({ id, targets, withinMs }: Step & { do: "probe" }): Promise<Step> {
    const { label, machine, signal } = this.#activity;
    const { logger, clock, probing } = this.#host;
    if (!probing) {
      throw noProber("prober", "is missing");
    }
    logger?.debug(`${label}: probing ${targets.length} VPS`);
    const outcomes = await probe(probing, targets, withinMs, signal, clock);
    throwIfAborted(signal);
    return this.#step((now) => machine.probed(id, JSON.stringify(outcomes), now));
  }

  async #store(step: Step & { do: "store" }): Promise<Step> {
    const { label, machine, signal } = this.#activity;
    const { logger, store } = this.#host;
    if (!store) {
      throw new Error("a machine without a store asks for one");
    }
    logger?.debug(`${label}: asking the store to ${step.op}`);
    this.#beginning.asks(step.id, this.#now());
    this.underWay = { id: step.id, answer: answerOf(store, step) };
    const stored = await answered(this.underWay.answer, this.#patience());
    throwIfAborted(signal);
    this.underWay = undefined;
    if (!stored) {
      return this.#next();
    }
    this.#cause = "cause" in stored ? stored.cause : undefined;
    return this.#step((now) =>
      "cause" in stored
        ? machine.storeFailed(step.id, stored.detail, now)
        : machine.stored(step.id, stored.answer, now),
    );
  }
}

/** The endpoint that buys, and the phases of a purchase that may still lead there. */
const ORDER = "POST /vps";
/** The call that buys: nothing of it is recorded either where it may not order. */
const BUYING = "vps.provision";
const BEFORE_ORDER = ["preflight", "baseline", "ordering"];

/** Before anything is sent: a token from then on would say that there may be an order. */
function refuseToOrder(label: string, step: Step): void {
  const { phase } = ("progress" in step && step.progress) || {};
  const orders = step.do === "send" && step.request.endpoint === ORDER;
  if (label === BUYING || BEFORE_ORDER.includes(phase) || orders) {
    throw invalidInput(
      "fetch",
      "of this platform may send an order twice, which buys two VPS: buy from a server, pass a fetch " +
        "that sends once, or set dangerouslyAllowRepeatedOrders: true",
    );
  }
}

/** Hands the reply to the machine; returns the step that follows, if the machine waits for that reply. */
function handReply(
  { machine, signal }: Activity,
  { id, retryClass }: HttpRequest,
  reply: HttpResponse | TransportFailure,
  now: number,
): string | undefined {
  if ("delivery" in reply) {
    const { kind, delivery, message } = reply;
    if (signal?.aborted && kind === "cancelled") {
      // Not handed to the machine: the request stays outstanding for it, as it may have been sent.
      const mayRepeat = retryClass !== "once" || delivery === "not_sent";
      throw aborted(signal, mayRepeat ? "retry" : "ask");
    }
    return machine.failed(id, kind, delivery, message, now);
  }
  return machine.response(id, reply.status, reply.headers, reply.body, now);
}

function logged(host: Host, label: string, error: StableVPSError): StableVPSError {
  host.logger?.debug(`${label} failed: ${error.message}`);
  return error;
}

/** Between two steps nothing is under way: the call may be made again. */
function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw aborted(signal, "retry");
  }
}

/** The error that ends a purchase, with the token from which the purchase can be resumed. */
function withToken(host: Host, { machine }: Activity, error: unknown): unknown {
  const token = machine.snapshot(host.clock.monotonic()) ?? null;
  if (error instanceof StableVPSError) {
    if (error.token === null) {
      // What was refused before anything was sent has to be changed first, wherever it is resumed.
      const changes = token === null || error.code === "invalid_input" ? {} : { next: "resume" };
      Object.assign(error, { token, ...changes });
    }
    return error;
  }
  return carrying(error instanceof Thrown ? error.error : error, token);
}

/** What the caller's own `onProgress` threw, with the token: as it is, or as the cause of an error. */
function carrying(error: unknown, token: string | null): unknown {
  // One of this package's says what to do about another call: `retry`, perhaps.
  const isPlain = typeof error === "object" && error !== null && !isStableVPSError(error);
  if (isPlain && !(error as { token?: unknown }).token) {
    try {
      return Object.assign(error, { token });
    } catch {
      // It is frozen.
    }
  }
  const reason = "threw what can't carry the purchase's token: see cause";
  const wrapped = invalidInput("onProgress", reason, { cause: error });
  return Object.assign(wrapped, { token, next: token === null ? "fix" : "resume" });
}
