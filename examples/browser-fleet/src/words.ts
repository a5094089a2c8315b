/** What the page says: names, states, and errors. */

import {
  type BillingCycle,
  formatMoney,
  isStableVPSError,
  type Location,
  type Money,
  PLANS,
  type PlanId,
  type Progress,
  type StableVPSError,
  type VpsStatus,
  type WatchEvent,
} from "stablevps";

const LOCALE = navigator.language.startsWith("en") ? navigator.language : "en-GB";

export interface Place {
  readonly id: Location;
  readonly name: string;
  readonly code: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly zone: string;
}

/** From west to east. */
export const PLACES: readonly Place[] = [
  {
    id: "newYork",
    name: "New York",
    code: "NYC",
    longitude: -74,
    latitude: 40.7,
    zone: "America/New_York",
  },
  {
    id: "london",
    name: "London",
    code: "LON",
    longitude: -0.1,
    latitude: 51.5,
    zone: "Europe/London",
  },
  {
    id: "amsterdam",
    name: "Amsterdam",
    code: "AMS",
    longitude: 4.9,
    latitude: 52.4,
    zone: "Europe/Amsterdam",
  },
  {
    id: "frankfurt",
    name: "Frankfurt",
    code: "FRA",
    longitude: 8.7,
    latitude: 50.1,
    zone: "Europe/Berlin",
  },
  {
    id: "singapore",
    name: "Singapore",
    code: "SIN",
    longitude: 103.8,
    latitude: 1.4,
    zone: "Asia/Singapore",
  },
  { id: "tokyo", name: "Tokyo", code: "TYO", longitude: 139.7, latitude: 35.7, zone: "Asia/Tokyo" },
];

/** A location that this page does not know yet keeps the service's own name. */
export function placeName(location: Location): string {
  return PLACES.find((place) => place.id === location)?.name ?? location;
}

export function planName(plan: PlanId): string {
  return PLANS.find((known) => known.id === plan)?.name ?? plan;
}

export function cycleName(cycle: BillingCycle): string {
  return cycle === "monthly" ? "a month" : cycle === "yearly" ? "a year" : cycle;
}

/** VPS have no names; this is short, and can be told from others and typed. */
export function serverName({ id, location }: { id: string; location: Location }): string {
  return `${placeName(location).toLowerCase().replaceAll(" ", "-")}-${id.slice(-4)}`;
}

export type Tone = "good" | "busy" | "bad" | "plain";

export function statusWords(status: VpsStatus): { text: string; tone: Tone } {
  switch (status) {
    case "active":
      return { text: "Active", tone: "good" };
    case "provisioning":
      return { text: "Setting up", tone: "busy" };
    case "suspended":
      return { text: "Suspended", tone: "bad" };
    case "terminated":
      return { text: "Terminated", tone: "bad" };
    default:
      return { text: status, tone: "plain" };
  }
}

/** What a watch tells, in words for the log; none for what the page shows elsewhere. */
export function eventWords(event: WatchEvent): { text: string; kind: "info" | "good" | "bad" } {
  switch (event.event) {
    case "removed":
      return { text: `${serverName(event.vps)} is gone.`, kind: "info" };
    case "status_changed": {
      const { text, tone } = statusWords(event.vps.vpsStatus);
      const kind = tone === "good" || tone === "bad" ? tone : "info";
      return { text: `${serverName(event.vps)}: ${text.toLowerCase()}.`, kind };
    }
    case "billing_changed": {
      const words = billingWords(event.vps.status) ?? "paid";
      return { text: `${serverName(event.vps)}: ${words}.`, kind: words === "paid" ? "good" : "bad" };
    }
    case "unreachable":
      return { text: `${serverName(event.vps)} does not answer.`, kind: "bad" };
    case "reachable":
      return { text: `${serverName(event.vps)} answers again.`, kind: "good" };
    case "period_ending": {
      const { vps, endsAt, missing, currency } = event;
      const lacking = missing === null ? "" : ` The wallet lacks ${money(missing, currency)}.`;
      const text = `${serverName(vps)} is paid until ${date(endsAt)}.${lacking}`;
      return { text, kind: missing === null ? "info" : "bad" };
    }
    default:
      return { text: "", kind: "info" };
  }
}

export function billingWords(status: string): string | null {
  switch (status) {
    case "active":
      return null;
    case "past_due":
      return "payment overdue";
    default:
      return status.replaceAll("_", " ");
  }
}

export const money = (amount: Money, currency?: string | null): string =>
  formatMoney(amount, currency ?? "EUR", LOCALE);

const dates = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const moments = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
const clocks = new Intl.DateTimeFormat(LOCALE, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const spans = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });

export const date = (value: Date): string => dates.format(value);
export const moment = (value: Date): string => moments.format(value);
export const clock = (value: Date): string => clocks.format(value);

export function inDays(value: Date, now = Date.now()): string {
  return spans.format(Math.round((value.getTime() - now) / 86_400_000), "day");
}

export function timeIn(zone: string, now: Date): string {
  return new Intl.DateTimeFormat(LOCALE, {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  }).format(now);
}

export function lasting(ms: number): string {
  const all = Math.max(0, Math.round(ms / 1000));
  return all < 60 ? `${all} s` : `${Math.floor(all / 60)} min ${all % 60} s`;
}

