/**
 * The simulated service over HTTP, on this machine alone: `npm run service`, then enter the address and
 * the key that it prints. Unlike an ordinary API server it lets pages of other origins in (CORS).
 */

import { createServer } from "node:http";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { Simulator } from "stablevps/testing";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, DELETE",
  "access-control-allow-headers": "authorization, content-type, x-api-key",
  "access-control-expose-headers": "retry-after, date",
  // A browser may send a request again by itself when a connection breaks that it had used before.
  connection: "close",
};

/**
 * @param {import("stablevps/testing").SimulatorConfig} config
 * @param {number} port 0 for any that is free.
 */
export async function startService(config = {}, port = 0) {
  const simulator = await Simulator.create({ time: "real", ...config });
  const server = createServer(async (request, response) => {
    if (request.method === "OPTIONS") {
      response.writeHead(204, CORS).end();
      return;
    }
    try {
      const parts = [];
      for await (const part of request) {
        parts.push(part);
      }
      const reply = await simulator.fetch(`http://simulator${request.url}`, {
        method: request.method,
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      });
      const body = Buffer.from(await reply.arrayBuffer());
      response.writeHead(reply.status, { ...Object.fromEntries(reply.headers), ...CORS }).end(body);
    } catch {
      // As a lost reply looks from outside.
      request.socket.destroy();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    simulator,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const { url, simulator } = await startService(
    { balance: 200, provisioningMs: 15_000, vps: [{ location: "london" }, { location: "tokyo" }] },
    Number(argv[2] ?? 8787),
  );
  console.log(`address  ${url}\nkey      ${simulator.apiKey.reveal()}`);
}
