/** Where this runs. */

/** Whether this is a page or one of its workers. */
export function isBrowser(): boolean {
  const { window, document, navigator } = globalThis as {
    window?: unknown;
    document?: unknown;
    navigator?: { userAgent?: string };
  };
  const isPage = window !== undefined && document !== undefined;
  return isPage || (navigator?.userAgent?.startsWith("Mozilla/") ?? false);
}
