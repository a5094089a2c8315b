/** What can go wrong, on demand. Only in the simulation. */

import type { App } from "./app.js";
import { button, fill, find, h } from "./dom.js";
import { serverName } from "./words.js";

const EVER = 1_000_000;

export function showBadTurns(app: App): void {
  const { simulator } = app.service;
  find("turns").hidden = simulator === null;
  if (!simulator) {
    fill(find("turns-body"));
    return;
  }

  const order = { method: "POST", path: "/vps" };
  const next = h(
    "select",
    { id: "next-order", onchange: () => set() },
    h("option", { value: "" }, "It goes well"),
    h("option", { value: "lost" }, "Its reply is lost"),
    h("option", { value: "suspended" }, "It is paid, but suspended"),
  );
  const down = h("input", { type: "checkbox", role: "switch", id: "down", onchange: () => set() });

  /** Puts the faults in place that are chosen. */
  function set(): void {
    simulator?.control("clear_faults");
    if (down.checked) {
      simulator?.fault({ status: { code: 503 } }, { times: EVER });
    }
    if (next.value === "lost") {
      // It takes effect, nobody hears of it, and the list shows it only after a while.
      simulator?.fault({ late_order: { ms: 1_500 } }, order);
    } else if (next.value === "suspended") {
      simulator?.fault({ shape_order: { vps_status: "suspended" } }, order);
    }
  }
  down.addEventListener("change", () => {
    app.log.add(
      down.checked ? "Simulation: the service is down." : "Simulation: the service is back.",
    );
    void app.refresh();
  });
  next.addEventListener("change", () =>
    app.log.add(`Simulation: of the next order, “${next.selectedOptions[0]?.text}”.`),
  );
  // Once an order went wrong, the one after it goes well.
  const end = app.refreshed.on(() => {
    if (app.service.simulator !== simulator) {
      end();
      return;
    }
    const waiting = simulator.state().pending_faults as { do: string }[];
    if (next.value !== "" && !waiting.some((fault) => fault.do !== "status")) {
      next.value = "";
    }
  });

  const wallet = (amount: number, text: string) =>
    button(text, {
      kind: "small",
      onclick: () => {
        simulator.control({ set_balance: { amount } });
        app.log.add(`Simulation: the wallet holds €${amount} now.`);
        void app.refresh();
      },
    });
  const hang = () => {
    const vps = app.list.find(({ vpsStatus }) => vpsStatus === "active");
    if (vps) {
      simulator.control({ set_vps: { id: vps.id, hangs: true } });
      app.log.add(`Simulation: ${serverName(vps)} hangs. A reboot helps.`);
    }
  };
  fill(
    find("turns-body"),
    h("label", { class: "field", for: "next-order" }, h("span", {}, "The next order"), next),
    h("label", { class: "switch", for: "down" }, h("span", {}, "The service is down"), down),
    h(
      "div",
      { class: "turn-row" },
      h("span", {}, "The wallet"),
      wallet(5, "Only €5"),
      wallet(200, "€200"),
    ),
    h(
      "div",
      { class: "turn-row" },
      h("span", {}, "A server"),
      button("Let one hang", { kind: "small", onclick: hang }),
    ),
  );
}
