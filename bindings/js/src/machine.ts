/** Drives the core's machines: the core says what to do next, and this does it. */

import type { Machine } from "../wasm/main/main.js";
import { onAbort } from "./abort.js";
import { sleep } from "./clock.js";
import { StableVPSError } from "./error.js";
import { Turn } from "./locks.js";
import type { Progress } from "./models.js";
import { readProgress, type Sent } from "./readers.js";
import { aborted, errorOf, type Report } from "./reports.js";
import {
  type HttpRequest,
  type HttpResponse,
  type Network,
  send,
  TransportFailure,
} from "./transport.js";

/** The methods of `console` that are used. A logger never gets a secret. */
export interface Logger {
  debug(message: string): void;
  warn(message: string): void;
}

/** What a machine wants now. */
type Step =
  | { do: "send"; request: HttpRequest; progress: Sent | null }
  | { do: "wait"; delayMs: number; reason: string; progress: Sent | null }
  /** `within`: the result is that field of the last response's body. */
  | { do: "done"; output?: Sent; within?: string }
  | { do: "failed"; error: Report };

/** What machines are driven with. */
export interface Host extends Network {
  readonly logger: Logger | undefined;
}

/** @internal A call or a purchase under way. */
export interface Activity<T> {
  machine: Machine;
  label: string;
  /** Makes the result of the core's. */
  read(output: Sent): T;
  signal: AbortSignal | undefined;
  /** What a purchase has beside that. */
  purchase?: {
    /** Purchases of one account take turns. */
    account: string;
    /** How long it waits for its turn, in milliseconds. */
    timeout: number;
    /** Called with every step, and waited for before the step is carried out. */
    onProgress(progress: Progress): unknown;
  };
}

const utf8 = new TextDecoder();

/** @internal Drives a machine to its end, and frees it. */
export async function drive<T>(host: Host, activity: Activity<T>): Promise<T> {
  const { machine, label, signal, purchase } = activity;
  const { clock, logger } = host;
  let turn: Turn | undefined;
  let body: Uint8Array | undefined;
  try {
    for (let step = nextStep(host, machine); ; ) {
      if (step.do === "done") {
        logger?.debug(`${label} done`);
        return activity.read(outputOf(step, body));
      }
      if (step.do === "failed") {
        throw logged(host, label, errorOf(step.error));
      }
      throwIfAborted(signal);
      if (purchase && step.progress) {
        const progress = readProgress(step.progress);
        if (progress.exclusive && !turn?.hasCome) {
          turn ??= new Turn(purchase.account);
          await waitFor(turn, host, activity, purchase.timeout);
          step = nextStep(host, machine);
          continue;
        }
        await purchase.onProgress(progress);
        throwIfAborted(signal);
        if (!progress.exclusive) {
          // Only now: the token that names the VPS was handed out.
          turn?.end();
        }
        // Time has passed during the callback.
        step = nextStep(host, machine);
      }
      if (step.do === "wait") {
        logger?.debug(`${label}: waiting ${step.delayMs} ms (${step.reason})`);
        await sleep(clock, step.delayMs, signal);
        step = nextStep(host, machine);
      } else if (step.do === "send") {
        logger?.debug(`${label}: sending ${step.request.endpoint}`);
        const reply = await send(host, step.request, signal);
        body = reply instanceof TransportFailure ? undefined : reply.body;
        step = handReply(host, activity, step.request, reply);
      }
    }
  } catch (error) {
    throw purchase ? withToken(host, activity, error) : error;
  } finally {
    turn?.end();
    machine.free();
  }
}

function nextStep(host: Host, machine: Machine): Step {
  return JSON.parse(machine.step(host.clock.now())) as Step;
}

/** Hands the reply to the machine; returns the step that follows. */
function handReply(
  { clock }: Host,
  { machine, signal }: Activity<unknown>,
  { id, retryClass }: HttpRequest,
  reply: HttpResponse | TransportFailure,
): Step {
  let step: string | undefined;
  if (reply instanceof TransportFailure) {
    const { kind, delivery, message } = reply;
    if (signal?.aborted && kind === "cancelled") {
      // Not handed to the machine: the request stays outstanding for it, as it may have been sent.
      const mayRepeat = retryClass !== "once" || delivery === "not_sent";
      throw aborted(signal, mayRepeat ? "retry" : "ask");
    }
    step = machine.failed(id, kind, delivery, message, clock.now());
  } else {
    step = machine.response(id, reply.status, reply.headers, reply.body, clock.now());
  }
  if (step === undefined) {
    throw new Error("a reply was handed to a machine that does not wait for it");
  }
  return JSON.parse(step) as Step;
}

function outputOf({ output, within }: Step & { do: "done" }, body?: Uint8Array): Sent {
  return within === undefined ? (output as Sent) : JSON.parse(utf8.decode(body))[within];
}

function logged(host: Host, label: string, error: StableVPSError): StableVPSError {
  host.logger?.debug(`${label} failed: ${error.message}`);
  return error;
}

/** Waits for a purchase's turn, until its time is over or its signal is aborted. */
async function waitFor(
  turn: Turn,
  host: Host,
  { machine, label, signal }: Activity<unknown>,
  timeout: number,
): Promise<void> {
  const over = new AbortController();
  const ignore = onAbort(signal, () => over.abort());
  await Promise.race([turn.comes, sleep(host.clock, timeout, over.signal)]);
  ignore();
  const isLate = !over.signal.aborted && !turn.hasCome;
  over.abort();
  const report = isLate ? machine.late(host.clock.now()) : undefined;
  if (report !== undefined) {
    throw logged(host, label, errorOf(JSON.parse(report) as Report));
  }
}

/** Between two steps nothing is under way: the call may be made again. */
function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw aborted(signal, "retry");
  }
}

/** The error that ends a purchase, with the token from which the purchase can be resumed. */
function withToken(host: Host, { machine, label }: Activity<unknown>, error: unknown): unknown {
  if (error instanceof StableVPSError && error.token !== null) {
    return error;
  }
  const token = machine.snapshot(host.clock.now()) ?? null;
  if (error instanceof StableVPSError) {
    Object.assign(error, token === null ? { token } : { token, next: "resume" });
  } else if (error instanceof Error && Object.isExtensible(error)) {
    // Such as what the caller's own onProgress threw.
    Object.assign(error, { token });
  } else {
    host.logger?.warn(`${label} ended by a ${typeof error}: it can't carry the token`);
  }
  return error;
}
