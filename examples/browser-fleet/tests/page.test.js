/** The built page in a browser: on its own simulator, and against a service over HTTP. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { preview } from "vite";
import { startService } from "../scripts/service.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE = 20_000;
/** The simulation, but brisk. */
const BRISK = "?setup=500&latency=15";

let browser;
let server;
let address;

before(async () => {
  server = await preview({ preview: { host: "127.0.0.1", port: 0 }, logLevel: "error" });
  address = server.resolvedUrls.local[0];
  browser = await chromium.launch({
    executablePath: process.env.STABLEVPS_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // WebAssembly is compiled at once rather than well.
      "--js-flags=--liftoff-only",
    ],
  });
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** What a page wrote to its console; requests that fail on purpose are written there by the browser. */
const consoles = new WeakMap();

async function openPage(context, query = BRISK) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const written = [];
  consoles.set(page, written);
  page.on("console", (message) => written.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => written.push(`uncaught: ${error.stack}`));
  await page.addInitScript(rememberWords);
  await page.goto(address + query);
  await page.locator("#rows tr").first().waitFor();
  return page;
}

/** In the page: notes all that a purchase says, however short it stands there. */
function rememberWords() {
  window.words = new Set();
  new MutationObserver(() => {
    for (const place of document.querySelectorAll(
      "dialog :is(.phase, .timing, .now, [role=status])",
    )) {
      window.words.add(place.textContent);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}

async function said(page, words) {
  const all = await page.evaluate(() => [...window.words]);
  assert.ok(
    all.some((text) => text.match(words)),
    `${words} is not among ${JSON.stringify(all)}`,
  );
}

/** A page of its own for a test, which ends with it. */
function withPage({ query, ...options }, body) {
  return async (t) => {
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    try {
      const page = await openPage(context, query);
      await body(page, context, t);
      assert.deepEqual(consoles.get(page), [], "the console is silent");
    } finally {
      await context.close();
    }
  };
}

/** Waits until something on the page says so. */
function sees(page, selector, words) {
  return page.locator(selector).filter({ hasText: words }).first().waitFor();
}

async function buys(page, { plan, cycle, location }) {
  await page.click("#buy");
  const form = page.getByRole("dialog", { name: "Buy a server" });
  for (const name of [plan, cycle, location].filter(Boolean)) {
    await form.getByRole("radio", { name: new RegExp(`^${name}`) }).check();
  }
  await form.getByRole("button", { name: /^Buy for/ }).click();
}

const rows = (page) => page.locator("#rows tr").count();
const wallet = (page) => page.locator("#wallet").textContent();

describe("the simulation", { concurrency: 2 }, () => {
  test(
    "opens with the simulated fleet, its wallet and the plans",
    withPage({}, async (page) => {
      await sees(page, "#badge", "Simulation");
      assert.equal(await wallet(page), "€200.00");
      assert.equal(await rows(page), 6);
      await sees(page, "#plans", "€19.49");
      assert.equal(await page.locator("#plans > li").count(), 3);

      await page.getByRole("button", { name: /^London/ }).click();
      await sees(page, "#count", "2 of 6");
      await page.getByRole("button", { name: /^Everywhere/ }).click();
      await page.selectOption("#status", "trouble");
      await sees(page, "#count", "1 of 6");
      await sees(page, "#rows", "payment overdue");
      await page.fill("#search", "nowhere");
      await sees(page, "#empty", "No server fits that.");
      await page.fill("#search", "");
      await page.selectOption("#status", "");
      await page.selectOption("#sort", "location");
      assert.match(await page.locator("#rows tr").first().textContent(), /^frankfurt/);
    }),
  );

  test(
    "buys, tells how far it is, and ends with a server",
    withPage({}, async (page) => {
      await page.click("#buy");
      const form = page.getByRole("dialog", { name: "Buy a server" });
      await form.getByRole("radio", { name: /^Enterprise/ }).check();
      await form.getByRole("radio", { name: /^Yearly/ }).check();
      assert.equal(await page.inputValue("#buy-limit"), "344.90");
      await sees(page, "#buy-after", "€144.90 short");
      await form.getByRole("radio", { name: /^Starter/ }).check();
      await form.getByRole("radio", { name: /^Monthly/ }).check();
      await form.getByRole("radio", { name: /^Tokyo/ }).check();
      assert.equal(await page.inputValue("#buy-limit"), "12.49");
      await form.getByRole("button", { name: "Buy for €12.49" }).click();

      await page.getByRole("dialog", { name: "The server is ready" }).waitFor();
      for (const words of [
        "Looking at the wallet",
        "Placing the one order",
        "Paid. The server is being set up",
        "Wallet",
        "Order",
        "Set-up",
      ]) {
        await said(page, words);
      }
      await said(page, /^\d+ s gone · next look in 1 s · \d+ requests so far$/);
      await sees(page, "dialog .phase", /^tokyo-\w{4} is ready after \d+ s\. It cost €12\.49\.$/);
      await page.locator("dialog[open]").getByRole("button", { name: "Close" }).click();

      await sees(page, "#wallet", "€187.51");
      await sees(page, "#count", "7");
      await sees(page, "#log .good", "Starter in Tokyo: tokyo-");
    }),
  );

  test(
    "finds an order whose reply was lost, and pays once",
    withPage({}, async (page) => {
      await page.selectOption("#next-order", "lost");
      await buys(page, { plan: "Professional", location: "London" });
      await page.getByRole("dialog", { name: "The server is ready" }).waitFor();
      await said(page, "The order’s reply was lost. Looking for what became of it.");
      await sees(page, "dialog .recovered", "charged €19.49.");
      await page.keyboard.press("Escape");
      await sees(page, "#wallet", "€180.51");
      await sees(page, "#count", "7");
      assert.equal(await page.inputValue("#next-order"), "");
    }),
  );

  test(
    "stops waiting, and goes on",
    withPage({ query: "?setup=3600000" }, async (page) => {
      await buys(page, { plan: "Starter" });
      await sees(page, "dialog .steps .now", "Set-up");
      await page.locator("dialog[open]").getByRole("button", { name: "Stop waiting" }).click();
      await sees(page, "dialog .trouble", "You stopped waiting");
      await sees(page, "dialog .trouble", "Resume the purchase: it is bought, or may be.");
      await page.locator("dialog[open]").getByRole("button", { name: "Go on" }).click();
      await sees(page, "dialog .steps .now", "Set-up");
      await page.keyboard.press("Escape");
      assert.equal(await wallet(page), "€187.51");
    }),
  );

  test(
    "starts, stops and reboots",
    withPage({}, async (page) => {
      const row = page.locator("#rows tr").filter({ hasText: "frankfurt" });
      await row.getByRole("button", { name: /^Start/ }).click();
      await row.getByText(/asked to start/).waitFor();
      for (const power of ["Stop", "Reboot"]) {
        await row.getByRole("button", { name: new RegExp(`^${power}`) }).click();
        const question = page.getByRole("dialog", {
          name: new RegExp(`^${power} frankfurt-\\w{4}\\?$`),
        });
        await question.getByRole("button", { name: power, exact: true }).click();
        await row.getByText(new RegExp(`asked to ${power.toLowerCase()}`)).waitFor();
        await question.waitFor({ state: "hidden" });
      }
      const suspended = page.locator("#rows tr").filter({ hasText: "singapore" });
      assert.equal(await suspended.getByRole("button", { name: /^Start/ }).count(), 0);
    }),
  );

  test(
    "shows a password only when it is asked for",
    withPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      const open = () =>
        page
          .locator("#rows tr")
          .filter({ hasText: "new-york" })
          .getByRole("button", { name: /^Details/ })
          .click();
      await open();
      const shown = page.locator("#rdp-password");
      await shown.waitFor();
      await page.getByRole("button", { name: "Copy password" }).click();
      await sees(page, "#log", "Copied the password.");
      const password = await page.evaluate(() => navigator.clipboard.readText());
      assert.ok(password.length >= 8);
      assert.ok(!(await page.content()).includes(password), "copied, but not in the page");

      await page.getByRole("button", { name: "Show password" }).click();
      assert.equal(await shown.textContent(), password);
      await page.getByRole("button", { name: "Hide password" }).click();
      assert.ok(!(await page.content()).includes(password));

      await page.getByRole("button", { name: "Show password" }).click();
      await page.keyboard.press("Escape");
      await page.locator("#details-dialog").waitFor({ state: "hidden" });
      // Gone with the dialog, whose end is told to the page a moment later.
      await page.waitForFunction(
        (password) => !document.documentElement.outerHTML.includes(password),
        password,
      );
      await open();
      await shown.waitFor();
      assert.match(await shown.textContent(), /^•+$/);
    }),
  );

  test(
    "deletes only what was typed",
    withPage({}, async (page) => {
      const row = page.locator("#rows tr").filter({ hasText: "tokyo" });
      const name = await row.locator(".name").textContent();
      await row.getByRole("button", { name: /^Details/ }).click();
      await page.getByRole("button", { name: "Delete this server…" }).click();
      await page.fill("#confirm-typed", "tokyo");
      await page.getByRole("button", { name: "Delete for good" }).click();
      await sees(page, "#confirm-wrong", `That is not ${name}. Nothing was done.`);
      assert.equal(await page.getAttribute("#confirm-typed", "aria-invalid"), "true");
      assert.equal(await rows(page), 6);

      await page.fill("#confirm-typed", name);
      await page.keyboard.press("Enter");
      await row.waitFor({ state: "detached" });
      await sees(page, "#log", `${name} is deleted.`);
      await page.locator("dialog[open]").waitFor({ state: "detached" });
      await page.locator("#servers-title:focus").waitFor();
      assert.equal(await rows(page), 5);
    }),
  );

  test(
    "says what went wrong, and whether trying again is safe",
    withPage({}, async (page) => {
      await page.getByRole("button", { name: "Only €5" }).click();
      await sees(page, "#wallet", "€5.00");
      await buys(page, { plan: "Professional" });
      await sees(
        page,
        "dialog .trouble",
        "€19.49 are needed, €5.00 are there: €14.49 are missing. Nothing was bought.",
      );
      await sees(page, "dialog .trouble", "Trying again changes nothing until that is put right.");
      await page.getByRole("button", { name: "Back to the choice" }).click();
      await page.fill("#buy-limit", "10");
      await page.getByRole("button", { name: /^Buy for/ }).click();
      await sees(
        page,
        "dialog .trouble",
        "It costs €19.49, and you allowed €10.00. Nothing was ordered.",
      );
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "€200" }).click();
      await sees(page, "#wallet", "€200.00");

      await page.selectOption("#next-order", "suspended");
      await buys(page, { plan: "Starter" });
      await sees(page, "dialog .trouble", "Bought, but not usable");
      await page.keyboard.press("Escape");

      await page.getByRole("switch", { name: "The service is down" }).check();
      await sees(page, "#list-trouble", "The service is having trouble");
      await sees(page, "#list-trouble", "Trying again is safe.");
      await page
        .locator("#rows")
        .getByRole("button", { name: /^Start frankfurt/ })
        .click();
      await sees(page, "#notices", /Start frankfurt-\w{4}: the service is having trouble/);
      await page.getByRole("switch", { name: "The service is down" }).uncheck();
      await sees(page, "#log", "The list is up to date again.");
      await page.locator("#notices").getByRole("button", { name: "Try again" }).click();
      await sees(page, "#log", /frankfurt-\w{4}: asked to start\./);
    }),
  );

  test(
    "tells who does not answer, and what ends soon",
    withPage({ query: `${BRISK}&look=150` }, async (page) => {
      await sees(page, "#log", /is paid until .*/);
      await page.getByRole("button", { name: "Let one hang" }).click();
      await sees(page, "#log", /-\w{4} does not answer\./);
      const [, name] = /([a-z-]+-\w{4}) does not answer/.exec(
        await page.locator("#log").textContent(),
      );
      await page.locator("#rows").getByRole("button", { name: `Reboot ${name}` }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Reboot" }).click();
      await sees(page, "#log", `${name} answers again.`);
    }),
  );

  test(
    "can be used with the keyboard alone",
    withPage({}, async (page) => {
      const focused = () =>
        page.evaluate(
          () =>
            document.activeElement?.id ||
            document.activeElement?.getAttribute("value") ||
            document.activeElement?.textContent,
        );
      const tabTo = async (wanted, key = "Tab") => {
        for (let presses = 0; presses < 40; presses++) {
          if ((await focused()) === wanted) {
            return;
          }
          await page.keyboard.press(key);
        }
        assert.fail(`${key} never came to ${wanted}`);
      };
      await page.keyboard.press("Tab");
      assert.equal(await focused(), "Skip to the servers");
      await page.keyboard.press("Enter");
      await tabTo("buy");
      const ring = await page
        .locator("#buy")
        .evaluate((element) => getComputedStyle(element).outlineStyle);
      assert.equal(ring, "solid", "the focus can be seen");
      await page.keyboard.press("Enter");
      assert.equal(await focused(), "prime");
      await page.keyboard.press("ArrowUp");
      assert.equal(await focused(), "basic");
      await tabTo("london");
      await page.keyboard.press("ArrowDown");
      assert.equal(await focused(), "amsterdam");
      await tabTo("Buy for €12.49");
      await page.keyboard.press("Enter");
      await page.locator("#buy-dialog-title:focus").waitFor();
      await sees(page, "#buy-dialog [role=status]", "Starter in Amsterdam");
      await page.keyboard.press("Escape");
      assert.equal(await focused(), "buy");
      await page.locator("#deals .deal[data-state=ready]").waitFor();
      // What screen readers hear of it, in the dialog and behind it.
      await said(page, /^Starter in Amsterdam: Looking at the wallet/);
      await sees(page, "#log", /Starter in Amsterdam: amsterdam-\w{4} is ready/);
      await tabTo("Dismiss", "Shift+Tab");
      await page.keyboard.press("Enter");
      await page.locator("#purchases").waitFor({ state: "hidden" });
      await sees(page, "#rows", "amsterdam-");
    }),
  );

  test(
    "has nothing that axe objects to, in light and in dark",
    withPage({}, async (page) => {
      await page.evaluate(AXE);
      const check = async (what) => {
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          // Structure does not depend on colours: it is enough to look at it once.
          const rules = colorScheme === "dark" ? { runOnly: ["color-contrast"] } : {};
          const found = await page.evaluate(
            (options) => {
              const dialog = document.activeElement?.closest("dialog");
              return window.axe.run(dialog ?? document, options);
            },
            { ...rules, resultTypes: ["violations"] },
          );
          assert.ok(found.passes.length > 0);
          const told = found.violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`,
          );
          assert.deepEqual(told, [], `${what}, ${colorScheme}`);
        }
      };
      const leave = () => page.keyboard.press("Escape");
      await check("the page");
      await page.click("#connection");
      await page.getByRole("radio", { name: /^A service/ }).check();
      await check("the connection");
      await leave();
      await page
        .locator("#rows")
        .getByRole("button", { name: /^Stop london/ })
        .first()
        .click();
      await check("a question");
      await leave();
      await page
        .locator("#rows")
        .getByRole("button", { name: /^Details/ })
        .first()
        .click();
      await page.getByRole("button", { name: "Delete this server…" }).waitFor();
      await check("the details");
      await page.getByRole("button", { name: "Delete this server…" }).click();
      await page.getByRole("button", { name: "Delete for good" }).click();
      await check("a refused deletion");
      await leave();
      await leave();
      await page.click("#buy");
      await check("the choice");
      await page.selectOption("#next-order", "lost", { force: true });
      await page.getByRole("button", { name: /^Buy for/ }).click();
      await sees(page, "dialog .phase", "Looking for what became of it");
      await check("a purchase under way");
      await leave();
      await page.locator("#deals .deal[data-state=ready]").waitFor();
      await page.getByRole("switch", { name: "The service is down" }).check();
      await page
        .locator("#rows")
        .getByRole("button", { name: /^Start/ })
        .first()
        .click();
      await sees(page, "#list-trouble", "The service is having trouble");
      await sees(page, "#notices", "Trying again is safe.");
      await check("a purchase that is done, and trouble");
    }),
  );

  test(
    "chooses its colours, and keeps them",
    withPage({ colorScheme: "light" }, async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await ground();
      await page.getByRole("button", { name: "Dark colours" }).click();
      assert.notEqual(await ground(), light);
      await page.reload();
      await page.getByRole("button", { name: "Light colours" }).waitFor();
      assert.notEqual(await ground(), light);
    }),
  );

  test(
    "fits 360 pixels",
    withPage({ viewport: { width: 360, height: 740 } }, async (page) => {
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(await width(), 360);
      await buys(page, { plan: "Starter", location: "Amsterdam" });
      await page.getByRole("dialog", { name: "The server is ready" }).waitFor();
      const { scrollWidth, clientWidth } = await page
        .locator("#buy-dialog")
        .evaluate((dialog) => dialog);
      assert.equal(scrollWidth, clientWidth);
      await page.keyboard.press("Escape");
      assert.equal(await width(), 360);
    }),
  );
});

describe("a service over HTTP", () => {
  let service;
  let key;

  before(async () => {
    service = await startService({
      balance: 100,
      provisioningMs: 3_600_000,
      vps: [{ location: "london" }],
    });
    key = service.simulator.apiKey.reveal();
  });

  after(() => service.close());

  async function connects(page, url = service.url, apiKey = key) {
    if (!(await page.locator("#connection-dialog").isVisible())) {
      await page.click("#connection");
    }
    await page.getByRole("radio", { name: /^A service/ }).check();
    await page.fill("#address", url);
    await page.fill("#key", apiKey);
    await page.locator("#connection-dialog").getByRole("button", { name: "Connect" }).click();
  }

  /** Whatever was ordered is ready. */
  function setUp() {
    for (const { id } of service.simulator.state().vps) {
      service.simulator.control({ set_vps: { id, vps_status: "active" } });
    }
  }

  async function keyIsNowhere(page) {
    const kept = await page.evaluate(() => ({
      page: document.documentElement.outerHTML,
      inputs: [...document.querySelectorAll("input")].map((input) => input.value),
      stored: [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie],
      history: [location.href, JSON.stringify(history.state), window.name],
    }));
    assert.ok(!JSON.stringify(kept).includes(key), "the key is in the page");
    assert.ok(!consoles.get(page).join().includes(key), "the key is in the console");
  }

  test("refuses what is not safe, and a wrong key", async () => {
    const context = await browser.newContext({ reducedMotion: "reduce" });
    const page = await openPage(context);
    await connects(page, "http://stablevps.com");
    await sees(page, "#connection-dialog .trouble", "The address must");
    await page.locator("#address:focus[aria-invalid=true]").waitFor();
    await connects(page, service.url, "svps_live_wrong");
    await sees(page, "#connection-dialog .trouble", "The key does not open this account");
    await page.locator("#key:focus[aria-invalid=true]").waitFor();
    await sees(page, "#badge", "Simulation");
    await context.close();
  });

  test("pays once when the network loses the reply, and keeps the key to itself", async () => {
    const context = await browser.newContext({ reducedMotion: "reduce" });
    const page = await openPage(context);
    await page.check("#log-requests");
    await connects(page);
    await sees(page, "#badge", "This machine");
    await sees(page, "#wallet", "€100.00");
    assert.equal(await page.locator("#turns").isVisible(), false);
    await keyIsNowhere(page);

    service.simulator.fault("lose_after", { method: "POST", path: "/vps" });
    await buys(page, { plan: "Professional", location: "Tokyo" });
    await sees(page, "dialog .recovered", "charged €19.49.");
    await keyIsNowhere(page);
    const stored = await page.evaluate(() => JSON.stringify(localStorage));
    assert.match(stored, /stablevps-fleet\/purchase\//);

    await page.reload();
    await sees(page, "#unfinished", `It was begun at ${service.url}.`);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.locator("#key:focus").waitFor();
    await page.keyboard.type(key);
    await page.keyboard.press("Enter");
    await page.locator(".deal").waitFor();
    setUp();
    await page.locator(".deal[data-state=ready]").waitFor();
    await sees(page, ".deal .recovered", "charged €19.49.");
    await sees(page, "#wallet", "€80.51");
    assert.equal(await page.evaluate(() => JSON.stringify(localStorage)), "{}");
    await keyIsNowhere(page);

    const { orders_received, orders_placed, vps } = service.simulator.state();
    assert.deepEqual([orders_received, orders_placed, vps.length], [1, 1, 2]);
    await context.close();
  });

  test("warns when the wallet went down by more than the price", async () => {
    const context = await browser.newContext({ reducedMotion: "reduce" });
    const page = await openPage(context);
    await connects(page);
    await sees(page, "#badge", "This machine");
    const { balance } = service.simulator.state();
    // As after an order that the browser sent twice.
    const receipt = { patch: { merge: { newBalance: Number(balance) - 24.98 } } };
    service.simulator.fault(receipt, { method: "POST", path: "/vps" });
    await buys(page, { plan: "Starter" });
    await sees(page, "dialog .phase", "Paid.");
    setUp();
    await sees(page, "dialog .warning", "The wallet went down by €12.49 more than the price.");
    await context.close();
  });

  test("lets two tabs buy one after the other", async () => {
    const before = service.simulator.state().orders_placed;
    const context = await browser.newContext({ reducedMotion: "reduce" });
    const pages = [];
    for (let tab = 0; tab < 2; tab++) {
      const page = await openPage(context);
      pages.push(page);
      await connects(page);
      await sees(page, "#badge", "This machine");
      await page.click("#buy");
      await page.getByRole("radio", { name: /^Starter/ }).check();
    }
    // The same order in the same moment, and a lost reply: by the list alone they could not be told apart.
    service.simulator.fault({ delay: { ms: 1_000 } }, { path: "/wallet" });
    service.simulator.fault("lose_after", { method: "POST", path: "/vps" });
    await Promise.all(
      pages.map((page) => page.getByRole("button", { name: /^Buy for/ }).dispatchEvent("click")),
    );
    await Promise.all(pages.map((page) => sees(page, "dialog .phase", "Paid.")));
    setUp();
    const bought = await Promise.all(
      pages.map(async (page) => {
        await page.getByRole("dialog", { name: "The server is ready" }).waitFor();
        return page.locator("dialog[open] .phase").textContent();
      }),
    );
    const heard = await Promise.all(
      pages.map((page) => page.evaluate(() => [...window.words].join())),
    );
    assert.equal(
      heard.filter((words) => words.includes("Waiting for another tab that is buying.")).length,
      1,
    );
    assert.notEqual(bought[0]?.slice(0, 11), bought[1]?.slice(0, 11));
    assert.equal(service.simulator.state().orders_placed, before + 2);
    await context.close();
  });
});
