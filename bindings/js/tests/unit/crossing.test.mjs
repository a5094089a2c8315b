/** Tokens cross: what one language began, another finishes. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { StableVPS } from "stablevps";
import { ORDER, simulatorProgram } from "./support.mjs";

const BEGIN = `
import sys, stablevps
url, key, phase = sys.argv[1:]
def tell(progress):
    if progress.phase == phase:
        print(progress.token)
        raise KeyboardInterrupt
try:
    stablevps.Client(key, base_url=url).vps.provision(
        plan_id="prime", billing_cycle="monthly", location="london", on_progress=tell)
except KeyboardInterrupt:
    pass
`;

const FINISH = `
import sys, stablevps
url, key, token = sys.argv[1:]
bought = stablevps.Client(key, base_url=url).vps.resume(token)
print(bought.vps.id, bought.charged, bought.recovered)
`;

function python(program, ...words) {
  const interpreter = process.env.STABLEVPS_PYTHON;
  assert.ok(interpreter, "STABLEVPS_PYTHON must name a Python with the package");
  const run = spawnSync(interpreter, ["-I", "-c", program, ...words], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.trim();
}

test("a purchase that Python began is finished here", async () => {
  const service = await simulatorProgram("--provisioning-ms", "0");
  try {
    const token = python(BEGIN, service.url, service.key, "polling");
    const client = new StableVPS({ apiKey: service.key, baseUrl: service.url });
    const bought = await client.vps.resume(token);
    assert.equal(bought.charged, "19.49");
    assert.equal((await service.state()).orders_received, 1);
  } finally {
    await service.end();
  }
});

test("a purchase that was begun here is finished by Python", async () => {
  const service = await simulatorProgram("--provisioning-ms", "0");
  try {
    const client = new StableVPS({ apiKey: service.key, baseUrl: service.url });
    const stop = new AbortController();
    const error = await client.vps
      .provision(ORDER, {
        signal: stop.signal,
        onProgress: ({ phase }) => phase === "polling" && stop.abort(),
      })
      .catch((error) => error);
    const [id, charged] = python(FINISH, service.url, service.key, error.token).split(" ");
    const state = await service.state();
    assert.deepEqual([id, charged, state.orders_received], [state.vps[0].id, "19.49", 1]);
  } finally {
    await service.end();
  }
});

test("an order whose reply this process did not live to see is found by Python", async () => {
  const service = await simulatorProgram("--provisioning-ms", "0");
  try {
    await service.control({
      fault: { on: { method: "POST", path: "/vps" }, do: { delay: { ms: 600_000 } } },
    });
    const client = new StableVPS({ apiKey: service.key, baseUrl: service.url });
    const stop = new AbortController();
    const purchase = client.vps.provision(ORDER, { signal: stop.signal });
    const ended = purchase.catch((error) => error);
    while ((await service.state()).orders_received === 0) {
      // Until the order is there.
    }
    stop.abort();
    const { token } = await ended;
    const [id, charged, recovered] = python(FINISH, service.url, service.key, token).split(" ");
    const state = await service.state();
    assert.deepEqual([id, charged, recovered], [state.vps[0].id, "19.49", "True"]);
    assert.equal(state.orders_received, 1);
  } finally {
    await service.end();
  }
});
