/** Webpack: a page that imports the package and one that requires it, in Chromium. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import webpack from "webpack";
import { browsing, served } from "./common/browser.mjs";
import { same } from "./common/purchase.mjs";

const context = import.meta.dirname;
const path = join(context, "dist");

const stats = await promisify(webpack)({
  context,
  mode: "production",
  performance: false,
  optimization: { minimize: false },
  target: "web",
  entry: { imported: "./imported.js", required: "./required.cjs" },
  output: { path, clean: true },
});
same(
  "what webpack complains about",
  stats.toString({ all: false, errors: true, warnings: true }),
  "",
);
const files = Object.keys(stats.compilation.assets);
same("files of the core", files.filter((name) => name.endsWith(".wasm")).length, 1);

for (const name of ["imported", "required"]) {
  const head = '<meta charset="utf-8"><link rel="icon" href="data:,">';
  writeFileSync(join(path, `${name}.html`), `${head}<script src="/${name}.js"></script>`);
}
await browsing(chromium, (open) =>
  served(path, async (address) => {
    console.log("imported");
    console.log(await open(`${address}imported.html`));
    console.log("required");
    console.log(await open(`${address}required.html`, 0));
  }),
);
