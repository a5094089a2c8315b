/** Vite's server side: the package beside the bundle, inside it, and in the development server. */

import { join } from "node:path";
import { build, createServer } from "vite";
import { same } from "./common/purchase.mjs";

const root = import.meta.dirname;
const common = { root, configFile: false, logLevel: "error" };
const PAGE =
  "<p>ready, 19.49 charged, 1 order sent: over HTTP</p>" +
  "<p>ready, 19.49 charged, 1 order sent: in memory</p>";

async function rendered(what, { render }) {
  same(what, await render(process.env.STABLEVPS_BASE_URL), PAGE);
  console.log(what);
}

for (const [where, noExternal] of [
  ["beside", undefined],
  ["inside", true],
]) {
  const outDir = join(root, "dist", where);
  await build({ ...common, ssr: { noExternal }, build: { ssr: "entry.js", outDir } });
  await rendered(`${where} the bundle`, await import(join(outDir, "entry.js")));
}

const server = await createServer({
  ...common,
  appType: "custom",
  cacheDir: "cache",
  server: { middlewareMode: true, ws: false },
});
try {
  await rendered("development server", await server.ssrLoadModule("/entry.js"));
} finally {
  await server.close();
}
