/** The page as a whole: its state, and what its parts share. */

import { cents, fromCents, PLANS, price, type Vps, type Wallet } from "stablevps";
import { showBadTurns } from "./bad-turns.js";
import { BuyDialog, specs } from "./buy.js";
import { ConnectionDialog } from "./connection.js";
import { ConfirmDialog, DetailsDialog } from "./details.js";
import { button, fill, find, h, icon, isBusy, Signal, setBusy, setText } from "./dom.js";
import { FleetView } from "./fleet.js";
import { Log } from "./log.js";
import { WorldMap } from "./map.js";
import { showTrouble } from "./notices.js";
import { type DealActions, overspent, phaseOf, purchaseCard } from "./purchase-card.js";
import { type Deal, Desk, shelf } from "./purchases.js";
import { type Service, simulate } from "./service.js";
import { eventWords, inDays, money, placeName, planName, serverName, troubleOf } from "./words.js";

export class App {
  readonly log = new Log();
  readonly confirm = new ConfirmDialog();
  readonly details = new DetailsDialog(this, this.confirm);
  readonly map = new WorldMap(() => this.#showList());
  readonly #fleet = new FleetView(this);
  readonly #buy = new BuyDialog(this);
  readonly #connection = new ConnectionDialog(this);
  readonly #cards = new Map<Deal, HTMLElement>();

  service!: Service;
  desk!: Desk;
  list: readonly Vps[] = [];
  wallet: Wallet | null = null;
  isLoaded = false;
  /** The list and the wallet were read. */
  readonly refreshed = new Signal();
  /** The refresh under way, and whether another is to follow it. */
  #refreshing: Promise<void> | null = null;
  #refreshAgain = false;
  #watching = new AbortController();

  readonly dealActions: DealActions = {
    stop: (deal) => this.desk.stop(deal),
    goOn: (deal, anyKey) => this.desk.goOn(deal, { anyKey }),
    forget: (deal) => this.desk.forget(deal),
    show: (id) => void this.details.open(id),
  };

  async start(): Promise<void> {
    this.#furnish();
    await this.use(await simulate(this.log.logger));
    document.addEventListener("visibilitychange", () => {
      void this.#watch();
      void this.#refreshIfSeen();
    });
  }

  /** Changes to another service, once it is known to answer. */
  async use(service: Service): Promise<void> {
    const account = await service.client.account.get();
    (this.desk as Desk | undefined)?.close();
    this.service = service;
    this.desk = new Desk(service);
    this.desk.changed.on(() => this.#showDeals());
    this.list = [];
    this.wallet = null;
    this.isLoaded = false;
    this.#fleet.clear();
    this.#showService(account.email);
    showBadTurns(this);
    this.#showDeals();
    this.log.add(
      service.kind === "simulation"
        ? "A simulated account is open."
        : `Connected to ${service.baseUrl}.`,
    );
    void this.desk.takeUp();
    this.#showUnfinished();
    void this.refresh();
    void this.#watch();
  }

  /** Watches the servers while the page is seen, and brings the list up to date with whatever changes. */
  async #watch(): Promise<void> {
    this.#watching.abort();
    this.#watching = new AbortController();
    if (document.visibilityState !== "visible") {
      return;
    }
    const { signal } = this.#watching;
    const { client, interval } = this.service;
    try {
      for await (const event of client.vps.watch({ interval, signal })) {
        const { text, kind } = eventWords(event);
        if (text !== "") {
          this.log.add(text, kind);
        }
        if (event.event !== "started") {
          await this.refresh();
        }
      }
    } catch {
      // The list says what is wrong, unless the watch was ended here.
      if (!signal.aborted) {
        await this.refresh();
      }
    }
  }

  /** Reads the list and the wallet anew. */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#refreshAgain = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#read().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #read(): Promise<void> {
    do {
      this.#refreshAgain = false;
      const { service } = this;
      const { client } = service;
      const trouble = find("list-trouble");
      try {
        const [list, wallet] = await Promise.all([client.vps.list(), client.wallet.get()]);
        if (service !== this.service) {
          continue;
        }
        this.list = list;
        this.wallet = wallet;
        this.isLoaded = true;
        if (trouble.childElementCount > 0) {
          fill(trouble);
          this.log.add("The list is up to date again.", "good");
        }
      } catch (error) {
        if (trouble.childElementCount === 0) {
          this.log.add(
            `The list could not be brought up to date: ${troubleOf(error).title.toLowerCase()}.`,
            "bad",
          );
        }
        showTrouble(trouble, error, () => void this.refresh());
      }
      this.refreshed.fire();
      this.#showFigures();
      this.#showList();
    } while (this.#refreshAgain);
  }

  async #refreshIfSeen(): Promise<void> {
    if (document.visibilityState === "visible") {
      await this.refresh();
    }
  }

