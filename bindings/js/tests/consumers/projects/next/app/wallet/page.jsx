/** A server component where Next.js caches what is fetched, as it did by default before version 15. */

import { StableVPS } from "stablevps";

export const fetchCache = "default-cache";

export default async function Page() {
  const client = new StableVPS({ baseUrl: process.env.STABLEVPS_BASE_URL });
  const { balance } = await client.wallet.get();
  return <p>{`balance: ${balance}`}</p>;
}
