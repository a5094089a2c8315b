// What five hundred purchases cost that wait for their VPS in one process: the CPU time of this process, with the
// package's own transport, against the simulated service on loopback. Prints one JSON line.

import Foundation
import StableVPS

let purchases = 500
/// Once all of them wait, their pauses grow for so long.
let settling = Duration.seconds(30)
/// For how long it is measured then.
let measured = Duration.seconds(60)
/// Of a core, in a hundred.
let limit = 1.0

struct Failed: Error {
  let why: String
}

/// The CPU time of this process so far, in seconds.
func cpuTime() -> Double {
  var usage = rusage()
  #if canImport(Glibc)
    getrusage(__rusage_who_t(0), &usage)
  #else
    getrusage(RUSAGE_SELF, &usage)
  #endif
  let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
  return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

let words = CommandLine.arguments
guard words.count == 3 else { throw Failed(why: "fleet URL KEY") }
let client = try StableVPS(apiKey: words[2], configuration: .init(baseURL: words[1]))
let order = StableVPS.PurchaseOrder(planID: .basic, billingCycle: .monthly, location: .tokyo)
let batch = client.vps.provisionMany(
  Array(repeating: order, count: purchases), atOnce: purchases)
let waiting = Task {
  for try await one in batch { throw Failed(why: "none is ready that soon: \(one.result)") }
}
while (batch.progress?.polling ?? 0) < purchases {
  try await Task.sleep(for: .milliseconds(500))
}
try await Task.sleep(for: settling)
let clock = ContinuousClock()
let (cpu, begun) = (cpuTime(), clock.now)
try await Task.sleep(for: measured)
let took = (clock.now - begun) / .seconds(1)
let part = (cpuTime() - cpu) / took * 100
let row: [String: Any] = [
  "what": "Swift: \(purchases) that wait", "ours": String(format: "%.2f %% of a core", part),
  "against": "limit", "theirs": "\(limit) %", "ratio": part / limit, "limit": 1.0,
]
let line = try JSONSerialization.data(withJSONObject: row, options: .sortedKeys)
print(String(decoding: line, as: UTF8.self))
waiting.cancel()
await batch.stop()
