/** Next.js: what it built, served. */

import { once } from "node:events";
import { createServer } from "node:http";
import next from "next";
import { chromium } from "playwright-core";
import { browsing } from "./common/browser.mjs";
import { same } from "./common/purchase.mjs";

const app = next({ dev: false, dir: import.meta.dirname });
await app.prepare();
const server = createServer(app.getRequestHandler());
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = `http://127.0.0.1:${server.address().port}/`;

async function text(path, init) {
  const reply = await fetch(address + path, init);
  same(`/${path}`, reply.status, 200);
  return reply.text();
}

try {
  const page = await text("");
  for (const part of ["ready, 19.49 charged, 1 order sent", "3 plans, prime for 19.49"]) {
    same(`"${part}" in a server component`, page.includes(part), true);
  }
  console.log("server component: ready, 19.49 charged, 1 order sent");
  for (const _ of ["first", "reloaded"]) {
    same("balances in a page", (await text("wallet")).includes("balances: 1.00 2.00"), true);
  }
  console.log("server component: nothing of the service is cached");
  console.log("route handler:", await text("buy", { method: "POST" }));
  same("a client component on the server", (await text("browser")).includes("19.49"), true);
  console.log("client component");
  console.log(await browsing(chromium, (open) => open(`${address}browser`)));
} finally {
  server.closeAllConnections();
  server.close();
  await app.close();
}
