/** The package's page as TypeScript: `pages/0.ts` is the program that its blocks make, the others only compile. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const page = readFileSync("node_modules/stablevps/README.md", "utf8");
const blocks = [...page.matchAll(/^```js( no-run)?\n([\s\S]*?)^```$/gm)];
const program = blocks.filter(([, isApart]) => !isApart).map(([, , text]) => text);
const apart = blocks.filter(([, isApart]) => isApart).map(([, , text]) => text);
if (program.length < 5 || apart.length === 0) {
  throw new Error("the blocks of the page were not found");
}
mkdirSync("pages", { recursive: true });
for (const [name, text] of [program.join("\n"), ...apart].entries()) {
  writeFileSync(`pages/${name}.ts`, text);
}
