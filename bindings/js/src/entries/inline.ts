/**
 * For Node, Deno, Bun and other platforms that compile WebAssembly from bytes synchronously: the core is
 * part of this file, so nothing has to be found at run time, bundled or not.
 */

import text from "../../wasm/main/main_bg.wasm";
import { probeWithNode } from "../probing/node.js";
import { loadWith } from "../wasm.js";
import { bytesOf } from "./base64.js";

loadWith(() => bytesOf(text));
probeWithNode();

export * from "../index.js";
export { default } from "../index.js";
