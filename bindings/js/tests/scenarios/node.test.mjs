import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as stablevps from "stablevps";
import { corpus } from "./corpus.mjs";
import { replay } from "./replay.mjs";

const scenarios = corpus();

test("the conversations are there", () => {
  assert.ok(scenarios.length > 100);
});

describe("conversations go as recorded in Node", () => {
  for (const { file, scenario } of scenarios) {
    test(`${file}: ${scenario.name}`, async () => {
      assert.equal(await replay(stablevps, scenario), undefined);
    });
  }
});
