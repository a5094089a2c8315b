/** One server with all there is to know, and its end. */

import type { Vps, VpsDetails } from "stablevps";
import type { App } from "./app.js";
import { button, copy, fill, h, isBusy, Sheet, setBusy, setText } from "./dom.js";
import { showTrouble } from "./notices.js";
import { billingWords, moment, placeName, planName, serverName, statusWords } from "./words.js";

const HIDDEN = "••••••••••••";

export class DetailsDialog {
  readonly #app: App;
  readonly #sheet: Sheet;
  readonly #confirm: ConfirmDialog;
  /** Ends the request, should the dialog be closed before its reply. */
  #asking = new AbortController();

  constructor(app: App, confirm: ConfirmDialog) {
    this.#app = app;
    this.#confirm = confirm;
    this.#sheet = new Sheet("details-dialog", "Server", {
      kind: "drawer",
      onclose: () => {
        this.#asking.abort();
        // A password that was shown is not kept in the page.
        fill(this.#sheet.body);
      },
    });
  }

  async open(id: string): Promise<void> {
    const listed = this.#app.list.find((vps) => vps.id === id);
    this.#sheet.title = listed ? serverName(listed) : "Server";
    const body = h("div", { class: "details" }, h("p", { class: "muted" }, "Asking the service…"));
    fill(this.#sheet.body, body);
    this.#sheet.open();
    this.#sheet.focusTitle();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const vps = await this.#app.service.client.vps.get(id, { signal });
      this.#sheet.title = serverName(vps);
      fill(body, ...this.#contents(vps));
    } catch (error) {
      if (!signal.aborted) {
        showTrouble(body, error, () => void this.open(id));
      }
    }
  }

  #contents(vps: VpsDetails): HTMLElement[] {
    const status = statusWords(vps.vpsStatus);
    const billing = billingWords(vps.status);
    const facts: [string, string | null, boolean?][] = [
      ["Plan", `${planName(vps.planId)}, paid ${vps.billingCycle}`],
      ["Location", placeName(vps.location)],
      ["Paid until", vps.currentPeriodEnd && moment(vps.currentPeriodEnd)],
      ["Ordered", vps.createdAt && moment(vps.createdAt)],
      ["Host name", vps.hostname, true],
      ["Id", vps.id, true],
      ["At the provider", vps.serverId, true],
    ];
    return [
      h(
        "p",
        { class: `status ${status.tone}` },
        status.text,
        billing ? h("span", { class: "muted" }, ` · ${billing}`) : null,
      ),
      h(
        "section",
        { class: "rdp", "aria-labelledby": "rdp-title" },
        h("h3", { id: "rdp-title" }, "Remote desktop"),
        copyRow(this.#app, "Address", vps.ipAddress),
        copyRow(this.#app, "User", vps.rdpUsername),
        this.#password(vps),
      ),
      h(
        "dl",
        { class: "facts-list" },
        ...facts
          .filter(([, value]) => value !== null)
          .map(([name, value, isCode]) =>
            h("div", {}, h("dt", {}, name), h("dd", isCode ? { class: "code" } : {}, value)),
          ),
      ),
      h(
        "section",
        { class: "danger", "aria-labelledby": "danger-title" },
        h("h3", { id: "danger-title" }, "Delete"),
        h("p", {}, "Everything on it is lost, and nothing is refunded."),
        button("Delete this server…", {
          kind: "bad small",
          picture: "trash",
          onclick: () => this.#delete(vps),
        }),
      ),
    ];
  }

  /** Hidden until it is asked for, and out of the page again when the dialog closes. */
  #password({ rdpPassword: secret }: VpsDetails): HTMLElement {
    if (!secret) {
      return copyRow(this.#app, "Password", null);
    }
    const shown = h("code", { class: "value", id: "rdp-password" }, HIDDEN);
    let isShown = false;
    const toggle = button("Show", {
      kind: "small",
      picture: "eye",
      "aria-label": "Show password",
      onclick: () => {
        isShown = !isShown;
        toggle.setAttribute("aria-label", isShown ? "Hide password" : "Show password");
        setText(toggle.lastElementChild as Element, isShown ? "Hide" : "Show");
        setText(shown, isShown ? secret.reveal() : HIDDEN);
      },
    });
    return h(
      "div",
      { class: "copy-row" },
      h("span", { class: "name" }, "Password"),
      shown,
      toggle,
      button("Copy password", {
        kind: "small",
        picture: "copy",
        bare: true,
        onclick: () => void copied(this.#app, "password", secret.reveal()),
      }),
    );
  }

  #delete(vps: Vps | VpsDetails): void {
    const name = serverName(vps);
    this.#confirm.open({
      title: `Delete ${name}?`,
      text: `Everything on this server in ${placeName(vps.location)} is lost for good, and nothing is refunded.`,
      action: "Delete for good",
      typed: name,
      act: async () => {
        const gone = await this.#app.service.client.vps.delete(vps.id);
        this.#sheet.close();
        const doubt =
          gone.providerDeleted === false
            ? " The provider did not confirm it: ask the service’s support."
            : "";
        this.#app.log.add(
          gone.alreadyGone ? `${name} was gone already.` : `${name} is deleted.${doubt}`,
          doubt ? "bad" : "good",
        );
        await this.#app.refresh();
      },
    });
  }
}

