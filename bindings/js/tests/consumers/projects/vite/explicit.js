/** Says itself where the core is, as it must where a bundler moves the package but not its files. */

import * as stablevps from "stablevps";
import wasm from "stablevps/stablevps.wasm?url";
import { page } from "./common/page.mjs";

page(
  stablevps,
  () => import("stablevps/testing"),
  () => stablevps.init(wasm),
);
