/** The service, simulated by a program of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface SimulatorState {
  orders_received: number;
  orders_placed: number;
  /** Of the wallet, in EUR. */
  balance: number;
  charges: number[];
  funded: number;
  vps: { id: string; plan_id: string; location: string; vps_status: string }[];
}

export class Simulator {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(options: { key: string; balance: number }): Promise<Simulator> {
    const program = process.env.STABLEVPS_SIMULATOR_BIN;
    if (!program) {
      throw new Error("STABLEVPS_SIMULATOR_BIN must name the simulator's program");
    }
    const given = ["--key", options.key, "--balance", String(options.balance)];
    const child = spawn(
      program,
      [...given, "--port", "0", "--provisioning-ms", "100", "--until-stdin-closes"],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    await once(child, "spawn");
    for await (const line of createInterface(child.stdout)) {
      const [, url] = /^listening on (.+)$/.exec(line) ?? [];
      if (url) {
        return new Simulator(url, child);
      }
    }
    throw new Error("the simulator ended before it listened");
  }

  async control(command: object): Promise<Record<string, unknown>> {
    const body = JSON.stringify(command);
    const reply = await fetch(`${this.url}/_simulator/control`, { method: "POST", body });
    if (!reply.ok) {
      throw new Error(await reply.text());
    }
    return (await reply.json()) as Record<string, unknown>;
  }

  async state(): Promise<SimulatorState> {
    const reply = await fetch(`${this.url}/_simulator/state`);
    return (await reply.json()) as SimulatorState;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.stdin?.end();
    await ended;
  }
}
