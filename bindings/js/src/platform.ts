/** Where this runs. */

/** Deno's own kind of connection pool. */
interface HttpClient {
  close(): void;
}

interface Platform {
  window?: unknown;
  document?: unknown;
  navigator?: { userAgent?: string };
  process?: { type?: string; versions?: { node?: string } };
  Deno?: { createHttpClient?: (options: { poolMaxIdlePerHost: number }) => HttpClient };
}

/** Whether this is a page or one of its workers. Node with a page's globals, as tests have it, is not. */
export function isBrowser(): boolean {
  const { window, document, navigator, process } = globalThis as Platform;
  // A window of Electron is a page although it may have Node's globals, too.
  if (process?.versions?.node !== undefined && process.type !== "renderer") {
    return false;
  }
  const isPage = window !== undefined && document !== undefined;
  return isPage || (navigator?.userAgent?.startsWith("Mozilla/") ?? false);
}

/**
 * Whether the platform's `fetch`, with the options of {@link ownConnection}, sends a request once. Many
 * repeat one whose kept connection breaks, even a `POST`. Those are named here that were seen not to.
 */
export function sendsOnce(): boolean {
  const { Deno, navigator, process } = globalThis as Platform;
  if (isBrowser()) {
    return false;
  }
  if (Deno) {
    return typeof Deno.createHttpClient === "function";
  }
  return process?.versions?.node !== undefined || navigator?.userAgent === "Cloudflare-Workers";
}

/**
 * The options of `fetch` that give a request a connection of its own, so that the platform does not
 * repeat it: `keepalive` is Bun's, `client` is Deno's. Node and Workers never repeat a `POST` whose
 * connection breaks.
 */
export function ownConnection(): { keepalive: false; client?: HttpClient } {
  const client = (globalThis as Platform).Deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 });
  return client ? { keepalive: false, client } : { keepalive: false };
}
