/** The same call without this package: `fetch`, `JSON.parse` and zod. */

import { z } from "zod";

const Listing = z.object({
  vps: z.array(
    z.object({
      id: z.string(),
      planId: z.string(),
      billingCycle: z.string(),
      status: z.string(),
      vpsStatus: z.string(),
      ipAddress: z.string().nullish(),
      location: z.string(),
      rdpUsername: z.string().nullish(),
      serverId: z.string().nullish(),
      currentPeriodEnd: z.iso
        .datetime()
        .transform((text) => new Date(text))
        .nullish(),
      createdAt: z.iso.datetime().transform((text) => new Date(text)),
    }),
  ),
  total: z.number().int().nonnegative(),
});

export function lister(url, key) {
  return async () => {
    const response = await fetch(`${url}/api/v1/vps`, {
      headers: { authorization: `Bearer ${key}`, accept: "application/json" },
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) {
      throw new Error(`the service answered ${response.status}`);
    }
    return Listing.parse(JSON.parse(await response.text())).vps;
  };
}
