/** Purchases through the `fetch` of npm's undici, once with each of its agents that a program may have. */

import { purchasesThatBreak } from "./laboratory.mjs";

export async function buyWithAgents(stablevps, { Agent, EnvHttpProxyAgent, RetryAgent, fetch }) {
  const AGENTS = {
    Agent: new Agent(),
    EnvHttpProxyAgent: new EnvHttpProxyAgent(),
    "RetryAgent, which retries no POST": new RetryAgent(new Agent()),
  };
  for (const [name, dispatcher] of Object.entries(AGENTS)) {
    const once = (init) => ({ ...stablevps.readOnce(init), dispatcher });
    const options = { fetch: (url, init) => fetch(url, once(init)) };
    console.log(name);
    console.log(await purchasesThatBreak(stablevps, process.env.STABLEVPS_LABORATORY_URL, options));
    await dispatcher.close();
  }
}
