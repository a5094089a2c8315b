/** For browsers: the core is a separate file without stores, which bundlers find by this form of its URL. */

import { loadWith } from "../wasm.js";

loadWith(async () => new URL("./stablevps.wasm", import.meta.url));

export * from "../index.js";
export { default } from "../index.js";
