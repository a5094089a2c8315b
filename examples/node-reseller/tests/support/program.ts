/** The reseller with a clock that runs twenty times as fast, so that nobody waits minutes for the lease of a dead process. */

import { start } from "../../src/reseller.js";
import { quickClock } from "./clock.js";

start(process.env, quickClock).catch((error: Error) => {
  process.stderr.write(`reseller: ${error.message}\n`);
  process.exit(1);
});
