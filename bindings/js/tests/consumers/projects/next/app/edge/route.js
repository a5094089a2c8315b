/** A route handler of the edge runtime, which compiles no WebAssembly from bytes, and may repeat an order. */

import { isStableVPSError, StableVPS } from "stablevps";

export const runtime = "edge";

export async function POST() {
  const client = new StableVPS({ baseUrl: process.env.STABLEVPS_BASE_URL });
  const { balance } = await client.wallet.get();
  const order = { planId: "prime", billingCycle: "monthly", location: "london" };
  const refusal = await client.vps.provision(order).catch((error) => error);
  const isRefused = isStableVPSError(refusal, "invalid_input") && refusal.field === "fetch";
  return new Response(`balance ${balance}, an order is ${isRefused ? "refused" : "not refused"}`);
}
