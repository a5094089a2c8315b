/** How a program says where the core is: it only has to compile. */

import { init } from "stablevps";
import wasm from "stablevps/stablevps.wasm?url";

export const ready = (): Promise<void> => init(wasm);
