/** The list of servers. */

import type { Vps } from "stablevps";
import type { App } from "./app.js";
import { copied } from "./details.js";
import { button, fill, find, h, isBusy, keepFocus, setBusy, setText } from "./dom.js";
import { notify } from "./notices.js";
import {
  billingWords,
  clock,
  date,
  inDays,
  placeName,
  planName,
  serverName,
  statusWords,
} from "./words.js";

type Power = "start" | "stop" | "reboot";

const POWER: Record<Power, { label: string; asked: string; warning: string | null }> = {
  start: { label: "Start", asked: "Asked to start", warning: null },
  stop: {
    label: "Stop",
    asked: "Asked to stop",
    warning:
      "Windows is switched off. Whatever trades on it stops trading until you start it again, and it is paid for all the same.",
  },
  reboot: {
    label: "Reboot",
    asked: "Asked to reboot",
    warning: "Windows is restarted. Whatever trades on it stops trading for some minutes.",
  },
};

const ORDERS: Record<string, (a: Vps, b: Vps) => number> = {
  newest: (a, b) => Number(b.createdAt) - Number(a.createdAt),
  paid: (a, b) =>
    (a.currentPeriodEnd?.getTime() ?? Infinity) - (b.currentPeriodEnd?.getTime() ?? Infinity),
  location: (a, b) => placeName(a.location).localeCompare(placeName(b.location)),
  plan: (a, b) => planName(a.planId).localeCompare(planName(b.planId)),
};

export class FleetView {
  readonly #app: App;
  readonly #rows = new Map<string, Row>();
  readonly #body = find("rows");
  readonly #search = find<HTMLInputElement>("search");
  readonly #status = find<HTMLSelectElement>("status");
  readonly #sort = find<HTMLSelectElement>("sort");

  constructor(app: App) {
    this.#app = app;
    this.#search.addEventListener("input", () => this.update());
    this.#status.addEventListener("change", () => this.update());
    this.#sort.addEventListener("change", () => this.update());
  }

