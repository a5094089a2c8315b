import * as stablevps from "stablevps";
import { StableVPS } from "stablevps";
import * as testing from "stablevps/testing";
import { conforms } from "./common/conformance.mjs";
import { purchasesThatBreak } from "./common/laboratory.mjs";
import { sendOnce } from "./common/once.mjs";
import { watchWithTcp } from "./common/probing.mjs";
import { buyInMemory, buyOverHttp, ORDER } from "./common/purchase.mjs";
import scenes from "./common/stores/conformance.json";
import { d1Store } from "./purchases.mjs";

export { Purchases } from "./purchases.mjs";

// A client may be made here, where a Worker may neither wait nor ask for random numbers.
const nobody = new StableVPS({ apiKey: null });

export default {
  async fetch({ url }, environment) {
    const { STABLEVPS_BASE_URL: baseUrl, STABLEVPS_API_KEY: apiKey } = environment;
    const client = new StableVPS({ baseUrl, apiKey });
    switch (new URL(url).pathname) {
      case "/http":
        return new Response(await buyOverHttp(client, baseUrl));
      case "/memory":
        return new Response(await buyInMemory(stablevps, testing));
      case "/watch":
        return new Response(await watchWithTcp(stablevps, testing, baseUrl));
      case "/once":
        return new Response(await sendOnce(stablevps, environment.STABLEVPS_BREAKING_URLS));
      case "/laboratory": {
        const address = environment.STABLEVPS_LABORATORY_URL;
        return new Response(await purchasesThatBreak(stablevps, address));
      }
      case "/buy": {
        const { vps, ordersSent } = await client.vps.provision(ORDER, { firstLook: 20 });
        return Response.json({ id: vps.id, ordersSent });
      }
      case "/durable-object":
      case "/d1": {
        const { PURCHASES, DATABASE } = environment;
        const { pathname } = new URL(url);
        const store = pathname === "/d1" ? d1Store(DATABASE) : PURCHASES.getByName("shop");
        await conforms(store, scenes);
        const simulator = await testing.Simulator.create();
        const buyer = () => simulator.client({ store }).vps;
        const bought = await buyer().provision(ORDER, { idempotencyKey: pathname });
        const again = await buyer().provision(ORDER, { idempotencyKey: pathname });
        const { orders_received: orders } = simulator.state();
        return Response.json({ orders, same: bought.vps.id === again.vps.id });
      }
      default: {
        const error = await nobody.vps.list().catch((error) => error);
        return new Response(error.code);
      }
    }
  },
};
