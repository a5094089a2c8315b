/** What the packed package says of itself: its entries are there, and their types are theirs. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { same } from "./common/purchase.mjs";

const tarball = process.env.STABLEVPS_TARBALL;
const bytes = new Uint8Array(readFileSync(tarball)).buffer;
const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
same("publint", messages.map((message) => formatMessage(message, pkg)).join("\n"), "");

// Types of a file of bytes are the bundler's, and TypeScript 7 knows no resolution before node16.
const files = ["stablevps.wasm", "stablevps-stores.wasm"];
const options = ["--profile", "node16", "--exclude-entrypoints", ...files, "--no-emoji"];
const attw = join(import.meta.dirname, "node_modules/@arethetypeswrong/cli/dist/index.js");
execFileSync(process.execPath, [attw, tarball, ...options], { stdio: "inherit" });

// Node without WebAssembly stands in for Hermes, and resolves what React Native's bundler does.
const hermes = `
  delete globalThis.WebAssembly;
  try {
    require("stablevps");
  } catch (error) {
    console.log(error.message);
  }
`;
const native = ["--conditions", "react-native", "--eval", hermes];
const said = execFileSync(process.execPath, native, { cwd: import.meta.dirname, encoding: "utf8" });
same(
  "what React Native is told",
  said.split(":")[0],
  "stablevps needs WebAssembly, which React Native's Hermes does not have",
);
console.log(said.trim());

// A debugger shows the sources, whose text the maps have.
const entry = createRequire(import.meta.url).resolve("stablevps");
const map = JSON.parse(readFileSync(`${entry}.map`, "utf8"));
same(
  "a source without its text",
  map.sources.filter((_, at) => !map.sourcesContent[at]).join(),
  "",
);
