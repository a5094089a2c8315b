/**
 * The package as JSR takes it, in a folder: `node jsr.mjs FOLDER`, after the build. JSR reads the declarations as they
 * lie, so that they name each other by their own names, and an entry names its declarations and the main entry.
 */

import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
mkdirSync(join(folder, "dist"), { recursive: true });

for (const file of ["jsr.json", "README.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(join(here, file), join(folder, file));
}
for (const [entry, types] of [
  ["node.js", "index.d.ts"],
  ["testing.js", "testing/index.d.ts"],
  ["stores.js", "stores/index.d.ts"],
]) {
  const code = readFileSync(join(here, "dist", entry), "utf8")
    .replaceAll('from "stablevps";', 'from "./node.js";')
    .replace(/^\/\/# sourceMappingURL=.*$/m, "");
  writeFileSync(join(folder, "dist", entry), `// @ts-self-types="./types/${types}"\n${code}`);
}
cpSync(join(here, "dist/types"), join(folder, "dist/types"), { recursive: true });
for (const file of readdirSync(join(folder, "dist/types"), { recursive: true })) {
  if (file.endsWith(".d.ts")) {
    const path = join(folder, "dist/types", file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/(from |import\()"(\.[^"]*)\.js"/g, '$1"$2.d.ts"'));
  }
}
