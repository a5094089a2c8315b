/** The program: starts the parts, and stops them in order on SIGTERM or SIGINT. */

import { fastify } from "fastify";
import { StableVPS } from "stablevps";
import { openDatabase } from "./database.js";
import { Orders } from "./orders.js";
import { routes } from "./server.js";
import { readSettings } from "./settings.js";
import { Worker } from "./worker.js";

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  // Requests are logged by method and path, never with headers or bodies.
  const app = fastify({ logger: { level: settings.logLevel } });
  const database = openDatabase(settings.databaseFile);
  const orders = new Orders(database);
  const client = new StableVPS({ baseUrl: settings.baseUrl, logger: app.log });
  const worker = new Worker({ ...settings, client, orders, log: app.log });
  await routes(app, { ...settings, client, orders, worker });

  const stop = async () => {
    await Promise.all([app.close(), worker.stop()]);
    database.close();
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);

  worker.wake();
  await app.listen({ host: settings.host, port: settings.port });
}

main().catch((error: Error) => {
  process.stderr.write(`reseller: ${error.message}\n`);
  process.exit(1);
});
