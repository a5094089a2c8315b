/** Begins a purchase, or finishes one: see the README beside this file. */

import { StableVPS } from "stablevps";

async function begin(client, phase) {
  const enough = new AbortController();
  const purchase = client.vps.provision(
    { planId: "prime", billingCycle: "monthly", location: "london" },
    {
      signal: enough.signal,
      onProgress: (progress) => {
        if (progress.phase === phase) {
          console.log(progress.token);
          enough.abort();
        }
      },
    },
  );
  await purchase.catch((error) => {
    if (error.name !== "AbortError") {
      throw error;
    }
  });
}

async function finish(client, token) {
  const { vps, charged, recovered } = await client.vps.resume(token);
  console.log(vps.id, charged, recovered);
}

const [mode, baseUrl, apiKey, rest] = process.argv.slice(2);
await { begin, finish }[mode](new StableVPS({ apiKey, baseUrl }), rest);
