/** TypeScript for Node, as ES modules, with no browser's types. */

import { program } from "./common/typescript/program.js";

const { STABLEVPS_BASE_URL = "", STABLEVPS_API_KEY } = process.env;
await program(STABLEVPS_BASE_URL, STABLEVPS_API_KEY);
