/** The dialog in which a server is bought, and watched until it is ready. */

import {
  type BillingCycle,
  cents,
  fromCents,
  type OrderParams,
  PLANS,
  type Plan,
  price,
} from "stablevps";
import type { App } from "./app.js";
import { button, fill, h, Sheet, setText } from "./dom.js";
import { purchaseCard } from "./purchase-card.js";
import type { Deal } from "./purchases.js";
import { cycleName, money, PLACES, timeIn } from "./words.js";

const CYCLES: readonly { id: BillingCycle; name: string }[] = [
  { id: "monthly", name: "Monthly" },
  { id: "yearly", name: "Yearly" },
];

/** Memory and disk in words. */
export function specs(plan: Plan): string[] {
  return [`${plan.vcpus} vCPU`, `${plan.memoryMb / 1000} GB memory`, `${plan.storageGb} GB NVMe`];
}

/** What a year costs less than twelve months. */
export function yearlySaving(plan: Plan): string {
  return fromCents(12 * cents(plan.monthly) - cents(plan.yearly));
}

export class BuyDialog {
  readonly #app: App;
  readonly #sheet: Sheet;
  readonly #form: HTMLFormElement;
  readonly #limit: HTMLInputElement;
  readonly #summary = h("p", { class: "sum" });
  readonly #after = h("p", { class: "muted", id: "buy-after" });
  readonly #submit = button("Buy", { kind: "primary big", type: "submit" });
  /** Whether the limit follows the price, or was typed. */
  #limitIsTyped = false;

