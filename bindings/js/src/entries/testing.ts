/** The simulator. Its WebAssembly is part of this file. */

import text from "../../wasm/simulator/simulator_bg.wasm";
import { loadWith } from "../testing/wasm.js";
import { bytesOf } from "./base64.js";

loadWith(() => bytesOf(text));

export * from "../testing/index.js";
