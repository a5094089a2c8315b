/** A server component: rendered when it is asked for. */

import * as stablevps from "stablevps";
import { PLANS, price } from "stablevps";
import * as testing from "stablevps/testing";
import { buyInMemory } from "../common/purchase.mjs";

export const dynamic = "force-dynamic";

export default async function Page() {
  const said = await buyInMemory(stablevps, testing);
  return (
    <main>
      <p>{said}</p>
      <p>{`${PLANS.length} plans, prime for ${price("prime", "monthly")}`}</p>
    </main>
  );
}
