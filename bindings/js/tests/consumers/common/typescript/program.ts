/** A program in TypeScript, the same whatever its modules become. */

import {
  cents,
  InsufficientFundsError,
  isStableVPSError,
  type OrderParams,
  type Provisioned,
  type ProvisionOptions,
  type Purchase,
  StableVPS,
} from "stablevps";
import { Simulator } from "stablevps/testing";

const ORDER: OrderParams = { planId: "prime", billingCycle: "monthly", location: "london" };

export async function program(baseUrl: string, apiKey: string | undefined): Promise<void> {
  const client = new StableVPS({ baseUrl, apiKey });
  console.log(summary(await buy(client, () => received(baseUrl), { firstLook: 20 }), "over HTTP"));

  const simulator = await Simulator.create({ balance: 20 });
  const ordersReceived = async () => simulator.state().orders_received;
  console.log(summary(await buy(simulator.client(), ordersReceived, {}), "in memory"));

  try {
    await simulator.client().vps.provision(ORDER);
    throw new Error("nothing was thrown");
  } catch (error) {
    if (!isStableVPSError(error, "insufficient_funds")) {
      throw error;
    }
    same(error instanceof InsufficientFundsError, true);
    same(cents(error.shortfall ?? "0"), 1898);
  }
}

async function buy(
  client: StableVPS,
  ordersReceived: () => Promise<number>,
  options: ProvisionOptions,
): Promise<Provisioned> {
  const before = await ordersReceived();
  const purchase: Purchase = client.vps.provision(ORDER, { maxSpend: "20", ...options });
  for await (const { phase, token } of purchase) {
    same(phase === "ordering" && token === null, false);
  }
  const provisioned = await purchase;
  same((await ordersReceived()) - before, 1);
  return provisioned;
}

function summary({ vps, charged, ordersSent }: Provisioned, how: string): string {
  same(vps.vpsStatus, "active");
  same(charged, "19.49");
  same(ordersSent, 1);
  return `ready, ${charged} charged, 1 order sent: ${how}`;
}

async function received(baseUrl: string): Promise<number> {
  const reply = await fetch(`${baseUrl}/_simulator/state`);
  const state = (await reply.json()) as { orders_received: number };
  return state.orders_received;
}

function same<T>(actual: T, expected: T): void {
  if (actual !== expected) {
    throw new Error(`${String(actual)} is not ${String(expected)}`);
  }
}
