/**
 * What a watch tells, a type for each event. Written by `cargo xtask generate` from the core's list.
 * {@link WatchEvent} is any of them: `switch (event.event)` narrows it.
 */

import type { StableVPSError } from "./error.js";
import type { BillingStatus, Vps, VpsStatus } from "./models.js";
import type { Money } from "./money.js";
import { date, list, readVps, type Sent } from "./readers.js";
import { errorOf, type Report } from "./reports.js";

/** What every event has. */
interface Told {
  /** When, by the service's clock as far as its replies showed it. */
  readonly at: Date;
}

/** The first list: these VPS are watched. */
export interface StartedEvent extends Told {
  readonly event: "started";
  /** All of the account's, in the order of their ids. */
  readonly vps: readonly Vps[];
}

/** A VPS is new in the list. */
export interface AddedEvent extends Told {
  readonly event: "added";
  /** The VPS. */
  readonly vps: Vps;
}

/** A VPS is no longer listed, twice in a row. */
export interface RemovedEvent extends Told {
  readonly event: "removed";
  /** The VPS as it was last seen. */
  readonly vps: Vps;
}

/** The machine's status is another. */
export interface StatusChangedEvent extends Told {
  readonly event: "status_changed";
  /** The VPS as it is now. */
  readonly vps: Vps;
  /** The status before. */
  readonly before: VpsStatus;
}

/** The billing status is another. */
export interface BillingChangedEvent extends Told {
  readonly event: "billing_changed";
  /** The VPS as it is now. */
  readonly vps: Vps;
  /** The status before. */
  readonly before: BillingStatus;
}

/** A VPS that should be up does not answer, while others do. */
export interface UnreachableEvent extends Told {
  readonly event: "unreachable";
  /** The VPS. */
  readonly vps: Vps;
  /** How many probes in a row it did not answer. */
  readonly silentProbes: number;
  /** How long it has been silent at least. */
  readonly silentMs: number;
}

/** A VPS that was unreachable answers. */
export interface ReachableEvent extends Told {
  readonly event: "reachable";
  /** The VPS. */
  readonly vps: Vps;
  /** How long it was silent. */
  readonly silentMs: number;
  /** How often it was rebooted meanwhile. */
  readonly reboots: number;
}

/** So many are silent at once that it is taken for the network's fault. Nothing is rebooted for it. */
export interface ManySilentEvent extends Told {
  readonly event: "many_silent";
  /** How many VPS do not answer that did before. */
  readonly silent: number;
  /** How many were probed. */
  readonly probed: number;
}

/** Who is silent is so by itself again. */
export interface ManySilentEndedEvent extends Told {
  readonly event: "many_silent_ended";
  /** How long that lasted. */
  readonly lastedMs: number;
}

/** The service took a reboot. */
export interface RebootSentEvent extends Told {
  readonly event: "reboot_sent";
  /** The VPS. */
  readonly vps: Vps;
  /** How often it was rebooted since it is silent, this one included. */
  readonly reboots: number;
  /** How long it has been silent. */
  readonly silentMs: number;
  /** How long it is left alone now. */
  readonly patienceMs: number;
}

/** A reboot's reply was lost: it may have been done. It counts as done. */
export interface RebootUnknownEvent extends Told {
  readonly event: "reboot_unknown";
  /** The VPS. */
  readonly vps: Vps;
  /** How often it was or may have been rebooted since it is silent, this one included. */
  readonly reboots: number;
  /** How long it is left alone now. */
  readonly patienceMs: number;
  /** What happened to the reply. */
  readonly error: StableVPSError;
}

/** A reboot that was due was refused or could not be sent. Nothing was done. */
export interface RebootRefusedEvent extends Told {
  readonly event: "reboot_refused";
  /** The VPS. */
  readonly vps: Vps;
  /** Why. */
  readonly error: StableVPSError;
  /** How long until it is tried again, where it is still due then. */
  readonly againInMs: number;
}

/** A reboot was due by the list, but `GET /vps/:id` shows that the VPS is not paid or not active. */
export interface RebootWithheldEvent extends Told {
  readonly event: "reboot_withheld";
  /** The VPS, by the list. */
  readonly vps: Vps;
  /** The billing status that it shows itself. */
  readonly status: BillingStatus;
  /** The machine's status that it shows itself. */
  readonly vpsStatus: VpsStatus;
  /** How long until it is looked at again, where a reboot is still due then. */
  readonly againInMs: number;
}

/** A VPS is still silent at the end of the patience after a reboot. */
export interface StillSilentEvent extends Told {
  readonly event: "still_silent";
  /** The VPS. */
  readonly vps: Vps;
  /** How often it was or may have been rebooted since it is silent. */
  readonly reboots: number;
  /** How long it has been silent. */
  readonly silentMs: number;
}

