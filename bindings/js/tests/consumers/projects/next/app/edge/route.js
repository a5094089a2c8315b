/** A route handler of the edge runtime, which compiles no WebAssembly from bytes. */

import { StableVPS } from "stablevps";
import { buyOverHttp } from "../../common/purchase.mjs";

export const runtime = "edge";

export async function POST() {
  const baseUrl = process.env.STABLEVPS_BASE_URL;
  return new Response(await buyOverHttp(new StableVPS({ baseUrl }), baseUrl));
}
