/** Stands between the reseller and the service, and can hold any request, or the reply to it. */

import { once } from "node:events";
import { createServer, type Server, request as send } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** The requests of a purchase. */
export type Kind = "GET /wallet" | "GET /vps" | "POST /vps" | "GET /vps/:id";

export interface Place {
  kind: Kind;
  /** The first of its kind from now on, or a later one. */
  nth: number;
  /** `request`: before it reaches the service. `reply`: when it has had its effect. */
  hold: "request" | "reply";
}

export class Gate {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #place: (Place & { reached(): void }) | undefined;

  private constructor(server: Server, target: string) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    server.on("request", async (request, response) => {
      const path = (request.url ?? "").replace("/api/v1", "").replace(/^\/vps\/.+/, "/vps/:id");
      const hold = this.#holds(`${request.method} ${path}`);
      if (hold === "request") {
        return;
      }
      const body: Buffer[] = await request.toArray();
      const { method, headers } = request;
      const passed = send(`${target}${request.url}`, { method, headers }, (reply) => {
        if (hold === "reply") {
          reply.resume();
        } else {
          response.writeHead(reply.statusCode ?? 500, reply.headers);
          reply.pipe(response);
        }
      });
      passed.on("error", () => response.destroy());
      passed.end(Buffer.concat(body));
    });
  }

  static async open(target: string): Promise<Gate> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Gate(server, target);
  }

  /** Is fulfilled when the place is reached. What is held there is never let go. */
  hold(place: Place): Promise<void> {
    return new Promise((reached) => {
      this.#place = { ...place, reached };
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await closed;
  }

  #holds(kind: string): Place["hold"] | undefined {
    const place = this.#place;
    if (place?.kind !== kind || --place.nth > 0) {
      return undefined;
    }
    this.#place = undefined;
    place.reached();
    return place.hold;
  }
}