/** A paid period ends soon. */
export interface PeriodEndingEvent extends Told {
  readonly event: "period_ending";
  /** The VPS. */
  readonly vps: Vps;
  /** When. */
  readonly endsAt: Date;
  /** How long until then; 0 where it is past. */
  readonly endsInMs: number;
  /**
   * What the renewal costs by the prices that this version knows. None for a plan or cycle newer than it, and
   * for a VPS that is canceled, which ends.
   */
  readonly renewal: Money | null;
  /** What this renewal and those that fall due before it cost together. */
  readonly renewals: Money;
  /** What the wallet holds. None where it could not be read. */
  readonly balance: Money | null;
  /** What the wallet lacks for all of them. None where it holds enough, or could not be read. */
  readonly missing: Money | null;
  /** The currency of all four. */
  readonly currency: string;
}

/** The list can't be read. Told once, until it can be again. */
export interface ListingFailedEvent extends Told {
  readonly event: "listing_failed";
  /** Why. */
  readonly error: StableVPSError;
  /** How long until the next look. */
  readonly nextLookMs: number;
}

/** The list can be read again. */
export interface ListingRecoveredEvent extends Told {
  readonly event: "listing_recovered";
  /** How many looks failed. */
  readonly failedLooks: number;
  /** How long that lasted. */
  readonly lastedMs: number;
}

/** An event of a watch: `switch (event.event)` narrows it. */
export type WatchEvent =
  | StartedEvent
  | AddedEvent
  | RemovedEvent
  | StatusChangedEvent
  | BillingChangedEvent
  | UnreachableEvent
  | ReachableEvent
  | ManySilentEvent
  | ManySilentEndedEvent
  | RebootSentEvent
  | RebootUnknownEvent
  | RebootRefusedEvent
  | RebootWithheldEvent
  | StillSilentEvent
  | PeriodEndingEvent
  | ListingFailedEvent
  | ListingRecoveredEvent;

const READERS: { readonly [event: string]: (sent: Sent) => object } = {
  started: (sent) => ({
    vps: list(readVps, sent.vps),
  }),
  added: (sent) => ({
    vps: readVps(sent.vps),
  }),
  removed: (sent) => ({
    vps: readVps(sent.vps),
  }),
  status_changed: (sent) => ({
    vps: readVps(sent.vps),
    before: sent.before,
  }),
  billing_changed: (sent) => ({
    vps: readVps(sent.vps),
    before: sent.before,
  }),
  unreachable: (sent) => ({
    vps: readVps(sent.vps),
    silentProbes: sent.silentProbes,
    silentMs: sent.silentMs,
  }),
  reachable: (sent) => ({
    vps: readVps(sent.vps),
    silentMs: sent.silentMs,
    reboots: sent.reboots,
  }),
  many_silent: (sent) => ({
    silent: sent.silent,
    probed: sent.probed,
  }),
  many_silent_ended: (sent) => ({
    lastedMs: sent.lastedMs,
  }),
  reboot_sent: (sent) => ({
    vps: readVps(sent.vps),
    reboots: sent.reboots,
    silentMs: sent.silentMs,
    patienceMs: sent.patienceMs,
  }),
  reboot_unknown: (sent) => ({
    vps: readVps(sent.vps),
    reboots: sent.reboots,
    patienceMs: sent.patienceMs,
    error: errorOf(sent.error as Report),
  }),
  reboot_refused: (sent) => ({
    vps: readVps(sent.vps),
    error: errorOf(sent.error as Report),
    againInMs: sent.againInMs,
  }),
  reboot_withheld: (sent) => ({
    vps: readVps(sent.vps),
    status: sent.status,
    vpsStatus: sent.vpsStatus,
    againInMs: sent.againInMs,
  }),
  still_silent: (sent) => ({
    vps: readVps(sent.vps),
    reboots: sent.reboots,
    silentMs: sent.silentMs,
  }),
  period_ending: (sent) => ({
    vps: readVps(sent.vps),
    endsAt: date(sent.endsAt),
    endsInMs: sent.endsInMs,
    renewal: sent.renewal ?? null,
    renewals: sent.renewals,
    balance: sent.balance ?? null,
    missing: sent.missing ?? null,
    currency: sent.currency,
  }),
  listing_failed: (sent) => ({
    error: errorOf(sent.error as Report),
    nextLookMs: sent.nextLookMs,
  }),
  listing_recovered: (sent) => ({
    failedLooks: sent.failedLooks,
    lastedMs: sent.lastedMs,
  }),
};

/** @internal Reads a {@link WatchEvent}. */
export function readWatchEvent(sent: Sent): WatchEvent {
  const { event, at } = sent;
  return Object.freeze({ event, at: date(at), ...READERS[event]?.(sent) }) as WatchEvent;
}
