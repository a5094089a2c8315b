/** Makes `dist` of `src` and `wasm`: one file an entry, for ESM and CommonJS, and the types. */

import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

/** The testing entry uses the main one as its user does: there is one class of each error. */
const mainIsExternal = {
  name: "main-is-external",
  setup(build) {
    build.onResolve({ filter: /^\.\.\/index\.js$/ }, ({ importer }) =>
      importer.includes(join("src", "testing")) ? { path: "stablevps", external: true } : undefined,
    );
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  target: "es2022",
  platform: "neutral",
  loader: { ".wasm": "base64" },
  external: [
    "./stablevps-stores.wasm",
    "./stablevps-stores.wasm?module",
    "./stablevps.wasm",
    "./simulator.wasm",
    "@opentelemetry/api",
  ],
  sourcemap: true,
  plugins: [mainIsExternal],
  legalComments: "none",
  logLevel: "warning",
};

const entries = [
  ["entries/inline", "node.js", "esm"],
  ["entries/inline", "node.cjs", "cjs"],
  ["entries/browser", "browser.js", "esm"],
  ["entries/workerd", "workerd.js", "esm"],
  ["entries/edge-light", "edge-light.js", "esm"],
  ["entries/testing", "testing.js", "esm"],
  ["entries/testing", "testing.cjs", "cjs"],
  ["entries/testing-workerd", "testing-workerd.js", "esm"],
  ["opentelemetry", "opentelemetry.js", "esm"],
  ["opentelemetry", "opentelemetry.cjs", "cjs"],
  ["stores/index", "stores.js", "esm"],
  ["stores/index", "stores.cjs", "cjs"],
];
for (const [entry, file, format] of entries) {
  await build({
    ...common,
    entryPoints: [join("src", `${entry}.ts`)],
    outfile: join(dist, file),
    format,
  });
}
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(join(here, "../..", licence), join(here, licence));
}
copyFileSync(join(here, "src/entries/react-native.cjs"), join(dist, "react-native.cjs"));
// Browsers load the one without stores.
copyFileSync(join(here, "wasm/browser/main_bg.wasm"), join(dist, "stablevps.wasm"));
copyFileSync(join(here, "wasm/main/main_bg.wasm"), join(dist, "stablevps-stores.wasm"));
copyFileSync(join(here, "wasm/simulator/simulator_bg.wasm"), join(dist, "simulator.wasm"));

execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc")], {
  cwd: here,
  stdio: "inherit",
});
rmSync(join(dist, "types/entries"), { recursive: true });
// The same declarations as those of a CommonJS package.
cpSync(join(dist, "types"), join(dist, "types-cjs"), { recursive: true });
writeFileSync(join(dist, "types-cjs/package.json"), `{ "type": "commonjs" }\n`);
