/** How the core's machines are driven: it says what to do next, and this does it. */

import type { Machine } from "../wasm/main/main.js";
import { onAbort } from "./abort.js";
import { type Clock, sleep } from "./clock.js";
import { aborted, type ErrorDocument, errorOf, late, StableVPSError } from "./errors.js";
import { Turn } from "./locks.js";
import { type Progress, readProgress } from "./models.js";
import { type Fetch, type HttpRequest, send, TransportFailure } from "./transport.js";

/** The parts of `console` that are used. A logger never gets to see a secret. */
export interface Logger {
  debug(message: string): void;
  warn(message: string): void;
}

interface Send extends HttpRequest {
  do: "send";
  endpoint: string;
  freshConnection: boolean;
  progress: never | null;
}

interface Wait {
  do: "wait";
  delayMs: number;
  reason: string;
  progress: never | null;
}

interface Done {
  do: "done";
  ok?: unknown;
  /** Where the reply itself is the result: the field of it that is. */
  within?: string;
  error?: ErrorDocument;
}

type Step = Send | Wait | Done;

/** What a machine is driven with. */
export interface Host {
  fetch: Fetch;
  clock: Clock;
  logger: Logger | undefined;
}

/** @internal A machine, and what its result is to become. */
export interface Job<T> {
  machine: Machine;
  label: string;
  read(sent: never): T;
  signal: AbortSignal | undefined;
  /** A purchase's alone. */
  purchase?: {
    account: string;
    /** How many milliseconds the whole may take, as far as that is known here. */
    timeout: number;
    /** Told of every step, and waited for before it is carried out. */
    tell(progress: Progress): unknown;
  };
}

const utf8 = new TextDecoder();

/** @internal Carries a job out, and lets go of its machine. */
export async function run<T>(host: Host, job: Job<T>): Promise<T> {
  const { machine, signal } = job;
  let turn: Turn | undefined;
  let reply: Uint8Array | undefined;
  try {
    for (;;) {
      let step = JSON.parse(machine.step(host.clock.now())) as Step;
      if (step.do === "done") {
        return result(host, job, step, reply);
      }
      halted(job);
      if (job.purchase && step.progress) {
        const { exclusive } = step.progress as { exclusive: boolean };
        if (exclusive && !turn?.hasCome) {
          turn ??= new Turn(job.purchase.account);
          await waitFor(turn, host, job);
          continue;
        }
        await job.purchase.tell(readProgress(step.progress));
        halted(job);
        if (!exclusive) {
          // Not before the token that names the VPS was handed out.
          turn?.end();
        }
        // What was told may have taken its time.
        step = JSON.parse(machine.step(host.clock.now())) as Step;
      }
      if (step.do === "wait") {
        host.logger?.debug(`${job.label}: waiting ${step.delayMs} ms (${step.reason})`);
        await sleep(host.clock, step.delayMs, signal);
      } else if (step.do === "send") {
        host.logger?.debug(`${job.label}: sending ${step.endpoint}`);
        reply = await exchange(host, job, step);
      }
    }
  } catch (error) {
    throw withToken(host, job, error);
  } finally {
    turn?.end();
    machine.free();
  }
}

/** Sends a request and tells the machine what came of it; gives the reply's body. */
async function exchange(
  host: Host,
  job: Job<unknown>,
  request: Send,
): Promise<Uint8Array | undefined> {
  const { machine, signal } = job;
  try {
    const { status, headers, body } = await send(host, request, signal);
    taken(machine.response(request.id, status, headers, body, host.clock.now()));
    return body;
  } catch (failure) {
    if (!(failure instanceof TransportFailure)) {
      throw failure;
    }
    if (signal?.aborted && failure.kind === "cancelled") {
      // The machine is not told: for it the request stays outstanding, as it may have been sent.
      const isUnsafe = request.freshConnection && failure.delivery === "unknown";
      throw aborted(signal, isUnsafe ? "unsafe" : "safe", null);
    }
    const { kind, delivery, message } = failure;
    taken(machine.failed(request.id, kind, delivery, message, host.clock.now()));
    return undefined;
  }
}

/** A reply that a machine does not take would be a mistake in here. */
function taken(isTaken: boolean): void {
  if (!isTaken) {
    throw new Error("a reply was handed to a machine that does not wait for it");
  }
}

function result<T>(host: Host, job: Job<T>, done: Done, reply?: Uint8Array): T {
  if (done.error) {
    const error = errorOf(done.error);
    host.logger?.debug(`${job.label} failed: ${error.message}`);
    throw error;
  }
  host.logger?.debug(`${job.label} done`);
  const whole = done.within === undefined ? undefined : JSON.parse(utf8.decode(reply));
  return job.read((done.within === undefined ? done.ok : whole[done.within]) as never);
}

/** Waits for a purchase's turn, until its time is over, or its signal is aborted. */
async function waitFor(turn: Turn, host: Host, job: Job<unknown>): Promise<void> {
  const over = new AbortController();
  const timeout = job.purchase?.timeout ?? 0;
  const ignore = onAbort(job.signal, () => over.abort());
  await Promise.race([turn.comes, sleep(host.clock, timeout, over.signal)]);
  ignore();
  const isLate = !over.signal.aborted && !turn.hasCome;
  over.abort();
  if (isLate) {
    throw late("the other purchases of this account");
  }
}

/** Ends a job between two steps when its signal is aborted. */
function halted(job: Job<unknown>): void {
  if (job.signal?.aborted) {
    throw aborted(job.signal, "safe", null);
  }
}

/** Whatever ends a purchase from outside carries the token, from which it can be taken up again. */
function withToken(host: Host, job: Job<unknown>, error: unknown): unknown {
  if (!job.purchase || (error instanceof StableVPSError && error.token !== null)) {
    return error;
  }
  const token = job.machine.snapshot(host.clock.now()) ?? null;
  if (error instanceof StableVPSError) {
    const tryAgain = token !== null && error.code === "aborted" ? "safe" : error.tryAgain;
    Object.assign(error, { token, tryAgain });
  } else if (error instanceof Error && Object.isExtensible(error)) {
    // Such as what the caller's own onProgress threw.
    Object.assign(error, { token });
  } else {
    host.logger?.warn(`${job.label} ended by a ${typeof error}: no token could be left on it`);
  }
  return error;
}
