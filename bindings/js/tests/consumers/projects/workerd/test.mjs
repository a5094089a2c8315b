/** A Worker, bundled by esbuild as its tools do, in the runtime itself. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { same } from "./common/purchase.mjs";

const absWorkingDir = import.meta.dirname;
const outdir = join(absWorkingDir, "dist");
const { STABLEVPS_BASE_URL, STABLEVPS_API_KEY, STABLEVPS_BREAKING_URLS, STABLEVPS_LABORATORY_URL } =
  process.env;

/** A Worker's WebAssembly stays a file of its own, which the runtime compiles. */
const modules = new Map();
const wasmStaysBeside = {
  name: "wasm-stays-beside",
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
      modules.set(path, {
        type: "CompiledWasm",
        path,
        contents: readFileSync(join(resolveDir, path)),
      });
      return { path, external: true };
    });
  },
};
const { warnings } = await build({
  absWorkingDir,
  entryPoints: ["worker.mjs"],
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  conditions: ["workerd", "worker", "browser"],
  plugins: [wasmStaysBeside],
  external: ["cloudflare:*"],
});
same("what esbuild complains about", JSON.stringify(warnings), "[]");

const worker = new Miniflare({
  modules: [
    {
      type: "ESModule",
      path: "worker.mjs",
      contents: readFileSync(join(outdir, "worker.mjs"), "utf8"),
    },
    ...modules.values(),
  ],
  compatibilityDate: "2026-07-01",
  durableObjects: { PURCHASES: { className: "Purchases", useSQLite: true } },
  d1Databases: ["DATABASE"],
  bindings: {
    STABLEVPS_BASE_URL,
    STABLEVPS_API_KEY,
    STABLEVPS_BREAKING_URLS,
    STABLEVPS_LABORATORY_URL,
  },
});

async function ask(path, init) {
  const reply = await worker.dispatchFetch(`http://worker${path}`, init);
  const text = await reply.text();
  same(`${path}: ${text}`, reply.status, 200);
  return text;
}

async function control(command) {
  const body = JSON.stringify(command);
  const reply = await fetch(`${STABLEVPS_BASE_URL}/_simulator/control`, { method: "POST", body });
  same(await reply.text(), reply.status, 200);
}

async function ordersReceived() {
  const reply = await fetch(`${STABLEVPS_BASE_URL}/_simulator/state`);
  return (await reply.json()).orders_received;
}

try {
  same("without a key", await ask("/"), "invalid_input");
  console.log(await ask("/http"));
  console.log(await ask("/memory"));
  console.log(await ask("/watch"));
  console.log(await ask("/once"));
  console.log(await ask("/laboratory"));

  for (const store of ["/durable-object", "/d1"]) {
    const answer = await ask(store);
    same(`one VPS for one key: ${store}`, answer, JSON.stringify({ orders: 1, same: true }));
    console.log(`one VPS for one key: ${store}`);
  }

  // Requests side by side share the isolate, and so the queue of the account.
  await control({ set_balance: { amount: 1000 } });
  const before = await ordersReceived();
  const bought = await Promise.all(Array.from({ length: 4 }, () => ask("/buy")));
  same("VPS bought side by side", new Set(bought.map((text) => JSON.parse(text).id)).size, 4);
  same("orders of them", (await ordersReceived()) - before, 4);
  console.log("four side by side");

  // Who leaves in the middle of an order does not keep the others waiting for ever.
  await control({ fault: { on: { method: "POST", path: "/vps" }, do: { delay: { ms: 500 } } } });
  await ask("/buy", { signal: AbortSignal.timeout(200) }).catch((error) => error);
  await ask("/buy", { signal: AbortSignal.timeout(10_000) });
  console.log("one after another left");
} finally {
  await worker.dispose();
}
