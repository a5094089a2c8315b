/** For browsers: the core is a file of its own, which bundlers find by this form of its address. */

import { loadWith } from "../wasm.js";

loadWith(async () => new URL("./stablevps.wasm", import.meta.url));

export * from "../index.js";
export { default } from "../index.js";
