/** Models for previews and fakes, which need no service. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "stablevps";
import * as testing from "stablevps/testing";

const samples = Object.entries(testing).filter(([name]) => name.startsWith("sample"));

test("every model has a sample, which is frozen as what the service answers is", () => {
  assert.ok(samples.length >= 16, String(samples.length));
  for (const [name, sample] of samples) {
    const made = sample();
    assert.ok(Object.isFrozen(made), name);
    assert.deepEqual(made, sample());
    assert.ok(!Object.values(made).includes(undefined), name);
  }
});

test("a sample differs in what it is given", () => {
  const vps = testing.sampleVps({ id: "mine", vpsStatus: "suspended", ipAddress: null });
  assert.deepEqual(vps, {
    ...testing.sampleVps(),
    id: "mine",
    vpsStatus: "suspended",
    ipAddress: null,
  });
  const bought = testing.sampleProvisioned({ vps: testing.sampleVpsDetails({ hostname: "mine" }) });
  assert.equal(bought.vps.hostname, "mine");
  assert.ok(bought.vps.rdpPassword.equals(new Secret("sample password")));
});
