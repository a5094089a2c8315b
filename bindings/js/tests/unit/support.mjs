/** What several tests need: servers on the loopback interface, and the simulator's program. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "libsql";
import { SqliteStore } from "stablevps/stores";

export const KEY = "svps_live_a3f70123456789abcdef0123456789abcdef";
export const ORDER = { planId: "prime", billingCycle: "monthly", location: "london" };
export const WALLET = '{"balance":12.5,"currency":"EUR"}';

/** A folder that is removed at the end of a test. */
export function folder(t) {
  const folder = mkdtempSync(join(tmpdir(), "stablevps-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** An HTTP server that counts what it is asked for; `using` ends it. */
export async function serving(handle) {
  const requests = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      requests.push({ method: request.method, url: request.url, headers: request.headers, body });
      handle(request, response, requests.length);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Gives the wallet. */
export function wallet(_, response) {
  response.end(WALLET);
}

/** The simulator as a program of its own. */
export async function simulatorProgram(...options) {
  const program = process.env.STABLEVPS_SIMULATOR_BIN;
  if (!program) {
    throw new Error("STABLEVPS_SIMULATOR_BIN must name the simulator's program");
  }
  const child = spawn(program, ["--port", "0", "--until-stdin-closes", ...options], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const word = async () => (await lines.next()).value.split(" ").at(-1);
  const url = await word();
  const key = await word();
  const json = async (path, init) => (await fetch(url + path, init)).json();
  return {
    url,
    key,
    state: () => json("/_simulator/state"),
    control: (command) =>
      json("/_simulator/control", { method: "POST", body: JSON.stringify(command) }),
    async end() {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

/** A store in memory that can be down, and counts what it is asked. */
export class Outage {
  #store = new SqliteStore(new Database(":memory:"));
  /** The names of the operations. */
  asked = [];
  #announced = false;
  isDown = () => false;
  /** Is called when an operation was carried out. */
  done = () => {};

  async carryOut(operation) {
    this.asked.push(operation.op);
    if (this.isDown()) {
      throw new Error("the database is down");
    }
    const answer = await this.#store.carryOut(operation);
    this.#announced ||= JSON.parse(operation.document).op.save?.saved.state === "ordered";
    this.done(operation);
    return answer;
  }

  /** Whether an order was announced. */
  ordered() {
    return this.#announced;
  }
}
