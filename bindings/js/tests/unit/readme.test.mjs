/** What the pages show, runs: the blocks of a page one after the other, as one program. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const PAGES = process.env.STABLEVPS_PAGES?.split(":");

function blocks(page) {
  const fenced = readFileSync(page, "utf8").matchAll(/^```js\n([\s\S]*?)^```$/gm);
  return [...fenced].map(([, block]) => block);
}

test("the pages are there", () => {
  assert.ok(PAGES, "STABLEVPS_PAGES must name them");
  assert.ok(PAGES.every((page) => blocks(page).length > 0));
});

for (const page of PAGES ?? []) {
  test(`the blocks of ${page.split("/").slice(-2).join("/")} run`, () => {
    const run = spawnSync(process.execPath, ["--input-type=module", "-"], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      input: blocks(page).join("\n"),
    });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^19\.49 198\.18\.0\.1 Administrator/);
  });
}

test("the Durable Object that the page shows is the one that runs in workerd", () => {
  const tested = new URL("../consumers/projects/workerd/purchases.mjs", import.meta.url);
  const [shown] = /export class Purchases [\s\S]*?^}$/m.exec(readFileSync(tested, "utf8"));
  const own = PAGES.find((page) => page.includes("bindings/js"));
  assert.ok(readFileSync(own, "utf8").includes(shown));
});
