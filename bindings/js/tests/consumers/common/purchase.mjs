/** The purchases that every project makes, on whatever it runs. */

export const ORDER = { planId: "prime", billingCycle: "monthly", location: "london" };

/** Throws unless both are the same. */
export function same(what, actual, expected) {
  if (actual !== expected) {
    throw new Error(`${what}: ${String(actual)} is not ${String(expected)}`);
  }
}

/** What `call` fails with. */
export async function failureOf(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Buys one VPS; `ordersReceived` asks the service how many orders it was sent. */
export async function buyOne(client, ordersReceived, how, options = {}) {
  const before = await ordersReceived();
  const purchase = client.vps.provision(ORDER, { maxSpend: "20", ...options });
  const phases = new Set();
  for await (const progress of purchase) {
    phases.add(progress.phase);
  }
  const { vps, charged, ordersSent, recovered } = await purchase;
  same("the way", [...phases].join(), "preflight,baseline,ordering,polling");
  same("the status", vps.vpsStatus, "active");
  same("an address", typeof vps.ipAddress, "string");
  same("the password", String(vps.rdpPassword), "***");
  same("the password's length", vps.rdpPassword.reveal().length > 0, true);
  same("charged", charged, "19.49");
  same("recovered", recovered, false);
  same("orders sent", ordersSent, 1);
  same("orders received", (await ordersReceived()) - before, 1);
  return `ready, ${charged} charged, 1 order sent: ${how}`;
}

/** A purchase over HTTP, from the simulator's program. */
export function buyOverHttp(client, baseUrl) {
  const ordersReceived = async () => {
    const reply = await fetch(`${baseUrl}/_simulator/state`);
    return (await reply.json()).orders_received;
  };
  // There the time is real.
  return buyOne(client, ordersReceived, "over HTTP", { firstLook: 20 });
}

/** A purchase in memory, and one that ends for want of money. */
export async function buyInMemory({ isStableVPSError, InsufficientFundsError }, { Simulator }) {
  const simulator = await Simulator.create({ balance: 20 });
  const client = simulator.client();
  const said = await buyOne(client, () => simulator.state().orders_received, "in memory");

  const check = { checkFunds: true };
  const failure = await failureOf(() => client.vps.provision(ORDER, check));
  same("the failure", failure.code, "insufficient_funds");
  same("its class", failure instanceof InsufficientFundsError, true);
  same("known by its code", isStableVPSError(failure, "insufficient_funds"), true);
  same("known by another code", isStableVPSError(failure, "over_budget"), false);
  same("what is missing", failure.shortfall, "18.98");
  same("its name", failure.name, "InsufficientFundsError");
  same("orders after it", simulator.state().orders_received, 1);
  return said;
}
