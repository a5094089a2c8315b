/** The little that this page needs instead of a framework. */

type Child = Node | string | null | undefined | false;
type Props = Record<string, unknown>;

/**
 * An element: `h("button", { type: "button", onclick }, "Buy")`. Functions become listeners, `true` an
 * empty attribute; `false` and `null` are left out. Text is always text: nothing is parsed as HTML.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as EventListener);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  fill(element, ...children);
  return element;
}

/** Puts these in place of what an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(
    ...children.filter(
      (child): child is Node | string => child !== null && child !== undefined && child !== false,
    ),
  );
}

/** Sets a text only where it changes, so that nothing is announced or repainted for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** An element of the page. */
export function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`the page has no #${id}`);
  }
  return element as T;
}

const SHAPES = {
  alert:
    "M12 8.5v4.5m0 3.5v.01M10.3 4 2.6 17.5A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-3L13.7 4a2 2 0 0 0-3.4 0Z",
  arrow: "M5 12h14m-6-6 6 6-6 6",
  broken: "M3 12h6l2-5 2 10 2-5h6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h10.5v10.5H9zM5 15H4.5V4.5H15V5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z",
  mark: "M5 15.5v-5M12 19V6m7 9.5V9M5 12v1.5m7-5v7m7-5v3",
  moon: "M20 14.2A8 8 0 1 1 9.8 4a6.4 6.4 0 0 0 10.2 10.2Z",
  play: "M7.5 5v14l11-7z",
  plug: "M9 3v5m6-5v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v4",
  plus: "M12 5v14M5 12h14",
  refresh:
    "M20 11.5A8 8 0 0 0 5.6 7.2L4 9m0-4.5V9h4.5M4 12.5a8 8 0 0 0 14.4 4.3L20 15m0 4.5V15h-4.5",
  reboot: "M19.6 13.5A7.8 7.8 0 1 1 17.8 6.8L20 9m0-5v5h-5",
  stop: "M6.5 6.5h11v11h-11z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6 1.4 1.4m0-13.4-1.4 1.4M6.7 17.3l-1.4 1.4",
  trash: "M4.5 7h15M10 11v5.5m4-5.5v5.5M6.5 7l1 13h9l1-13M9 7V4h6v3",
  wallet:
    "M4 7.5h14.5A1.5 1.5 0 0 1 20 9v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18zm0 0V6a1.5 1.5 0 0 1 1.5-1.5H17M16 13.5h.01",
} as const;

export type IconName = keyof typeof SHAPES;

/** A picture beside words, or in a button that has a label of its own. */
export function icon(name: IconName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "pic");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** A button; with a picture and a label that only screen readers get, when it has no text. */
export function button(
  text: string,
  {
    kind = "",
    picture,
    bare,
    ...props
  }: Props & { kind?: string; picture?: IconName; bare?: boolean },
): HTMLButtonElement {
  return h(
    "button",
    {
      type: "button",
      class: `button ${kind}${bare ? " icon" : ""}`,
      ...(bare ? { "aria-label": text, title: text } : {}),
      ...props,
    },
    picture ? icon(picture) : null,
    bare ? null : h("span", {}, text),
  );
}

/** Marks a button as busy. It keeps the focus, which a disabled one would lose. */
export function setBusy(element: HTMLElement, busy: boolean): void {
  element.classList.toggle("busy", busy);
  if (busy) {
    element.setAttribute("aria-disabled", "true");
  } else {
    element.removeAttribute("aria-disabled");
  }
}

export function isBusy(element: HTMLElement): boolean {
  return element.getAttribute("aria-disabled") === "true";
}

/** Listeners to a change. */
export class Signal {
  readonly #listeners = new Set<() => void>();

  /** Returns a function that removes the listener. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  fire(): void {
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }
}

/** Copies a text; false where the browser does not let it. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** What had the focus may be gone, a deleted server's row for one: then it goes to the list's title. */
export function keepFocus(): void {
  const at = document.activeElement;
  if (at === null || at === document.body || !at.checkVisibility()) {
    find("servers-title").focus({ preventScroll: true });
  }
}

const open: Sheet[] = [];

/** A modal dialog with a title, a way out, and words for screen readers that the page behind it can't say. */
export class Sheet {
  readonly element: HTMLDialogElement;
  readonly body: HTMLElement = h("div", { class: "sheet-body" });
  readonly #title: HTMLHeadingElement;
  readonly #said: HTMLElement = h("p", { class: "sr-only", role: "status" });

  constructor(
    id: string,
    title: string,
    { kind = "", onclose }: { kind?: string; onclose?: () => void } = {},
  ) {
    this.#title = h("h2", { id: `${id}-title`, tabindex: "-1" }, title);
    this.element = h(
      "dialog",
      { id, class: `sheet ${kind}`, "aria-labelledby": `${id}-title` },
      h(
        "div",
        { class: "sheet-head" },
        this.#title,
        button("Close", {
          kind: "quiet",
          picture: "close",
          bare: true,
          onclick: () => this.close(),
        }),
      ),
      this.body,
      this.#said,
    );
    this.element.addEventListener("close", () => {
      open.splice(open.indexOf(this), 1);
      setText(this.#said, "");
      onclose?.();
      keepFocus();
    });
    // A click beside it closes it, as Escape does.
    this.element.addEventListener("pointerdown", (event) => {
      const { left, right, top, bottom } = this.element.getBoundingClientRect();
      const { clientX: x, clientY: y } = event;
      if (event.target === this.element && (x < left || x > right || y < top || y > bottom)) {
        this.close();
      }
    });
    document.body.append(this.element);
  }

  get isOpen(): boolean {
    return this.element.open;
  }

  set title(text: string) {
    setText(this.#title, text);
  }

  open(): void {
    if (!this.isOpen) {
      open.push(this);
      this.element.showModal();
    }
  }

  close(): void {
    this.element.close();
  }

  focusTitle(): void {
    this.#title.focus();
  }

  say(text: string): void {
    setText(this.#said, text);
  }
}

/** Says something in the dialog on top, if there is one. The page itself says it with its log. */
export function say(text: string): void {
  open.at(-1)?.say(text);
}
