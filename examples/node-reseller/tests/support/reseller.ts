/** The reseller as a process, with all that it ever printed. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("program.js", import.meta.url));
/** As its users start it. */
const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));

export type Environment = Record<string, string>;

export class Reseller {
  url = "";
  output = "";
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;

  private constructor(program: string, environment: Environment) {
    const { PATH = "" } = process.env;
    this.#process = spawn(process.execPath, [program], { env: { PATH, ...environment } });
    this.#ended = once(this.#process, "close").then(([code]) => code as number | null);
  }

  /** A process that listens. */
  static async start(environment: Environment): Promise<Reseller> {
    const reseller = new Reseller(PROGRAM, environment);
    await new Promise<void>((listens, refuse) => {
      reseller.#listen(() => {
        const [, url] = /listening at (http:\/\/[\d.:]+)/.exec(reseller.output) ?? [];
        if (url && !reseller.url) {
          reseller.url = url;
          listens();
        }
      });
      void reseller.#ended.then(() => refuse(new Error(reseller.output)));
    });
    return reseller;
  }

  /** A process that is to end by itself, before it listens; with the code it ends with. */
  static async run(environment: Environment): Promise<{ code: number | null; output: string }> {
    const reseller = new Reseller(MAIN, environment);
    reseller.#listen(() => {
      if (reseller.output.includes("listening")) {
        reseller.#process.kill();
      }
    });
    return { code: await reseller.#ended, output: reseller.output };
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.#process.kill(signal);
    return this.#ended;
  }

  #listen(seen: () => void): void {
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on("data", (text) => {
        this.output += text;
        seen();
      });
    }
  }
}
