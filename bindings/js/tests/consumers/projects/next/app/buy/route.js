/** A route handler. The key comes from `STABLEVPS_API_KEY`. */

import { StableVPS } from "stablevps";
import { buyOverHttp } from "../../common/purchase.mjs";

export async function POST() {
  const baseUrl = process.env.STABLEVPS_BASE_URL;
  return new Response(await buyOverHttp(new StableVPS({ baseUrl }), baseUrl));
}
