/** The simulator, compiled to WebAssembly: loaded once, with the first simulator. */

import * as glue from "../../wasm/simulator/simulator.js";
import { join } from "../glue.js";

let source: () => WebAssembly.Module | BufferSource;
let loading: Promise<unknown> | undefined;

/** @internal Sets what the simulator is loaded from. */
export function loadWith(platform: () => WebAssembly.Module | BufferSource): void {
  source = platform;
}

/** @internal The simulator's module. */
export async function simulator(): Promise<typeof glue> {
  // Never synchronously: browsers compile large modules only off their main thread.
  loading ??= join(glue, "simulator", source()).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  await loading;
  return glue;
}
