/** Servers that break the connection of every `POST` once they have all of it. */

import { once } from "node:events";
import { createServer } from "node:net";

/** How a connection is broken. */
const WAYS = {
  closed: (socket) => socket.end(),
  reset: (socket) => socket.resetAndDestroy(),
};

/** Starts one server a way; gives their addresses. */
export async function breaking() {
  const servers = [];
  const urls = [];
  for (const end of Object.values(WAYS)) {
    // Its own: projects are tested side by side.
    const count = { posts: 0 };
    const server = createServer((socket) => serve(socket, end, count));
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    urls.push(`http://127.0.0.1:${server.address().port}`);
  }
  return {
    urls: urls.join(),
    end: () => {
      for (const server of servers) {
        server.close();
      }
    },
  };
}

function serve(socket, end, count) {
  let received = "";
  socket.on("error", () => {});
  socket.on("data", (part) => {
    received += part;
    const [head, body] = received.split("\r\n\r\n", 2);
    if (body === undefined || !isWhole(head, body)) {
      return;
    }
    received = "";
    if (head.startsWith("POST")) {
      count.posts++;
      end(socket);
      return;
    }
    const answer = head.startsWith("GET /posts")
      ? String(count.posts)
      : '{"balance":100,"currency":"EUR"}';
    const lines = [
      "HTTP/1.1 200 OK",
      "content-type: application/json",
      `content-length: ${answer.length}`,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n${answer}`);
  });
}

function isWhole(head, body) {
  return /transfer-encoding: *chunked/i.test(head)
    ? body.includes("0\r\n")
    : body.length >= Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}