  /** What stays the same whatever the service is. */
  #furnish(): void {
    fill(find("mark"), icon("mark"));
    fill(find("refresh"), icon("refresh"));
    find("refresh").setAttribute("aria-label", "Look again");
    find("refresh").title = "Look again";
    find("refresh").addEventListener("click", async ({ currentTarget }) => {
      const control = currentTarget as HTMLElement;
      if (!isBusy(control)) {
        setBusy(control, true);
        await this.refresh();
        setBusy(control, false);
      }
    });
    fill(find("buy"), icon("plus"), h("span", {}, "Buy a server"));
    find("buy").addEventListener("click", () =>
      this.#buy.open(this.map.chosen ? { location: this.map.chosen } : {}),
    );
    find("connection").addEventListener("click", () => this.#connection.open());
    fill(
      find("plans"),
      ...PLANS.map((plan) =>
        h(
          "li",
          { class: "plan" },
          h("h3", {}, plan.name),
          h("p", { class: "plan-price" }, h("b", {}, money(plan.monthly)), " a month"),
          h("p", { class: "muted" }, `or ${money(plan.yearly)} a year`),
          h(
            "ul",
            { class: "specs" },
            ...specs(plan).map((line) => h("li", {}, icon("check"), line)),
          ),
          button(`Choose ${plan.name}`, { onclick: () => this.#buy.open({ planId: plan.id }) }),
        ),
      ),
    );
  }

  #showService(email: string): void {
    const { kind, baseUrl } = this.service;
    document.body.dataset.kind = kind;
    const host = kind === "simulation" ? "" : new URL(baseUrl).host;
    const [badge, note] = {
      simulation: ["Simulation", "no real money"],
      local: ["This machine", host],
      live: ["Real money", host],
    }[kind] as [string, string];
    fill(find("badge"), badge, h("span", {}, ` · ${note}`));
    fill(
      find("connection"),
      icon("plug"),
      h("span", {}, kind === "simulation" ? "Connect" : "Connection"),
    );
    setText(find("owner"), email);
  }

  #showFigures(): void {
    const { list, wallet } = this;
    setText(find("wallet"), wallet ? money(wallet.balance, wallet.currency) : "–");
    const running = list.filter((vps) => vps.vpsStatus === "active").length;
    setText(
      find("fact-servers"),
      running === list.length ? `${list.length} active` : `${running} of ${list.length} active`,
    );
    const cost = (cycle: string) =>
      list
        .filter((vps) => vps.billingCycle === cycle && vps.vpsStatus !== "terminated")
        .reduce((sum, vps) => sum + cents(price(vps.planId, vps.billingCycle) ?? "0"), 0);
    const [monthly, yearly] = [cost("monthly"), cost("yearly")];
    setText(
      find("fact-costs"),
      [
        monthly > 0 || yearly === 0 ? `${money(fromCents(monthly))} a month` : null,
        yearly > 0 ? `${money(fromCents(yearly))} a year` : null,
      ]
        .filter((part) => part !== null)
        .join(" + "),
    );
    const next = list
      .filter((vps) => vps.currentPeriodEnd !== null && vps.currentPeriodEnd.getTime() > Date.now())
      .sort(
        (a, b) => (a.currentPeriodEnd?.getTime() ?? 0) - (b.currentPeriodEnd?.getTime() ?? 0),
      )[0];
    setText(
      find("fact-next"),
      next?.currentPeriodEnd ? `${inDays(next.currentPeriodEnd)} · ${serverName(next)}` : "–",
    );
  }

  #showList(): void {
    this.map.update(this.list);
    this.#fleet.update();
  }

  #showDeals(): void {
    const { deals } = this.desk;
    find("purchases").hidden = deals.length === 0;
    for (const deal of this.#cards.keys()) {
      if (!deals.includes(deal)) {
        this.#cards.get(deal)?.remove();
        this.#cards.delete(deal);
      }
    }
    for (const deal of deals) {
      if (!this.#cards.has(deal)) {
        const card = purchaseCard(deal, this.dealActions);
        this.#cards.set(deal, card);
        find("deals").prepend(card);
        this.#follow(deal);
        if (deal.isTakenUp) {
          this.log.add(`Taking up a purchase again: ${describe(deal)}.`);
        }
      }
    }
  }

  /** Logs every step of a purchase. */
  #follow(deal: Deal): void {
    let said = "";
    let known = "";
    deal.changed.on(() => {
      const { state, progress } = deal;
      const words = state === "failed" ? failure(deal) : `${describe(deal)}: ${phaseOf(deal)}`;
      if (words !== said) {
        said = words;
        const recovered =
          state === "ready" && deal.result?.recovered
            ? " The order’s reply had been lost; it was found, not bought again."
            : "";
        const more = state === "ready" ? overspent(deal) : null;
        const warning =
          more === null
            ? ""
            : ` But the wallet went down by ${money(more)} more than the price: look for a server too many.`;
        this.log.add(
          words + recovered + warning,
          warning ? "bad" : state === "ready" ? "good" : state === "failed" ? "bad" : "info",
        );
      }
      const now = `${state} ${progress?.vpsId} ${progress?.charged}`;
      if (now !== known && (progress?.vpsId || state !== "going")) {
        known = now;
        void this.refresh();
      }
    });
  }

  /** Purchases of another service than the current one. */
  #showUnfinished(): void {
    const elsewhere = [...new Set(shelf.list().map((note) => note.baseUrl))].filter(
      (url) => url !== this.service.baseUrl,
    );
    const place = find("unfinished");
    place.hidden = elsewhere.length === 0;
    fill(
      place,
      ...elsewhere.map((url) =>
        h(
          "div",
          { class: "warning" },
          icon("alert"),
          h(
            "p",
            {},
            h("strong", {}, "A purchase is not at its end. "),
            `It was begun at ${url}. Enter the key again, and it is taken up where it was: no second order is sent.`,
          ),
          button("Go on", { kind: "small", onclick: () => this.#connection.open(url) }),
        ),
      ),
    );
  }
}

function describe({ order }: Deal): string {
  return `${planName(order.planId)} in ${placeName(order.location)}`;
}

function failure(deal: Deal): string {
  const { title, text, again } = troubleOf(deal.error);
  return `${describe(deal)}: ${title}. ${text} ${again}`;
}
