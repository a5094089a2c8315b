/** A purchase as people see it: where it is, how long it takes, how it ended. */

import { cents, fromCents, isStableVPSError, type Money, price } from "stablevps";
import { button, fill, h, icon, setText } from "./dom.js";
import { troubleBox } from "./notices.js";
import type { Deal } from "./purchases.js";
import {
  cycleName,
  lasting,
  money,
  phaseWords,
  placeName,
  planName,
  serverName,
  troubleOf,
} from "./words.js";

const STEPS = ["Wallet", "Order", "Set-up", "Ready"] as const;

/** What can be done with a purchase. */
export interface DealActions {
  stop(deal: Deal): void;
  goOn(deal: Deal, anyKey: boolean): void;
  forget(deal: Deal): void;
  show(id: string): void;
}

/** The card of a purchase. It follows the purchase for as long as it is in the page. */
export function purchaseCard(deal: Deal, actions: DealActions): HTMLElement {
  const { planId, billingCycle, location } = deal.order;
  const cost = price(planId, billingCycle);
  const steps = STEPS.map((name) => h("li", {}, h("span", { class: "step-dot" }), name));
  const phase = h("p", { class: "phase" });
  const timing = h("p", { class: "timing muted" });
  const bar = h("div", { class: "bar", role: "progressbar", "aria-label": "Purchase under way" });
  const note = h("div", { class: "deal-note" });
  const stop = button("Stop waiting", { kind: "small", onclick: () => actions.stop(deal) });
  const ways = h("div", { class: "row" }, stop);
  const card = h(
    "article",
    { class: "deal", "aria-label": `${planName(planId)} in ${placeName(location)}` },
    h(
      "div",
      { class: "deal-head" },
      h("h3", {}, `${planName(planId)} · ${placeName(location)}`),
      h("p", { class: "muted" }, cost === null ? "" : `${money(cost)} ${cycleName(billingCycle)}`),
    ),
    h("ol", { class: "steps", "aria-label": "Steps" }, ...steps),
    bar,
    phase,
    timing,
    note,
    ways,
  );

  const tick = () => {
    const { progress, seenAt } = deal;
    if (deal.state !== "going" || !progress) {
      return;
    }
    const since = Date.now() - seenAt;
    const left = progress.nextLookMs - since;
    const next = left > 0 ? `next look in ${Math.ceil(left / 1000)} s` : "looking now";
    setText(
      timing,
      `${lasting(progress.elapsedMs + since)} gone · ${next} · ${progress.requests} requests so far`,
    );
  };

  let shown = "";
  const update = () => {
    const at = stepOf(deal);
    steps.forEach((step, index) => {
      step.className =
        index < at
          ? "past"
          : index > at
            ? ""
            : deal.state === "failed"
              ? "failed"
              : deal.state === "ready"
                ? "past"
                : "now";
      if (index === at) {
        step.setAttribute("aria-current", "step");
      } else {
        step.removeAttribute("aria-current");
      }
    });
    card.dataset.state = deal.state;
    const isGoing = deal.state === "going";
    bar.hidden = timing.hidden = stop.hidden = !isGoing;
    tick();
    setText(phase, phaseOf(deal));
    phase.hidden = deal.state === "failed";
    // What people may have their focus on is not made anew without need.
    const key = `${deal.state} ${deal.progress?.recovered} ${deal.progress?.charged}`;
    if (key === shown) {
      return;
    }
    shown = key;
    if (isGoing) {
      fill(note, recovery(deal));
      fill(ways, stop);
    } else if (deal.state === "ready" && deal.result) {
      const { vps } = deal.result;
      fill(note, recovery(deal), surplus(deal));
      fill(
        ways,
        button("Show the server", { kind: "small", onclick: () => actions.show(vps.id) }),
        button("Dismiss", { kind: "small quiet", onclick: () => actions.forget(deal) }),
      );
    } else {
      const isStale = isStableVPSError(deal.error, "stale_token");
      fill(note, recovery(deal), troubleBox(troubleOf(deal.error)));
      fill(
        ways,
        deal.token === null
          ? null
          : button(isStale ? "It is the same account" : "Go on", {
              kind: "small",
              onclick: () => actions.goOn(deal, isStale),
            }),
        button(deal.token === null ? "Dismiss" : "Forget it", {
          kind: "small quiet",
          onclick: () => actions.forget(deal),
        }),
      );
    }
  };

  update();
  deal.changed.on(update);
  const timer = setInterval(() => (card.isConnected ? tick() : clearInterval(timer)), 500);
  return card;
}

function stepOf(deal: Deal): number {
  if (deal.state === "ready") {
    return 3;
  }
  switch (deal.progress?.phase) {
    case "ordering":
    case "reconciling":
      return 1;
    case "polling":
    case "ended":
      return 2;
    default:
      return deal.mayBeOrdered ? 1 : 0;
  }
}

export function phaseOf(deal: Deal): string {
  if (deal.result) {
    const { vps, charged, currency, elapsedMs } = deal.result;
    const paid = charged === null ? "" : ` It cost ${money(charged, currency)}.`;
    return `${serverName(vps)} is ready after ${lasting(elapsedMs)}.${paid}`;
  }
  return deal.isQueued ? "Waiting for another tab that is buying." : phaseWords(deal.progress);
}

/** By how much more than the price the wallet went down. */
export function overspent({ order, result }: Deal): Money | null {
  const cost = price(order.planId, order.billingCycle);
  if (!result || cost === null || result.balanceBefore === null || result.balanceAfter === null) {
    return null;
  }
  const more = cents(result.balanceBefore) - cents(result.balanceAfter) - cents(cost);
  return more > 0 ? fromCents(more) : null;
}

/** This package sends an order once. A browser may send it again by itself when a connection breaks. */
function surplus(deal: Deal): HTMLElement | null {
  const more = overspent(deal);
  if (more === null) {
    return null;
  }
  return h(
    "div",
    { class: "warning" },
    icon("alert"),
    h(
      "p",
      {},
      h(
        "strong",
        {},
        `The wallet went down by ${money(more, deal.result?.currency)} more than the price. `,
      ),
      "Either something else was bought meanwhile, or the browser itself sent the order twice, as browsers may when a connection breaks. Look for a server too many in the list.",
    ),
  );
}

function recovery(deal: Deal): HTMLElement | null {
  if (!(deal.result ?? deal.progress)?.recovered) {
    return null;
  }
  const charged = deal.result?.charged ?? deal.progress?.charged ?? null;
  return h(
    "p",
    { class: "recovered" },
    icon("check"),
    h(
      "span",
      {},
      "The order’s reply was lost. The server was found by looking, not bought again",
      charged === null
        ? "."
        : `: the wallet was charged ${money(charged, deal.progress?.currency)}.`,
    ),
  );
}
