/** Where this runs. */

interface Platform {
  window?: unknown;
  document?: unknown;
  navigator?: { userAgent?: string };
  process?: { type?: string; versions?: { node?: string } };
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
