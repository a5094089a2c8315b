/** Starts the parts, and stops them in order on SIGTERM or SIGINT. */

import { fastify } from "fastify";
import { type Clock, StableVPS } from "stablevps";
import { SqliteStore } from "stablevps/stores";
import { openDatabase } from "./database.js";
import { Orders } from "./orders.js";
import { routes } from "./server.js";
import { type Environment, readSettings } from "./settings.js";
import { Worker } from "./worker.js";

/** @param clock Another one than the machine's, for tests. */
export async function start(environment: Environment, clock?: Clock): Promise<void> {
  const settings = readSettings(environment);
  // Requests are logged by method and path, never with headers or bodies.
  const app = fastify({ logger: { level: settings.logLevel } });
  const database = openDatabase(settings.databaseFile);
  const orders = new Orders(database);
  const { baseUrl } = settings;
  const store = new SqliteStore(database);
  const client = new StableVPS({ baseUrl, store, logger: app.log, clock });
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
