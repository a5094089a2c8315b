/** A watch over the account's VPS. */

import type { Machine } from "../wasm/main/main.js";
import { onAbort } from "./abort.js";
import { readWatchEvent, type WatchEvent } from "./events.js";
import { Drive, type Host } from "./machine.js";
import type { RebootPolicy, VpsId } from "./models.js";
import {
  abortSignal,
  callback,
  count,
  flag,
  type Names,
  optionalText,
  record,
  span,
  text,
} from "./options.js";
import { noProber, type Prober, probingWith } from "./probing/prober.js";
import { aborted, invalidInput } from "./reports.js";
import type { Request } from "./session.js";
import { Stream } from "./stream.js";

/** How VPS are watched. All times are in milliseconds. */
export interface WatchOptions {
  /** From one look to the next: 60,000 by default. */
  interval?: number | undefined;
  /** How long the watch lasts; without an end by default. */
  atMost?: number | undefined;
  /**
   * `when_silent` reboots VPS that are paid and active and do not answer, while others do. `never` by default.
   */
  reboot?: RebootPolicy | undefined;
  /**
   * Whether VPS are probed, each with one TCP connection a look. `true` by default where there is TCP or a `prober`, so not in
   * browsers. Without, nothing is rebooted.
   */
  probing?: boolean | undefined;
  /** The TCP port that is probed: 3389 by default, which is RDP's. */
  probePort?: number | undefined;
  /** How long a connection may take: 5,000 by default. */
  probeTimeout?: number | undefined;
  /** How many silences in a row make a VPS unreachable: 3 by default, from 1 to 1,000. */
  silentProbes?: number | undefined;
  /** How long a VPS is left alone after the first reboot: 300,000 by default. Each further reboot doubles it. */
  firstPatience?: number | undefined;
  /** The longest that a VPS is left alone after a reboot: 3,600,000 by default. */
  longestPatience?: number | undefined;
  /** VPS that are neither probed nor rebooted. What the list shows of them is told all the same. */
  exclude?: Iterable<VpsId> | undefined;
  /** How many days before the end of a period the renewal is told: 7 by default, from 0, which is never, to 3,650. */
  alarmDays?: number | undefined;
  /** Probes with this instead of the client's `prober`. */
  prober?: Prober | undefined;
  /** Ends the watch when it is aborted, with an `AbortError`. A reboot on its way is not sent again: `next` is `ask` then. */
  signal?: AbortSignal | undefined;
}

/** A watch: an iterator of events, as a rule without an end. */
export interface VpsWatch extends AsyncIterable<WatchEvent> {
  /** Itself. */
  [Symbol.asyncIterator](): VpsWatch;
  /** The next event. It is waited for as long as nothing happens. */
  next(): Promise<IteratorResult<WatchEvent, undefined>>;
  /** Ends the watch, also while the next event is waited for. A loop that is left calls it. */
  return(): Promise<IteratorResult<WatchEvent, undefined>>;
}

const WATCH_OPTIONS: Names<WatchOptions> = {
  interval: 1,
  atMost: 1,
  reboot: 1,
  probing: 1,
  probePort: 1,
  probeTimeout: 1,
  silentProbes: 1,
  firstPatience: 1,
  longestPatience: 1,
  exclude: 1,
  alarmDays: 1,
  prober: 1,
  signal: 1,
};

const LABEL = "vps.watch";

/** @internal Begins the machine of a request. */
type Begin = (request: Request, signal: AbortSignal) => Promise<Machine>;

/** @internal A watch under way. */
export class Watching extends Stream<WatchEvent> implements VpsWatch {
  readonly #host: Host;
  readonly #options: WatchOptions;
  readonly #begin: Begin;
  #ignore = (): void => {};
  #machine: Machine | undefined;
  #drive: Drive | undefined;

  constructor(host: Host, options: WatchOptions, begin: Begin) {
    super();
    this.#host = host;
    this.#options = options;
    this.#begin = begin;
  }

  protected async _produce(): Promise<WatchEvent | undefined> {
    this.#drive ??= await this.#started();
    const end = await this.#drive.run();
    return end.do === "event" ? this.#told(readWatchEvent(end.event)) : undefined;
  }

  protected _close(): void {
    this.#ignore();
    this.#machine?.free();
  }

  async #started(): Promise<Drive> {
    const options = record("options", this.#options, WATCH_OPTIONS);
    const signal = abortSignal("signal", options.signal);
    const prober = callback("prober", options.prober);
    const probing = prober ? probingWith(prober) : this.#host.probing;
    const atMost = span("atMost", options.atMost) ?? Number.POSITIVE_INFINITY;
    if (atMost <= 0) {
      throw invalidInput("atMost", "must be more than zero");
    }
    const request = watchVps(options, probing !== undefined);
    if (signal?.aborted) {
      throw aborted(signal, "retry");
    }
    this.#ignore = onAbort(signal, () => this._ending.abort(signal?.reason));
    const ending = this._ending.signal;
    const machine = await this.#begin(request, ending);
    this.#machine = machine;
    const host = { ...this.#host, probing };
    const until = host.clock.monotonic() + atMost;
    return new Drive(host, { machine, label: LABEL, signal: ending, until });
  }

  #told(event: WatchEvent): WatchEvent {
    const { logger, observe } = this.#host;
    const about = "vps" in event && "id" in event.vps ? ` ${event.vps.id}` : "";
    const level = event.event.startsWith("reboot_") ? "info" : "debug";
    logger?.[level]?.(`${LABEL}: ${event.event}${about}`);
    observe?.(event);
    return event;
  }
}

/** The core's request. What it can use, it says itself. */
function watchVps(options: WatchOptions, hasProber: boolean): Request {
  const { interval, probePort, probeTimeout, silentProbes, exclude = [], alarmDays } = options;
  const probing = flag("probing", options.probing);
  const reboot = optionalText("reboot", options.reboot);
  for (const [field, isWanted] of [
    ["probing", probing === true],
    ["reboot", reboot === "when_silent" && probing !== false],
  ] as const) {
    if (isWanted && !hasProber) {
      throw noProber(field, "needs a TCP connection to each VPS");
    }
  }
  return {
    watchVps: {
      options: {
        intervalMs: span("interval", interval),
        probing: (probing ?? hasProber) ? "on" : "off",
        probePort: count("probePort", probePort),
        probeTimeoutMs: span("probeTimeout", probeTimeout),
        silentProbes: count("silentProbes", silentProbes),
        reboot,
        firstPatienceMs: span("firstPatience", options.firstPatience),
        longestPatienceMs: span("longestPatience", options.longestPatience),
        exclude: idsOf(exclude),
        alarmDays: count("alarmDays", alarmDays),
      },
    },
  };
}

function idsOf(exclude: unknown): string[] {
  const isList = typeof exclude === "object" && exclude !== null && Symbol.iterator in exclude;
  if (!isList) {
    throw invalidInput("exclude", "must be an array of ids");
  }
  return [...(exclude as Iterable<unknown>)].map((id) => text("exclude", id));
}
