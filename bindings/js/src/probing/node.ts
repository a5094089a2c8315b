/** TCP with `node:net`: in Node, Deno and Bun. */

import type { ProbeOutcome } from "../models.js";
import { AT_ONCE, type Prober, probeWith } from "./prober.js";

interface Socket {
  on(event: "connect" | "error", run: (error: unknown) => void): Socket;
  destroy(): void;
}

interface Net {
  connect(options: { host: string; port: number }): Socket;
}

interface Process {
  versions?: { node?: string };
  getBuiltinModule?: (name: string) => Net | undefined;
}

/** @internal Probes with `node:net`, where there is one. */
export function probeWithNode(): void {
  const { process } = globalThis as { process?: Process };
  if (process?.versions?.node !== undefined) {
    probeWith({ prober: connects, atOnce: AT_ONCE });
  }
}

const NET = "node:net";

/** By a name that bundlers can't follow. */
async function net(): Promise<Net> {
  const { process } = globalThis as { process?: Process };
  const found = process?.getBuiltinModule?.(NET);
  return found ?? ((await import(/* @vite-ignore */ /* webpackIgnore: true */ NET)) as Net);
}

const connects: Prober = async ({ address, port }, { signal }) => {
  const { connect } = await net();
  return await new Promise<ProbeOutcome>((resolve) => {
    const socket = connect({ host: address, port });
    const end = (outcome: ProbeOutcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on("connect", () => end("answered"));
    socket.on("error", (error) => end(outcomeOf(error)));
    signal.addEventListener("abort", () => end("not_tried"));
  });
};

/** What the VPS or the way to it is the cause of. Everything else may be this machine's fault. */
const SILENT = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
];

function outcomeOf(error: unknown): ProbeOutcome {
  const { code } = (error ?? {}) as { code?: unknown };
  return SILENT.includes(code as string) ? "silent" : "not_tried";
}
