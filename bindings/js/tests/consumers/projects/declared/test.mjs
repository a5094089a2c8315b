/** What the packed package says of itself: its entries are there, and their types are theirs. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
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
