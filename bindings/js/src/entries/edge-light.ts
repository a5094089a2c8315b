/** For edge runtimes, such as Next.js's, which may not compile WebAssembly from bytes: their bundlers provide a module. */

import { loadWith } from "../wasm.js";
// @ts-expect-error Beside this file only when it is built.
import module from "./stablevps-stores.wasm?module";

loadWith(() => module as WebAssembly.Module);

export * from "../index.js";
export { default } from "../index.js";
