/** A page in Chromium, served from the same origin as the service. */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { extname, join } from "node:path";
import { same } from "./purchase.mjs";

const {
  STABLEVPS_BASE_URL,
  STABLEVPS_API_KEY,
  STABLEVPS_CHROMIUM = "/usr/bin/chromium",
} = process.env;

const ARGUMENTS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  // As many servers do: the package must not depend on the right type.
  ".wasm": "application/octet-stream",
};

/** Whether a request is for the service. */
export const SERVICE = /^\/(api|_simulator)\//;

/** Runs `run` with what opens a page and lets it make its purchases. */
export async function browsing(chromium, run) {
  const browser = await chromium.launch({ executablePath: STABLEVPS_CHROMIUM, args: ARGUMENTS });
  try {
    return await run((address, files) => open(browser, address, files));
  } finally {
    await browser.close();
  }
}

/** `files` is how often the page asks for the core's file: never before it uses the package. */
async function open(browser, address, files = 1) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  let asked = 0;
  const problems = [];
  tab.on("request", (sent) => {
    // A module that only tells a file's address is no such file.
    asked += Number(
      sent.resourceType() === "fetch" && new URL(sent.url()).pathname.endsWith(".wasm"),
    );
  });
  tab.on("pageerror", (error) => problems.push(error.stack));
  await tab.addInitScript(countWasm);
  await tab.goto(address);
  await tab.waitForFunction("globalThis.begin", undefined, { timeout: 20_000 }).catch((error) => {
    throw new Error(`the page did not load: ${problems.join("\n") || error.message}`);
  });

  same("requests for the core by the import", asked, 0);
  same("WebAssembly compiled by the import", await tab.evaluate("globalThis.compiled"), 0);
  const said = await tab.evaluate((key) => globalThis.begin(key), STABLEVPS_API_KEY);
  same("requests for the core", asked, files);
  same("what the page threw", problems.join("\n"), "");
  await context.close();
  return said;
}

/** Serves a folder, beside the service, while `run` goes on. */
export async function served(folder, run) {
  const server = createServer((asked, answer) => {
    if (SERVICE.test(asked.url)) {
      passOn(asked, answer);
    } else {
      void serveFile(folder, asked, answer);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await run(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function passOn(asked, answer) {
  const { method, headers } = asked;
  const onward = request(new URL(asked.url, STABLEVPS_BASE_URL), { method, headers }, (reply) => {
    answer.writeHead(reply.statusCode, reply.headers);
    reply.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
}

async function serveFile(folder, asked, answer) {
  const { pathname } = new URL(asked.url, "http://localhost");
  const path = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
  try {
    const bytes = await readFile(path);
    answer.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
    answer.end(bytes);
  } catch {
    answer.writeHead(404).end();
  }
}

/** Runs in the page, before everything else. */
function countWasm() {
  globalThis.compiled = 0;
  for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = (...args) => {
      globalThis.compiled++;
      return original.apply(WebAssembly, args);
    };
  }
  const { Module } = WebAssembly;
  WebAssembly.Module = class extends Module {
    constructor(...args) {
      globalThis.compiled++;
      super(...args);
    }
  };
}
