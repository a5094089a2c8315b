/** Plays the checkout and the payment processor: an order, its secret, and the event that it is paid. */

import { randomBytes, randomUUID } from "node:crypto";
import { hash, sign } from "../src/secrets.js";

const [planId = "basic", location = "london", maxSpend = "40"] = process.argv.slice(2);
const address = `http://127.0.0.1:${process.env.PORT || 3000}`;
const orderId = randomUUID();
// The checkout makes it and gives it to the customer. Only its hash goes any further.
const secret = randomBytes(32).toString("base64url");
const sale = { orderId, planId, billingCycle: "monthly", location, maxSpend };
const body = JSON.stringify({ ...sale, secretHash: hash(secret) });

const event = { id: `evt_${randomUUID()}`, timestamp: Math.floor(Date.now() / 1000), body };
const reply = await fetch(`${address}/events/user-paid`, {
  method: "POST",
  headers: {
    "content-type": "application/json",
    "webhook-id": event.id,
    "webhook-timestamp": String(event.timestamp),
    "webhook-signature": sign(process.env.WEBHOOK_SECRET ?? "", event),
  },
  body,
});
console.log(reply.status, await reply.text());
if (reply.ok) {
  console.log(`curl -H 'Authorization: Bearer ${secret}' ${address}/orders/${orderId}`);
}
