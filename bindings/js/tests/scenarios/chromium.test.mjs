/** The scenarios in a real browser: the same page that a user's bundler would make. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { corpus } from "./corpus.mjs";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };
const SILENT = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const OFFLINE = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The files of a folder over HTTP. */
async function served(files) {
  const server = createServer((request, response) => {
    const file = files[request.url];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(request.url)] ?? "text/html" });
    response.end(file);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

test("conversations go as recorded in Chromium", async () => {
  const executablePath = process.env.STABLEVPS_CHROMIUM;
  assert.ok(executablePath, "STABLEVPS_CHROMIUM must name the browser");
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import * as stablevps from "stablevps";
        import { replay } from "./replay.mjs";
        globalThis.stablevps = stablevps;
        globalThis.replay = (scenario) => replay(stablevps, scenario);
      `,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: "esm",
    conditions: ["browser"],
    write: false,
  });
  const wasm = readFileSync(
    join(import.meta.dirname, "../node_modules/stablevps/dist/stablevps.wasm"),
  );
  const page = '<!doctype html><script type="module" src="/page.js"></script>';
  const { server, url } = await served({
    "/": page,
    "/page.js": outputFiles[0].contents,
    "/stablevps.wasm": wasm,
    "/favicon.ico": "",
  });
  const profile = mkdtempSync(join(tmpdir(), "stablevps-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [...SILENT, ...OFFLINE],
  });
  try {
    const tab = await browser.newPage();
    const complaints = [];
    tab.on("pageerror", (error) => complaints.push(String(error)));
    await tab.goto(url);
    await tab.waitForFunction(() => "replay" in globalThis);
    const scenarios = corpus();
    assert.ok(scenarios.length > 100);
    const wrong = await tab.evaluate(async (scenarios) => {
      const wrong = [];
      for (const { file, scenario } of scenarios) {
        const fault = await globalThis.replay(scenario);
        if (fault) {
          wrong.push(`${file}: ${scenario.name}: ${fault}`);
        }
      }
      return wrong;
    }, scenarios);
    assert.deepEqual(wrong, []);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
