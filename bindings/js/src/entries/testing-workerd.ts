/** The simulator for Workers. */

import { loadWith } from "../testing/wasm.js";
// @ts-expect-error Beside this file only when it is built.
import module from "./simulator.wasm";

loadWith(() => module as WebAssembly.Module);

export * from "../testing/index.js";
