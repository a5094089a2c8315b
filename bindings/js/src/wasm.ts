/** The core, compiled to WebAssembly: loaded once, when it is first needed. */

import * as glue from "../wasm/main/main.js";
import { join, joinNow } from "./glue.js";

/**
 * What the core is loaded from. A `WebAssembly.Module` and the promise of one are objects, too: Node's
 * own types have no name for it.
 */
export type WasmSource = string | URL | Response | ArrayBuffer | ArrayBufferView | object;

/** @internal How a platform comes by the core: at once, or after a while. */
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

/** @internal The core, if it is there or can be had without waiting. */
export function coreNow(): typeof glue | undefined {
  if (!loaded && loading === undefined) {
    const source = loader();
    if (source instanceof Promise) {
      loading = start(source);
      // Whoever needs the core hears of its failure.
      loading.catch(() => {});
    } else {
      joinNow(glue, NAME, source);
      loaded = true;
    }
  }
  return loaded ? glue : undefined;
}

/** @internal The core, as soon as it is there. A failure to load it is tried again by the next call. */
export async function core(): Promise<typeof glue> {
  const present = coreNow();
  if (present) {
    return present;
  }
  await loading;
  return glue;
}

/**
 * Loads the core from a place of your own: a `WebAssembly.Module`, its bytes, a `Response` or a URL.
 *
 * There is no need for it where the package finds the core by itself: in Node, Deno, Bun, Workers, and
 * in browsers behind a bundler that knows `new URL(..., import.meta.url)`. Call it before the first
 * request elsewhere. Later calls change nothing.
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

async function start(given: WasmSource): Promise<void> {
  try {
    const source = (await given) as WasmSource;
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
    throw error;
  }
}

/** Not by streaming: many servers still send `.wasm` with a type that streaming refuses. */
async function compiled(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) {
    throw notLoaded(`${response.url} answered ${response.status}`);
  }
  const bytes = await response.arrayBuffer();
  if (!WebAssembly.validate(bytes)) {
    throw notLoaded(`${response.url} is not WebAssembly`);
  }
  return WebAssembly.compile(bytes);
}

function notLoaded(reason: string): Error {
  const advice = "Tell the package where it is: await init(url)";
  return new Error(`the core could not be loaded: ${reason}. ${advice}`);
}
