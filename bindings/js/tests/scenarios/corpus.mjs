/** Where the conversations are, and what stands in them. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER_VARIABLE = "STABLEVPS_SCENARIOS";

/** Every conversation, with the file it stands in. */
export function corpus() {
  const folder = process.env[FOLDER_VARIABLE];
  if (!folder) {
    throw new Error(`${FOLDER_VARIABLE} must name the folder of the scenarios`);
  }
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().flatMap((file) => {
    const scenarios = JSON.parse(readFileSync(join(folder, file), "utf8"));
    return scenarios.map((scenario) => ({ file, scenario }));
  });
}