/** A value with a button that copies it. */
function copyRow(app: App, name: string, value: string | null): HTMLElement {
  return h(
    "div",
    { class: "copy-row" },
    h("span", { class: "name" }, name),
    value === null
      ? h("span", { class: "muted value" }, "Not there yet")
      : h("code", { class: "value" }, value),
    value === null
      ? null
      : button(`Copy ${name.toLowerCase()}`, {
          kind: "small",
          picture: "copy",
          bare: true,
          onclick: () => void copied(app, name.toLowerCase(), value),
        }),
  );
}

export async function copied(app: App, what: string, value: string): Promise<void> {
  const done = await copy(value);
  app.log.add(
    done ? `Copied the ${what}.` : `The browser does not let this page copy the ${what}.`,
    done ? "info" : "bad",
  );
}

interface Question {
  title: string;
  text: string;
  action: string;
  /** What must be typed first. */
  typed?: string;
  act(): Promise<void>;
}

/** Asks before something that can't be undone. */
export class ConfirmDialog {
  readonly #sheet = new Sheet("confirm-dialog", "", { kind: "small" });

  open({ title, text, action, typed, act }: Question): void {
    const trouble = h("div", { role: "alert" });
    const input =
      typed === undefined
        ? null
        : h("input", {
            id: "confirm-typed",
            autocomplete: "off",
            autocapitalize: "off",
            spellcheck: "false",
            "aria-describedby": "confirm-wrong",
            oninput: () => {
              input?.removeAttribute("aria-invalid");
              setText(wrong, "");
            },
          });
    const wrong = h("p", { class: "wrong", id: "confirm-wrong", role: "alert" });
    const submit = button(action, {
      kind: typed === undefined ? "primary" : "bad",
      type: "submit",
    });
    const run = async () => {
      if (input && input.value.trim() !== typed) {
        input.setAttribute("aria-invalid", "true");
        setText(wrong, `That is not ${typed}. Nothing was done.`);
        input.focus();
        return;
      }
      setBusy(submit, true);
      fill(trouble);
      try {
        await act();
        this.#sheet.close();
      } catch (error) {
        showTrouble(trouble, error);
      } finally {
        setBusy(submit, false);
      }
    };
    this.#sheet.title = title;
    fill(
      this.#sheet.body,
      h(
        "form",
        {
          class: "confirm",
          method: "dialog",
          novalidate: true,
          onsubmit: (event: Event) => {
            event.preventDefault();
            if (!isBusy(submit)) {
              void run();
            }
          },
        },
        h("p", {}, text),
        input
          ? h(
              "label",
              { class: "field", for: "confirm-typed" },
              h("span", {}, "Type ", h("code", {}, typed), " to go on"),
              input,
              wrong,
            )
          : null,
        trouble,
        h(
          "div",
          { class: "row end" },
          button("Cancel", { kind: "quiet", onclick: () => this.#sheet.close() }),
          submit,
        ),
      ),
    );
    this.#sheet.open();
    (input ?? submit).focus();
  }
}
