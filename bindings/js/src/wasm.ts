/** The core, compiled to WebAssembly: loaded once, when it is first needed. */

import * as glue from "../wasm/main/main.js";
import { StableVPSError } from "./error.js";
import { join, joinNow } from "./glue.js";
import { coreMissing } from "./reports.js";

/**
 * What the core is loaded from. A `WebAssembly.Module` and the promise of one are objects, too: Node's
 * own types have no name for it.
 */
export type WasmSource = string | URL | Response | ArrayBuffer | ArrayBufferView | object;

/** @internal How a platform gets the core: at once, or later. */
export type Loader = () => WebAssembly.Module | BufferSource | Promise<WasmSource>;

/** The name that the file and its glue were written with. */
const NAME = "main";

let loader: Loader = () => {
  throw new Error("no way to load the core was set");
};
let loading: Promise<void> | undefined;
let loaded = false;

/** @internal Sets how this platform loads the core. Nothing is loaded yet. */
export function loadWith(platform: Loader): void {
  loader = platform;
}

/** @internal The core, if it is loaded or can be loaded without waiting. */
export function coreNow(): typeof glue | undefined {
  if (!loaded && loading === undefined) {
    const source = loader();
    if (source instanceof Promise) {
      loading = start(source);
      // Every call that needs the core gets the failure.
      loading.catch(() => {});
    } else {
      try {
        joinNow(glue, NAME, source);
      } catch (error) {
        throw missing(error);
      }
      loaded = true;
    }
  }
  return loaded ? glue : undefined;
}

/** @internal The core, once it is loaded. After a failure the next call tries again. */
export async function core(): Promise<typeof glue> {
  const present = coreNow();
  if (present) {
    return present;
  }
  await loading;
  return glue;
}

/**
 * Loads the core from another place: a `WebAssembly.Module`, its bytes, a `Response` or a URL.
 *
 * Where the package finds the core by itself there is no need for it: in Node, Deno, Bun, Workers, and
 * in browsers behind a bundler that supports `new URL(..., import.meta.url)`. Elsewhere call it before
 * the first request. Once the core is loaded, further calls have no effect.
 *
 * @throws TransportError where it can't be loaded: nothing was sent. The next call tries again.
 *
 * ```ts
 * import wasm from "stablevps/stablevps.wasm?url";
 * await init(wasm);
 * ```
 */
export async function init(source?: WasmSource): Promise<void> {
  if (source !== undefined && !loaded && loading === undefined) {
    loading = start(source);
  }
  await core();
}

async function start(promised: WasmSource): Promise<void> {
  try {
    const source = (await promised) as WasmSource;
    if (typeof source === "string" || source instanceof URL) {
      await join(glue, NAME, await compiled(await fetch(source)));
    } else if (typeof Response !== "undefined" && source instanceof Response) {
      await join(glue, NAME, await compiled(source));
    } else {
      await join(glue, NAME, source as WebAssembly.Module);
    }
    loaded = true;
  } catch (error) {
    loading = undefined;
    throw missing(error);
  }
}

/** Not by streaming: many servers still send `.wasm` with a type that streaming refuses. */
async function compiled(response: Response): Promise<WebAssembly.Module> {
  const from = response.url || "the response";
  if (!response.ok) {
    throw notLoaded(`${from} has the status ${response.status}`);
  }
  const bytes = await response.arrayBuffer();
  if (!WebAssembly.validate(bytes)) {
    throw notLoaded(`${from} is not WebAssembly`);
  }
  return WebAssembly.compile(bytes);
}

function notLoaded(reason: string): Error {
  return coreMissing(
    "io",
    `${reason}. Load it from where it is, before the first call: await init(url)`,
  );
}

function missing(error: unknown): Error {
  return error instanceof StableVPSError ? error : coreMissing("io", "its cause says why", error);
}
