/** The call as users of this package make it. */

import { StableVPS } from "stablevps";

export function lister(url, key) {
  const client = new StableVPS({ apiKey: key, baseUrl: url });
  return () => client.vps.list();
}
