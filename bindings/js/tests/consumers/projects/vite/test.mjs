/** Vite: what it builds, and its development servers, each in Chromium. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import * as vite from "vite";
import * as vite7 from "vite-7";
import { browsing, SERVICE, served } from "./common/browser.mjs";
import { same } from "./common/purchase.mjs";

const root = import.meta.dirname;
const common = { root, configFile: false, logLevel: "error" };

await vite.build(common);
const assets = readdirSync(join(root, "dist/assets"));
same("files of the core", assets.filter((name) => name.endsWith(".wasm")).length, 1);
for (const name of assets.filter((name) => /^index-.*\.js$/.test(name))) {
  same(`${name} is small`, statSync(join(root, "dist/assets", name)).size < 80_000, true);
}

// Before version 8, the development server moves the package but not its files.
const servers = [
  [vite, ""],
  [vite7, "explicit.html"],
];
await browsing(chromium, async (open) => {
  console.log(`build of ${vite.version}`);
  console.log(await served(join(root, "dist"), open));
  for (const [{ createServer, version }, page] of servers) {
    const server = await createServer({
      ...common,
      // Not among the dependencies, which outlive the package.
      cacheDir: `cache-${version}`,
      server: { host: "127.0.0.1", proxy: { [SERVICE.source]: process.env.STABLEVPS_BASE_URL } },
    });
    try {
      await server.listen();
      console.log(`development server of ${version}`);
      console.log(await open(server.resolvedUrls.local[0] + page));
    } finally {
      await server.close();
    }
  }
});
