/** The six locations on a map of dots, by day and by night, and a button for each. */

import type { Location, Vps } from "stablevps";
import { fill, find, h, setText } from "./dom.js";
import { COLUMNS, LAND, NORTH, ROWS, STEP, WEST } from "./land.js";
import { PLACES, type Place, timeIn } from "./words.js";

const SPACE = "http://www.w3.org/2000/svg";
const RADIANS = Math.PI / 180;

export class WorldMap {
  /** The location to show alone. */
  chosen: Location | null = null;
  readonly #day = path("day");
  readonly #night = path("night");
  readonly #pins = new Map<Location, { pin: HTMLElement; label: HTMLElement }>();
  readonly #chips = new Map<
    Location | null,
    { chip: HTMLElement; time: HTMLElement; count: HTMLElement }
  >();

  constructor(onchoose: () => void) {
    const svg = document.createElementNS(SPACE, "svg");
    svg.setAttribute("viewBox", `0 0 ${COLUMNS} ${ROWS}`);
    svg.append(this.#night, this.#day);
    const map = find("map");
    map.append(svg);
    for (const place of PLACES) {
      const label = h("b", {}, place.code);
      const pin = h("span", { class: `pin ${place.id}` }, label);
      pin.style.left = `${((place.longitude - WEST) / STEP / COLUMNS) * 100}%`;
      pin.style.top = `${((NORTH - place.latitude) / STEP / ROWS) * 100}%`;
      map.append(pin);
      this.#pins.set(place.id, { pin, label });
    }
    const choose = (location: Location | null) => {
      this.chosen = this.chosen === location ? null : location;
      onchoose();
    };
    fill(
      find("places"),
      this.#chip(null, "Everywhere", () => choose(null)),
      ...PLACES.map((place) => this.#chip(place.id, place.name, () => choose(place.id))),
    );
    this.#turn();
    setInterval(() => this.#turn(), 30_000);
  }

  update(list: readonly Vps[]): void {
    for (const [location, { chip, count }] of this.#chips) {
      const here =
        location === null ? list.length : list.filter((vps) => vps.location === location).length;
      setText(count, String(here));
      chip.setAttribute("aria-pressed", String(this.chosen === location));
    }
    for (const [location, { pin }] of this.#pins) {
      const here = list.filter((vps) => vps.location === location);
      pin.classList.toggle("none", here.length === 0);
      pin.classList.toggle(
        "busy",
        here.some((vps) => vps.vpsStatus === "provisioning"),
      );
      pin.classList.toggle("chosen", this.chosen === location);
    }
  }

  #chip(location: Location | null, name: string, onclick: () => void): HTMLElement {
    const time = h("span", { class: "chip-time" });
    const count = h("span", { class: "chip-count" }, "0");
    const chip = h(
      "button",
      { type: "button", class: "chip", "aria-pressed": "false", onclick },
      h("span", { class: "chip-name" }, name),
      time,
      count,
      h("span", { class: "sr-only" }, " servers"),
    );
    this.#chips.set(location, { chip, time, count });
    return chip;
  }

  /** Lets the sun go on. */
  #turn(): void {
    const now = new Date();
    const isDay = sunlight(now);
    let [day, night] = ["", ""];
    LAND.forEach((line, row) => {
      for (let column = 0; column < COLUMNS; column++) {
        if (Number.parseInt(line.charAt(column >> 2), 16) & (8 >> (column & 3))) {
          const dot = `M${column + 0.5} ${row + 0.5}h0`;
          if (isDay(NORTH - (row + 0.5) * STEP, WEST + (column + 0.5) * STEP)) {
            day += dot;
          } else {
            night += dot;
          }
        }
      }
    });
    this.#day.setAttribute("d", day);
    this.#night.setAttribute("d", night);
    for (const place of PLACES) {
      this.#tell(place, now, isDay(place.latitude, place.longitude));
    }
    const all = this.#chips.get(null);
    if (all) {
      setText(all.time, `${timeIn("UTC", now)} UTC`);
    }
  }

  #tell({ id, zone }: Place, now: Date, isDay: boolean): void {
    const part = this.#chips.get(id);
    if (part) {
      setText(part.time, timeIn(zone, now));
      part.chip.classList.toggle("by-day", isDay);
    }
  }
}

/** Whether the sun is up, near enough. */
function sunlight(now: Date): (latitude: number, longitude: number) => boolean {
  const days = (now.getTime() - Date.UTC(now.getUTCFullYear(), 0, 1)) / 86_400_000;
  const declination = -23.44 * RADIANS * Math.cos(((2 * Math.PI) / 365) * (days + 10));
  const noon = 180 - ((now.getTime() / 86_400_000) % 1) * 360;
  return (latitude, longitude) =>
    Math.sin(latitude * RADIANS) * Math.sin(declination) +
      Math.cos(latitude * RADIANS) *
        Math.cos(declination) *
        Math.cos((longitude - noon) * RADIANS) >
    0;
}

function path(kind: string): SVGPathElement {
  const element = document.createElementNS(SPACE, "path");
  element.setAttribute("class", kind);
  return element;
}
