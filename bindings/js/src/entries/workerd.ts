/** For Workers, which may not compile WebAssembly from bytes: their bundlers provide a module. */

import { probeWithWorkerd } from "../probing/workerd.js";
import { loadWith } from "../wasm.js";
// @ts-expect-error Beside this file only when it is built.
import module from "./stablevps-stores.wasm";

loadWith(() => module as WebAssembly.Module);
probeWithWorkerd();

export * from "../index.js";
export { default } from "../index.js";
