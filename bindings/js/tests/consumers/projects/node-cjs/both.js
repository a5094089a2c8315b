/** Both forms of the package in one process, as where a library has one and the program the other. */

const assert = require("node:assert/strict");
const required = require("stablevps");
const requiredTesting = require("stablevps/testing");

const ORDER = { planId: "prime", billingCycle: "monthly", location: "london" };

async function main() {
  const imported = await import("stablevps");
  const importedTesting = await import("stablevps/testing");
  assert.notEqual(imported.StableVPS, required.StableVPS);

  // An error of either is known to both, and has its class in its own.
  const forms = [
    [required, requiredTesting, imported],
    [imported, importedTesting, required],
  ];
  for (const [mine, { Simulator }, other] of forms) {
    const simulator = await Simulator.create({ balance: 1 });
    const failure = await simulator
      .client()
      .vps.provision(ORDER)
      .catch((error) => error);
    assert.ok(failure instanceof mine.InsufficientFundsError);
    assert.ok(!(failure instanceof other.StableVPSError));
    for (const { isStableVPSError } of [mine, other]) {
      assert.ok(isStableVPSError(failure));
      assert.ok(isStableVPSError(failure, "insufficient_funds"));
      assert.ok(!isStableVPSError(failure, "not_found"));
    }
    assert.ok(!other.isStableVPSError(new Error("another")));
  }

  // A secret of one is taken by the other.
  const { Simulator } = importedTesting;
  const simulator = await Simulator.create({ balance: 100 });
  assert.ok(simulator.apiKey instanceof imported.Secret);
  const shared = { fetch: simulator.fetch, clock: simulator.clock };
  const key = simulator.apiKey;
  const one = new required.StableVPS({ ...shared, apiKey: key.reveal() });
  const two = new imported.StableVPS({ ...shared, apiKey: key });

  // One account is one queue: nobody looks at the wallet while another's order is on its way.
  let inside = 0;
  let most = 0;
  const buy = (client) => {
    let counted = false;
    const note = (exclusive) => {
      inside += Number(exclusive) - Number(counted);
      counted = exclusive;
      most = Math.max(most, inside);
    };
    return client.vps.provision(ORDER, { onProgress: (progress) => note(progress.exclusive) });
  };
  const bought = await Promise.all([buy(one), buy(two), buy(one), buy(two)]);
  assert.equal(most, 1);
  assert.equal(new Set(bought.map(({ vps }) => vps.id)).size, 4);
  assert.deepEqual(bought.map(({ balanceAfter }) => balanceAfter).sort(), [
    "22.04",
    "41.53",
    "61.02",
    "80.51",
  ]);
  assert.equal(simulator.state().orders_received, 4);
  console.log("both forms in one process: one queue, every error known");
}

main();
