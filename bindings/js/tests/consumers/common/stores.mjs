/** A purchase with a key, in a file that this runtime's own SQLite opens. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "stablevps/stores";
import { Simulator } from "stablevps/testing";
import { conforms } from "./conformance.mjs";
import { ORDER, same } from "./purchase.mjs";

export async function buyRecorded() {
  const folder = mkdtempSync(join(tmpdir(), "stablevps-"));
  try {
    const file = join(folder, "purchases.db");
    const stores = [new SqliteStore(file), new SqliteStore(file)];
    const suite = join(import.meta.dirname, "stores/conformance.json");
    await conforms(stores[0], JSON.parse(readFileSync(suite, "utf8")));
    const simulator = await Simulator.create();
    const ids = new Set();
    for (const store of stores) {
      const client = simulator.client({ store });
      const { vps } = await client.vps.provision(ORDER, { idempotencyKey: "order-1" });
      ids.add(vps.id);
    }
    same("VPS of one key", [ids.size, simulator.state().orders_received].join(), "1,1");
    await Promise.all(stores.map((store) => store.close()));
    return "one VPS for one key";
  } finally {
    rmSync(folder, { recursive: true });
  }
}
