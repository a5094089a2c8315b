/** Errors in words: in place, or in a corner of the page until they are dismissed. */

import { button, fill, find, h, icon } from "./dom.js";
import type { Log } from "./log.js";
import { type Trouble, troubleOf } from "./words.js";

/** What happened, whether trying again is safe, and perhaps a way to do so. */
export function troubleBox(trouble: Trouble, ...actions: (HTMLElement | null)[]): HTMLElement {
  const given = actions.filter((action) => action !== null);
  return h(
    "div",
    { class: "trouble" },
    icon("alert"),
    h(
      "div",
      { class: "trouble-text" },
      h("p", { class: "trouble-title" }, trouble.title),
      h("p", {}, trouble.text),
      h("p", { class: "again" }, trouble.again),
      h("p", { class: "technical" }, trouble.technical),
      given.length > 0 ? h("div", { class: "row" }, ...given) : null,
    ),
  );
}

/** One place for one error at a time. */
export function showTrouble(place: Element, error: unknown, again?: () => void): void {
  const trouble = troubleOf(error);
  fill(
    place,
    troubleBox(
      trouble,
      trouble.mayTryAgain && again ? button("Try again", { kind: "small", onclick: again }) : null,
    ),
  );
}

/** A failure that belongs to no place of its own. The log says it aloud. */
export function notify(log: Log, what: string, error: unknown, again?: () => void): void {
  const trouble = troubleOf(error);
  log.add(`${what}: ${trouble.title.toLowerCase()}. ${trouble.again}`, "bad");
  const place = find("notices");
  const remove = () => box.remove();
  const box = troubleBox(
    { ...trouble, title: `${what}: ${trouble.title.toLowerCase()}` },
    trouble.mayTryAgain && again
      ? button("Try again", {
          kind: "small",
          onclick: () => {
            remove();
            again();
          },
        })
      : null,
    button("Dismiss", { kind: "small quiet", onclick: remove }),
  );
  place.append(box);
  while (place.childElementCount > 3) {
    place.firstElementChild?.remove();
  }
}
