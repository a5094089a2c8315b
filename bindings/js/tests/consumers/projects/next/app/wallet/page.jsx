/** A server component where Next.js caches what is fetched, as it did by default before version 15. */

import { StableVPS } from "stablevps";

export const fetchCache = "default-cache";

const baseUrl = process.env.STABLEVPS_BASE_URL;

async function setBalance(amount) {
  const body = JSON.stringify({ set_balance: { amount } });
  await fetch(`${baseUrl}/_simulator/control`, { method: "POST", body, cache: "no-store" });
}

export default async function Page() {
  const client = new StableVPS({ baseUrl });
  const seen = [];
  for (const amount of [1, 2]) {
    await setBalance(amount);
    seen.push((await client.wallet.get()).balance);
  }
  await setBalance(100);
  return <p>{`balances: ${seen.join(" ")}`}</p>;
}