/** Where a purchase is. */
export function phaseWords(progress: Progress | null): string {
  switch (progress?.phase) {
    case undefined:
    case "preflight":
      return "Looking at the wallet. Nothing is ordered yet.";
    case "baseline":
      return "Noting which servers there are. Nothing is ordered yet.";
    case "ordering":
      return "Placing the one order.";
    case "reconciling":
      return "The order’s reply was lost. Looking for what became of it.";
    case "polling":
      return progress?.lastStatus === "active"
        ? "Paid and running. Waiting for its address and password."
        : "Paid. The server is being set up.";
    case "ended":
      return "At its end.";
  }
}

/** An error for people: what happened, and whether trying again is safe. */
export interface Trouble {
  title: string;
  text: string;
  again: string;
  /** Whether to offer it. */
  mayTryAgain: boolean;
  /** For whoever has to find out more. */
  technical: string;
}

export function troubleOf(error: unknown): Trouble {
  if (!isStableVPSError(error)) {
    return {
      title: "This page failed",
      text: error instanceof Error ? error.message : String(error),
      again: "Reload the page. What was stored of purchases is still there.",
      mayTryAgain: false,
      technical: "not an error of the service",
    };
  }
  const [title, text] = story(error);
  const { code, status, attempts, serverMessage } = error;
  return {
    title,
    text,
    again: {
      retry: "Trying again is safe.",
      resume: "Resume the purchase: it is bought, or may be.",
      fix: "Trying again changes nothing until that is put right.",
      ask: "Trying again is not safe: first look what became of it.",
    }[error.next],
    mayTryAgain: error.next === "retry",
    technical: [
      code,
      status === null ? null : `HTTP ${status}`,
      attempts > 1 ? `${attempts} requests` : null,
      serverMessage === null ? null : `“${serverMessage}”`,
    ]
      .filter((part) => part !== null)
      .join(" · "),
  };
}

function story(error: StableVPSError): [title: string, text: string] {
  if (isStableVPSError(error, "insufficient_funds")) {
    const { required, available, shortfall, currency } = error;
    return [
      "The wallet does not hold enough",
      required !== null && available !== null && shortfall !== null
        ? `${money(required, currency)} are needed, ${money(available, currency)} are there: ${money(shortfall, currency)} are missing. Nothing was bought.`
        : "Nothing was bought.",
    ];
  }
  if (isStableVPSError(error, "over_budget")) {
    return [
      "The price is above your limit",
      `It costs ${money(error.price)}, and you allowed ${money(error.maxSpend)}. Nothing was ordered.`,
    ];
  }
  if (isStableVPSError(error, "provisioning_failed")) {
    return [
      "Bought, but not usable",
      `The server is ${statusWords(error.vpsStatus).text.toLowerCase()}. It was paid for: ask the service’s support.`,
    ];
  }
  if (isStableVPSError(error, "not_placed")) {
    return [
      "Nothing was bought",
      "The order’s reply was lost, and the order was seen not to have been placed.",
    ];
  }
  if (isStableVPSError(error, "unresolved")) {
    const { candidates, reason } = error;
    const names = candidates.map(serverName).join(", ");
    return [
      "Nobody can tell whether it was bought",
      `The order’s reply was lost: ${reason}. Look at the wallet and the list yourself${names ? `; it may be ${names}` : ""}.`,
    ];
  }
  if (isStableVPSError(error, "deadline_exceeded")) {
    return ["It takes longer than allowed", `Waited for ${error.waitingFor}.`];
  }
  if (isStableVPSError(error, "stale_token")) {
    return ["This purchase can’t be taken up here", `${capital(error.reason)}.`];
  }
  if (isStableVPSError(error, "outcome_unknown")) {
    return [
      "Nobody can tell whether it happened",
      `${capital(error.reason)}. ${capital(error.advice)}.`,
    ];
  }
  if (isStableVPSError(error, "rate_limited")) {
    const wait = error.retryAfterMs;
    return [
      "Too many requests",
      wait === null
        ? "Wait a moment."
        : `The service asks to wait ${Math.ceil(wait / 1000)} seconds.`,
    ];
  }
  if (isStableVPSError(error, "transport")) {
    const { kind } = error;
    return [
      kind === "timeout" ? "No reply in time" : "No connection to the service",
      "Either the network failed, or the service does not let pages of this origin in (CORS). A browser does not tell which.",
    ];
  }
  if (isStableVPSError(error, "invalid_input")) {
    return ["That can’t be right", `${FIELDS[error.field] ?? error.field} ${error.reason}.`];
  }
  if (isStableVPSError(error, "unexpected_response")) {
    return [
      "The service answered something unexpected",
      `${error.place ? `${error.place}: ` : ""}${error.reason}.`,
    ];
  }
  switch (error.code) {
    case "unauthorized":
      return ["The key does not open this account", "It is wrong, revoked or expired."];
    case "read_only_key":
      return ["This key may only look", "Buying and changing takes a key of scope “full”."];
    case "not_found":
      return ["There is no such server any more", "It was deleted, or belongs to another account."];
    case "bad_request":
      return ["The service refused that", error.serverMessage ?? "It gave no reason."];
    case "provider":
      return ["The provider behind the service failed", "This passes, as a rule."];
    case "server":
      return ["The service is having trouble", "It failed to answer. This passes, as a rule."];
    case "aborted":
      return [
        "You stopped waiting",
        "What was bought stays bought, and the wait can be taken up again.",
      ];
    default:
      return ["That did not work", error.message];
  }
}

const FIELDS: Record<string, string> = {
  apiKey: "The API key",
  baseUrl: "The address",
  maxSpend: "Your limit",
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
