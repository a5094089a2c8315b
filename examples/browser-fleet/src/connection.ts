/** The dialog to connect to another service. */

import { isStableVPSError, Secret } from "stablevps";
import type { App } from "./app.js";
import { button, fill, h, icon, isBusy, Sheet, setBusy } from "./dom.js";
import { troubleBox } from "./notices.js";
import { connect, LIVE, simulate } from "./service.js";
import { troubleOf } from "./words.js";

export class ConnectionDialog {
  readonly #app: App;
  readonly #sheet = new Sheet("connection-dialog", "Connection", {
    onclose: () => (this.#key.value = ""),
  });
  readonly #address = h("input", {
    id: "address",
    type: "url",
    value: LIVE,
    autocomplete: "off",
    spellcheck: "false",
  });
  readonly #key = h("input", {
    id: "key",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "svps_live_…",
  });
  readonly #fields: HTMLElement;
  readonly #trouble = h("div", { role: "alert" });
  readonly #submit = button("Connect", { kind: "primary", type: "submit" });
  readonly #choices: { simulation: HTMLInputElement; service: HTMLInputElement };

  constructor(app: App) {
    this.#app = app;
    const choice = (value: string) => h("input", { type: "radio", name: "mode", value });
    this.#choices = { simulation: choice("simulation"), service: choice("service") };
    const option = (input: HTMLElement, title: string, line: string) =>
      h(
        "label",
        { class: "choice" },
        input,
        h("span", { class: "choice-title" }, title),
        h("span", { class: "choice-line" }, line),
      );
    this.#fields = h(
      "div",
      { class: "fields" },
      h(
        "div",
        { class: "field" },
        h("label", { for: "address" }, "Address"),
        this.#address,
        h("p", { class: "help" }, "https, or http to this machine, such as http://127.0.0.1:8787."),
      ),
      h("div", { class: "field" }, h("label", { for: "key" }, "API key"), this.#key),
      h(
        "div",
        { class: "warning" },
        icon("alert"),
        h(
          "p",
          {},
          h("strong", {}, "Whoever has this key can spend the whole wallet. "),
          "It stays in this tab’s memory until you close or reload the page. Browser extensions can read it all the same. Only enter it in a page that you serve yourself, use a key of its own, and revoke it afterwards. To look only, a read-only key is enough.",
        ),
      ),
    );
    fill(
      this.#sheet.body,
      h(
        "form",
        {
          class: "connection-form",
          method: "dialog",
          novalidate: true,
          onchange: () => this.#update(),
          onsubmit: (event: Event) => {
            event.preventDefault();
            if (!isBusy(this.#submit)) {
              void this.#connect();
            }
          },
        },
        h(
          "fieldset",
          { class: "two" },
          h("legend", {}, "Speak to"),
          h(
            "div",
            { class: "choices" },
            option(this.#choices.simulation, "A simulation", "In this page. No network, no money."),
            option(
              this.#choices.service,
              "A service",
              "The real one, or a simulator on this machine.",
            ),
          ),
        ),
        this.#fields,
        this.#trouble,
        h(
          "div",
          { class: "row end" },
          button("Cancel", { kind: "quiet", onclick: () => this.#sheet.close() }),
          this.#submit,
        ),
      ),
    );
  }

  /** Opens it, perhaps for a service that a purchase waits for. */
  open(address?: string): void {
    const isService = address !== undefined || this.#app.service.kind !== "simulation";
    (isService ? this.#choices.service : this.#choices.simulation).checked = true;
    this.#address.value =
      address ??
      (this.#app.service.kind === "simulation" ? this.#address.value : this.#app.service.baseUrl);
    fill(this.#trouble);
    this.#update();
    this.#sheet.open();
    if (address !== undefined) {
      this.#key.focus();
    } else {
      (isService ? this.#choices.service : this.#choices.simulation).focus();
    }
  }

  #update(): void {
    this.#fields.hidden = !this.#choices.service.checked;
  }

  async #connect(): Promise<void> {
    setBusy(this.#submit, true);
    fill(this.#trouble);
    for (const input of [this.#address, this.#key]) {
      input.removeAttribute("aria-invalid");
    }
    try {
      const { logger } = this.#app.log;
      const service = this.#choices.simulation.checked
        ? await simulate(logger)
        : await connect(this.#address.value, new Secret(this.#key.value.trim()), logger);
      await this.#app.use(service);
      this.#key.value = "";
      this.#sheet.close();
    } catch (error) {
      fill(this.#trouble, troubleBox(troubleOf(error)));
      const isAddress = isStableVPSError(error, "invalid_input") && error.field === "baseUrl";
      const isKey = isStableVPSError(error, "invalid_input")
        ? error.field === "apiKey"
        : isStableVPSError(error, "unauthorized");
      const wrong = isAddress ? this.#address : isKey ? this.#key : null;
      wrong?.setAttribute("aria-invalid", "true");
      wrong?.focus();
    } finally {
      setBusy(this.#submit, false);
    }
  }
}
