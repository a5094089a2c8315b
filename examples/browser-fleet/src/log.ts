/** What happened, newest first. It is a live region: screen readers hear of every entry. */

import type { Logger } from "stablevps";
import { fill, find, h, type IconName, icon, say } from "./dom.js";
import { clock } from "./words.js";

const LONGEST = 200;

export type EntryKind = "info" | "good" | "bad" | "request";

const PICTURES: Record<EntryKind, IconName> = {
  info: "arrow",
  good: "check",
  bad: "alert",
  request: "plug",
};

export class Log {
  readonly #entries = h("ol");

  constructor() {
    const place = find("log");
    fill(place, this.#entries);
    const withRequests = find<HTMLInputElement>("log-requests");
    const show = () => place.classList.toggle("with-requests", withRequests.checked);
    withRequests.addEventListener("change", show);
    show();
  }

  add(text: string, kind: EntryKind = "info"): void {
    const now = new Date();
    this.#entries.prepend(
      h(
        "li",
        { class: kind },
        icon(PICTURES[kind]),
        h("span", { class: "what" }, text),
        h("time", { datetime: now.toISOString() }, clock(now)),
      ),
    );
    while (this.#entries.childElementCount > LONGEST) {
      this.#entries.lastElementChild?.remove();
    }
    if (kind !== "request") {
      say(text);
    }
  }

  /** Shows what the package logs of its requests. It never logs a secret. */
  readonly logger: Logger = {
    debug: (message) => this.add(message, "request"),
    warn: (message) => this.add(message, "request"),
  };
}
