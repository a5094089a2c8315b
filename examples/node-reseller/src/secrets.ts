/** Proofs: that an event is genuine, and that a request comes from who it should come from. */

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** How old an event may be, or how far the clocks may be apart. */
const TOLERANCE_SECONDS = 5 * 60;

/** An event as it is sent. */
export interface SignedEvent {
  id: string;
  /** In seconds. */
  timestamp: number;
  body: Buffer | string;
}

/** An event's signature as Standard Webhooks (standardwebhooks.com) defines it. */
export function sign(secret: string, { id, timestamp, body }: SignedEvent): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body);
  return `v1,${signature.digest("base64")}`;
}

/** Whether an event was signed with the secret, and not long ago. */
export function isGenuine(secret: string, headers: IncomingHttpHeaders, body: Buffer): boolean {
  const id = headers["webhook-id"];
  const timestamp = Number(headers["webhook-timestamp"]);
  const signatures = headers["webhook-signature"];
  if (typeof id !== "string" || typeof signatures !== "string") {
    return false;
  }
  if (!(Math.abs(Date.now() / 1000 - timestamp) <= TOLERANCE_SECONDS)) {
    return false;
  }
  const expected = sign(secret, { id, timestamp, body });
  // There are several while the sender changes its secret.
  return signatures.split(" ").some((signature) => isSame(signature, expected));
}

/** What is stored of a secret: a hash, which is enough to check it. */
export function hash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether a request carries the secret with that hash as its bearer. */
export function isBearer(headers: IncomingHttpHeaders, secretHash: string): boolean {
  const [, secret] = /^Bearer (\S+)$/.exec(headers.authorization ?? "") ?? [];
  return secret !== undefined && isSame(hash(secret), secretHash);
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(
    createHash("sha256").update(one).digest(),
    createHash("sha256").update(other).digest(),
  );
}
