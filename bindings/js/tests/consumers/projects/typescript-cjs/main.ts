/** TypeScript for Node, as CommonJS. */

import stablevps = require("stablevps");

import { program } from "./common/typescript/program.js";

const { STABLEVPS_BASE_URL = "", STABLEVPS_API_KEY } = process.env;
if (typeof stablevps.StableVPS !== "function" || stablevps.default !== stablevps.StableVPS) {
  throw new Error("require gives something else");
}
void program(STABLEVPS_BASE_URL, STABLEVPS_API_KEY);
