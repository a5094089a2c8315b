/** TypeScript as bundlers understand it, with a browser's types and no others. */

import { program } from "./common/typescript/program.js";

const { process } = globalThis as unknown as {
  process: { env: { STABLEVPS_BASE_URL: string; STABLEVPS_API_KEY: string } };
};
await program(process.env.STABLEVPS_BASE_URL, process.env.STABLEVPS_API_KEY);
