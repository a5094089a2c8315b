/** A watch that finds out by TCP who answers, on whatever it runs. */

import { same } from "./purchase.mjs";

/** One VPS is at the service's own address, where something listens, and one is where nothing does. */
export async function watchWithTcp({ StableVPS }, { Simulator }, baseUrl) {
  const { hostname, port } = new URL(baseUrl);
  const vps = [
    { id: "up", ip_address: hostname },
    { id: "down", ip_address: "127.0.0.2" },
  ];
  const { fetch, clock, apiKey } = await Simulator.create({ vps });
  const client = new StableVPS({ fetch, clock, apiKey });
  const options = { probePort: Number(port), silentProbes: 2, alarmDays: 0, atMost: 600_000 };
  const told = [];
  for await (const event of client.vps.watch(options)) {
    told.push(`${event.event} ${event.vps.id ?? event.vps.length}`);
  }
  same("what the watch told", told.join(), "started 2,unreachable down");
  return "watched: who answers and who does not";
}

/** Where there is no TCP, a watch tells what the list shows, and what needs probes is refused. */
export async function watchWithoutTcp({ isStableVPSError }, client) {
  const first = async (watch) => {
    for await (const event of watch) {
      return event.event;
    }
  };
  same("the first event", await first(client.vps.watch()), "started");
  for (const [field, begin] of [
    ["reboot", () => first(client.vps.watch({ reboot: "when_silent" }))],
    ["probing", () => first(client.vps.watch({ probing: true }))],
    ["waitFor", () => client.vps.waitUntilReady("any", { waitFor: "reachable" })],
  ]) {
    const error = await Promise.resolve()
      .then(begin)
      .catch((error) => error);
    same(`${field} is refused`, isStableVPSError(error, "invalid_input") && error.field, field);
  }
  return "watched without TCP";
}
