/** esbuild: one file for Node in either form, and a page in Chromium. */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { browsing, served } from "./common/browser.mjs";
import { same } from "./common/purchase.mjs";

const absWorkingDir = import.meta.dirname;
const common = { absWorkingDir, bundle: true, metafile: true, logLevel: "error" };

for (const [format, name] of [
  ["esm", "node.mjs"],
  ["cjs", "node.cjs"],
]) {
  const outfile = join(absWorkingDir, "dist", name);
  const built = await build({
    ...common,
    entryPoints: ["node.js"],
    platform: "node",
    format,
    outfile,
  });
  same("what esbuild complains about", JSON.stringify(built.warnings), "[]");
  const [{ imports }] = Object.values(built.metafile.outputs);
  same("what the bundle needs beside it", JSON.stringify(imports), "[]");
  console.log(name);
  console.log(execFileSync(process.execPath, [outfile], { encoding: "utf8" }).trim());
}

const outdir = join(absWorkingDir, "dist/page");
const built = await build({
  ...common,
  entryPoints: ["browser.js"],
  platform: "browser",
  format: "esm",
  splitting: true,
  minify: true,
  loader: { ".wasm": "file" },
  publicPath: "/",
  outdir,
});
same("what esbuild complains about", JSON.stringify(built.warnings), "[]");
const head = '<meta charset="utf-8"><link rel="icon" href="data:,">';
writeFileSync(
  join(outdir, "index.html"),
  `${head}<script type="module" src="/browser.js"></script>`,
);
console.log("page");
await browsing(chromium, async (open) => {
  // Once where the core is not, and once where it is.
  console.log(await served(outdir, (address) => open(address, 2)));
});
