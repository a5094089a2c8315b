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
  for (const amount of [1, 2, 100]) {
    const body = JSON.stringify({ set_balance: { amount } });
    await fetch(`${process.env.STABLEVPS_BASE_URL}/_simulator/control`, { method: "POST", body });
    const page = await text("wallet");
    same(`balance ${amount} in a page`, page.includes(`balance: ${amount}.00`), true);
  }
  console.log("server component: nothing of the service is cached");
  console.log("route handler:", await text("buy", { method: "POST" }));
  const edge = await text("edge", { method: "POST" });
  same("the edge runtime", /^balance \d+\.\d\d, an order is refused$/.test(edge), true);
  console.log("edge route handler:", edge);
  same("a client component on the server", (await text("browser")).includes("19.49"), true);
  console.log("client component");
  console.log(await browsing(chromium, (open) => open(`${address}browser`)));
} catch (error) {
  // Next.js catches what is not caught here, and then the program would end well.
  console.error(error);
  process.exitCode = 1;
} finally {
  server.closeAllConnections();
  server.close();
  await app.close();
}