  /** Another account's servers come. */
  clear(): void {
    this.#rows.clear();
    fill(this.#body);
  }

  update(): void {
    const { list, map } = this.#app;
    const sought = this.#search.value.trim().toLowerCase();
    const shown = list
      .filter((vps) => map.chosen === null || vps.location === map.chosen)
      .filter((vps) => fits(vps, this.#status.value))
      .filter((vps) => `${serverName(vps)} ${vps.id} ${vps.ipAddress ?? ""}`.includes(sought))
      .sort(ORDERS[this.#sort.value] ?? ORDERS.newest);

    const had = document.activeElement;
    for (const [index, vps] of shown.entries()) {
      let row = this.#rows.get(vps.id);
      if (!row) {
        row = new Row(this.#app, vps);
        this.#rows.set(vps.id, row);
      }
      row.update(vps);
      if (this.#body.children[index] !== row.element) {
        this.#body.insertBefore(row.element, this.#body.children[index] ?? null);
      }
    }
    while (this.#body.children.length > shown.length) {
      this.#body.lastElementChild?.remove();
    }
    // Moving a row takes the focus off it, and so does its end.
    if (had instanceof HTMLElement && document.activeElement !== had) {
      if (had.isConnected) {
        had.focus({ preventScroll: true });
      } else {
        keepFocus();
      }
    }
    const here = new Set(list.map((vps) => vps.id));
    for (const id of [...this.#rows.keys()].filter((id) => !here.has(id))) {
      this.#rows.delete(id);
    }
    const count = find("count");
    const words =
      shown.length === list.length ? `${list.length}` : `${shown.length} of ${list.length}`;
    if (count.dataset.words !== words) {
      count.dataset.words = words;
      fill(count, words, h("span", { class: "sr-only" }, " servers"));
    }
    const empty = find("empty");
    empty.hidden = shown.length > 0;
    setText(
      empty,
      list.length === 0
        ? this.#app.isLoaded
          ? "No servers yet. Buy the first one."
          : "Looking…"
        : "No server fits that.",
    );
  }
}

function fits(vps: Vps, status: string): boolean {
  switch (status) {
    case "":
      return true;
    case "trouble":
      return !["active", "provisioning"].includes(vps.vpsStatus) || vps.status !== "active";
    default:
      return vps.vpsStatus === status;
  }
}

class Row {
  readonly element: HTMLElement;
  readonly #app: App;
  #vps: Vps;
  readonly #status = h("span", { class: "status" });
  readonly #note = h("span", { class: "note" });
  readonly #plan = h("span", {});
  readonly #address = h("td", { role: "cell", class: "cell-address", "data-name": "Address" });
  readonly #paid = h("span", {});
  readonly #paidNote = h("span", { class: "note" });
  readonly #power: Record<Power, HTMLButtonElement>;
  /** What was asked of it last. The service does not tell whether it runs. */
  #asked = "";

  constructor(app: App, vps: Vps) {
    this.#app = app;
    this.#vps = vps;
    const name = serverName(vps);
    const control = (power: Power) =>
      button(`${POWER[power].label} ${name}`, {
        kind: "quiet",
        picture: power === "start" ? "play" : power,
        bare: true,
        onclick: () => this.#ask(power),
      });
    this.#power = { start: control("start"), stop: control("stop"), reboot: control("reboot") };
    this.element = h(
      "tr",
      { role: "row", "data-id": vps.id },
      h(
        "th",
        { scope: "row", role: "rowheader", class: "cell-name" },
        h("span", { class: "name" }, name),
        h("span", { class: "note" }, placeName(vps.location)),
      ),
      h("td", { role: "cell", "data-name": "Status" }, this.#status, this.#note),
      h(
        "td",
        { role: "cell", "data-name": "Plan" },
        this.#plan,
        h("span", { class: "note" }, vps.billingCycle),
      ),
      this.#address,
      h("td", { role: "cell", "data-name": "Paid until" }, this.#paid, this.#paidNote),
      h(
        "td",
        { role: "cell", class: "cell-actions" },
        h(
          "div",
          { class: "row-actions", role: "group", "aria-label": name },
          this.#power.start,
          this.#power.stop,
          this.#power.reboot,
          button("Details", {
            kind: "small",
            "aria-label": `Details of ${name}`,
            onclick: () => void app.details.open(this.#vps.id),
          }),
        ),
      ),
    );
  }

  update(vps: Vps): void {
    this.#vps = vps;
    const { text, tone } = statusWords(vps.vpsStatus);
    setText(this.#status, text);
    this.#status.className = `status ${tone}`;
    setText(this.#note, billingWords(vps.status) ?? this.#asked);
    setText(this.#plan, planName(vps.planId));
    this.#showAddress(vps.ipAddress);
    const until = vps.currentPeriodEnd;
    setText(this.#paid, until ? date(until) : "–");
    setText(this.#paidNote, until ? inDays(until) : "");
    this.#paidNote.classList.toggle("late", until !== null && until.getTime() < Date.now());
    const isUsable = !["provisioning", "suspended", "terminated"].includes(vps.vpsStatus);
    for (const control of Object.values(this.#power)) {
      control.hidden = !isUsable;
    }
  }

  #showAddress(address: string | null): void {
    if (this.#address.dataset.address === (address ?? "")) {
      return;
    }
    this.#address.dataset.address = address ?? "";
    fill(
      this.#address,
      address === null
        ? h("span", { class: "muted" }, "–")
        : h(
            "span",
            { class: "address" },
            h("code", {}, address),
            button(`Copy address ${address}`, {
              kind: "quiet tiny",
              picture: "copy",
              bare: true,
              onclick: () => void copied(this.#app, "address", address),
            }),
          ),
    );
  }

  #ask(power: Power): void {
    if (isBusy(this.#power[power])) {
      return;
    }
    const { label, warning } = POWER[power];
    const name = serverName(this.#vps);
    if (warning === null) {
      void this.#act(power).catch((error) =>
        notify(this.#app.log, `${label} ${name}`, error, () => this.#ask(power)),
      );
      return;
    }
    this.#app.confirm.open({
      title: `${label} ${name}?`,
      text: warning,
      action: label,
      act: () => this.#act(power),
    });
  }

  async #act(power: Power): Promise<void> {
    const control = this.#power[power];
    const name = serverName(this.#vps);
    setBusy(control, true);
    try {
      await this.#app.service.client.vps[power](this.#vps.id);
      this.#asked = `${POWER[power].asked.toLowerCase()}, ${clock(new Date())}`;
      this.#app.log.add(`${name}: ${POWER[power].asked.toLowerCase()}.`, "good");
      this.update(this.#vps);
    } finally {
      setBusy(control, false);
    }
  }
}
