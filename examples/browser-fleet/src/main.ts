import { App } from "./app.js";
import { fill, find, icon } from "./dom.js";
import { showTrouble } from "./notices.js";

const THEME = "stablevps-fleet/theme";

/** Light or dark: as the system has it, until somebody chooses. */
function theme(): void {
  const control = find("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    const label = isDark() ? "Light colours" : "Dark colours";
    control.setAttribute("aria-label", label);
    control.title = label;
    fill(control, icon(isDark() ? "sun" : "moon"));
  };
  const chosen = localStorage.getItem(THEME);
  if (chosen === "light" || chosen === "dark") {
    root.dataset.theme = chosen;
  }
  control.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem(THEME, root.dataset.theme);
    show();
  });
  system.addEventListener("change", show);
  show();
}

theme();
try {
  await new App().start();
} catch (error) {
  showTrouble(find("list-trouble"), error);
}
