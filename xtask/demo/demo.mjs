/** Buys a VPS on the simulator, with live progress; then once more with the order's reply lost. */

import { Simulator } from "stablevps/testing";

function show({ phase, lastStatus, elapsedMs, nextLookMs }) {
  if (nextLookMs === 0 && phase === "polling") {
    return;
  }
  const status = lastStatus ? `  ${lastStatus}` : "";
  const pause = nextLookMs ? `  next look in ${(nextLookMs / 1000).toFixed(1)} s` : "";
  console.log(`  ${(elapsedMs / 1000).toFixed(1).padStart(6)} s  ${phase}${status}${pause}`);
}

async function buy(simulator) {
  const purchase = simulator
    .client()
    .vps.provision(
      { planId: "prime", billingCycle: "monthly", location: "amsterdam" },
      { maxSpend: "20" },
    );
  for await (const progress of purchase) {
    show(progress);
  }
  return purchase;
}

const sentTo = (simulator) => simulator.state().requests.by_endpoint["POST /vps"];
const money = ({ charged, currency }) => `charged ${charged} ${currency}`;

const simulator = await Simulator.create({ balance: 100 });
console.log("a purchase (virtual time):");
const bought = await buy(simulator);
const sent = sentTo(simulator);
const { id, ipAddress } = bought.vps;
console.log(`js  ready  ${id}  ${ipAddress}  ${money(bought)}  orders sent ${sent}`);

console.log("\nthe same, with the order's reply lost:");
simulator.fault("lose_after", { method: "POST", path: "/vps" });
const again = await buy(simulator);
console.log(
  `js  recovered ${again.recovered}  ${again.vps.id}  ${again.vps.ipAddress}  ` +
    `${money(again)}  orders sent ${sentTo(simulator) - sent}`,
);
const { charges } = simulator.state();
console.log(
  `the service charged ${charges.length} times for 2 purchases: ${JSON.stringify(charges)}`,
);