  constructor(app: App) {
    this.#app = app;
    this.#sheet = new Sheet("buy-dialog", "Buy a server", { kind: "wide" });
    this.#limit = h("input", {
      id: "buy-limit",
      name: "limit",
      inputmode: "decimal",
      autocomplete: "off",
      required: true,
      pattern: "[0-9]+([.][0-9]{1,2})?",
      title: "An amount such as 19.49",
      "aria-describedby": "buy-limit-help",
      oninput: () => {
        this.#limitIsTyped = true;
      },
    });
    this.#form = h(
      "form",
      {
        class: "buy-form",
        method: "dialog",
        onsubmit: (event: Event) => {
          event.preventDefault();
          this.#buy();
        },
        onchange: () => this.#update(),
      },
      choices(
        "Plan",
        "sizes",
        PLANS.map((plan) => ({
          value: plan.id,
          title: plan.name,
          lines: specs(plan),
          side: `${plan.id}-price`,
        })),
        "prime",
      ),
      choices(
        "Paid",
        "two",
        CYCLES.map(({ id, name }) => ({ value: id, title: name, lines: [], side: `${id}-price` })),
        "monthly",
      ),
      choices(
        "Location",
        "location",
        PLACES.map(({ id, name, zone }) => ({
          value: id,
          title: name,
          lines: [`${timeIn(zone, new Date())} there`],
        })),
        "london",
      ),
      h(
        "div",
        { class: "checkout" },
        h(
          "div",
          { class: "field limit" },
          h("label", { for: "buy-limit" }, "Never pay more than, in EUR"),
          this.#limit,
          h(
            "p",
            { class: "help", id: "buy-limit-help" },
            "A higher price ends it before anything is ordered.",
          ),
        ),
        h("div", { class: "total" }, this.#summary, this.#after, this.#submit),
      ),
    );
  }

  /** Opens it, perhaps with a plan or a location chosen. */
  open(chosen: Partial<OrderParams> = {}): void {
    this.#sheet.title = "Buy a server";
    fill(this.#sheet.body, this.#form);
    this.#choose("plan", chosen.planId);
    this.#choose("location", chosen.location);
    this.#limitIsTyped = false;
    this.#update();
    this.#sheet.open();
    this.#form.querySelector<HTMLInputElement>("input[name=plan]:checked")?.focus();
  }

  get #order(): OrderParams {
    const given = new FormData(this.#form);
    const value = (name: string) => String(given.get(name));
    return { planId: value("plan"), billingCycle: value("cycle"), location: value("location") };
  }

  #choose(name: string, value: string | undefined): void {
    for (const input of this.#form.querySelectorAll<HTMLInputElement>(`input[name=${name}]`)) {
      if (value !== undefined) {
        input.checked = input.value === value;
      }
    }
  }

  /** Writes down the price of what is chosen. */
  #update(): void {
    const { planId, billingCycle } = this.#order;
    const cost = price(planId, billingCycle) ?? "0";
    for (const plan of PLANS) {
      setText(this.#side(`${plan.id}-price`), money(price(plan.id, billingCycle) ?? "0"));
    }
    const plan = PLANS.find(({ id }) => id === planId);
    setText(this.#side("monthly-price"), plan ? money(plan.monthly) : "");
    setText(
      this.#side("yearly-price"),
      plan ? `${money(plan.yearly)}, saves ${money(yearlySaving(plan))}` : "",
    );
    if (!this.#limitIsTyped) {
      this.#limit.value = cost;
    }
    setText(this.#summary, `${money(cost)} ${cycleName(billingCycle)}`);
    const { wallet } = this.#app;
    const left = wallet && cents(wallet.balance) - cents(cost);
    setText(
      this.#after,
      left === null
        ? ""
        : left < 0
          ? `The wallet is ${money(fromCents(-left))} short.`
          : `${money(fromCents(left))} stay in the wallet.`,
    );
    this.#after.classList.toggle("short", left !== null && left < 0);
    setText(this.#submit, `Buy for ${money(cost)}`);
  }

  #side(name: string): Element {
    return this.#form.querySelector(`[data-side="${name}"]`) as Element;
  }

  #buy(): void {
    this.#watch(this.#app.desk.buy(this.#order, this.#limit.value));
  }

  /** The form makes room for the purchase. */
  #watch(deal: Deal): void {
    const card = purchaseCard(deal, {
      ...this.#app.dealActions,
      forget: (which) => {
        this.#app.dealActions.forget(which);
        this.#sheet.close();
      },
      show: (id) => {
        this.#sheet.close();
        this.#app.dealActions.show(id);
      },
    });
    const leave = button("Close, and let it go on", { onclick: () => this.#sheet.close() });
    const back = button("Back to the choice", {
      onclick: () => {
        this.#app.dealActions.forget(deal);
        const { planId, location } = deal.order;
        this.open({ planId, location });
      },
    });
    const update = () => {
      const isOver = deal.state === "failed" && deal.token === null && !deal.mayBeOrdered;
      leave.hidden = deal.state !== "going";
      back.hidden = !isOver;
      promise.hidden = deal.state !== "going";
      this.#sheet.title =
        deal.state === "going"
          ? "Buying a server"
          : deal.state === "ready"
            ? "The server is ready"
            : "It did not work";
      if (deal.state !== "going" && this.#sheet.element.contains(document.activeElement)) {
        // Where the focus was may be gone.
        this.#sheet.focusTitle();
      }
    };
    const promise = h(
      "p",
      { class: "help" },
      this.#app.service.simulator
        ? "It goes on when this dialog is closed."
        : "It goes on when this dialog is closed, and after a reload: its token was stored before the order was sent.",
    );
    fill(
      this.#sheet.body,
      h("div", { class: "watching" }, card, promise, h("div", { class: "row end" }, leave, back)),
    );
    update();
    const end = deal.changed.on(() => (card.isConnected ? update() : end()));
    this.#sheet.focusTitle();
  }
}

interface Choice {
  value: string;
  title: string;
  lines: string[];
  side?: string;
}

/** Radio buttons as cards. */
function choices(
  legend: string,
  kind: string,
  list: readonly Choice[],
  chosen: string,
): HTMLFieldSetElement {
  const name = legend === "Paid" ? "cycle" : legend.toLowerCase();
  return h(
    "fieldset",
    { class: kind },
    h("legend", {}, legend),
    h(
      "div",
      { class: "choices" },
      ...list.map(({ value, title, lines, side }) =>
        h(
          "label",
          { class: "choice" },
          h("input", { type: "radio", name, value, checked: value === chosen }),
          h("span", { class: "choice-title" }, title),
          lines.length > 0
            ? h(
                "span",
                { class: "choice-lines" },
                ...lines.map((line) => h("span", { class: "choice-line" }, line)),
              )
            : null,
          side ? h("span", { class: "choice-side", "data-side": side }) : null,
        ),
      ),
    ),
  );
}
