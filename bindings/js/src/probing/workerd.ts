/** TCP in Workers. */

import type { ProbeOutcome } from "../models.js";
import { type Prober, probeWith } from "./prober.js";

interface Sockets {
  connect(address: { hostname: string; port: number }): {
    readonly opened: Promise<unknown>;
    close(): Promise<void>;
  };
}

const SOCKETS = "cloudflare:sockets";

/** A Worker has at most six connections that are not open yet: a seventh waits, and would look silent. */
const AT_ONCE = 6;

/** @internal Probes with a Worker's sockets. */
export function probeWithWorkerd(): void {
  probeWith({ prober: connects, atOnce: AT_ONCE });
}

const connects: Prober = async ({ address: hostname, port }, { signal }) => {
  // By a name that bundlers can't follow: not all of them know what is the runtime's own.
  const { connect } = (await import(
    /* @vite-ignore */ /* webpackIgnore: true */ SOCKETS
  )) as Sockets;
  // What may not be tried is thrown here.
  const socket = connect({ hostname, port });
  signal.addEventListener("abort", () => void socket.close().catch(() => {}));
  return await socket.opened.then(
    (): ProbeOutcome => "answered",
    (): ProbeOutcome => "silent",
  );
};
