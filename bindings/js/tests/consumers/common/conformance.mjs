/** The operations that every language's stores are tested with, and their answers. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

/** Asks a store all of them, in accounts that nobody else uses. */
export async function conforms(store, scenes) {
  assert.ok(scenes.length > 0);
  const run = randomUUID();
  for (const [number, { name, operations }] of scenes.entries()) {
    for (const { request, answer } of operations) {
      const account = `${run} ${number} ${request.account}`;
      const operation = operationOf({ ...request, account });
      assert.deepEqual(JSON.parse(await store.carryOut(operation)), answer, name);
    }
  }
}

/** A request as clients hand it to a store. */
export function operationOf(request) {
  const { op } = request;
  const name = typeof op === "string" ? op : Object.keys(op)[0];
  return { op: name, document: JSON.stringify(request) };
}
