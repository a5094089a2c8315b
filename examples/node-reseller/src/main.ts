/** The program. */

import { start } from "./reseller.js";

start(process.env).catch((error: Error) => {
  process.stderr.write(`reseller: ${error.message}\n`);
  process.exit(1);
});
