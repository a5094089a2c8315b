// A list call over loopback, with this package and without: prints one JSON line. Times are CPU times of this
// process, over a kept connection. Each round measures both in turn.

import Foundation

protocol Lister: Sendable {
  func list() async throws -> Int
}

struct Failed: Error {
  let why: String
}

/// The CPU time of this process so far, in microseconds.
func cpuTime() -> Double {
  var usage = rusage()
  #if canImport(Glibc)
    getrusage(__rusage_who_t(0), &usage)
  #else
    getrusage(RUSAGE_SELF, &usage)
  #endif
  let micros = { (time: timeval) in Double(time.tv_sec) * 1e6 + Double(time.tv_usec) }
  return micros(usage.ru_utime) + micros(usage.ru_stime)
}

func spent(_ lister: any Lister, calls: Int, rows: Int) async throws -> Double {
  let before = cpuTime()
  for _ in 0..<calls {
    guard try await lister.list() == rows else { throw Failed(why: "rows are missing") }
  }
  return (cpuTime() - before) / Double(calls)
}

func median(_ numbers: [Double]) -> Double {
  numbers.sorted()[numbers.count / 2]
}

func report(_ what: String, _ ours: [Double], _ theirs: [Double], limit: Double) {
  let ratio = median(zip(ours, theirs).map { $0 / $1 })
  let row: [String: Any] = [
    "what": what, "ours": "\(Int(median(ours))) us", "against": "URLSession + Codable",
    "theirs": "\(Int(median(theirs))) us", "ratio": ratio, "limit": limit,
  ]
  if let line = try? JSONSerialization.data(withJSONObject: row, options: .sortedKeys) {
    print(String(decoding: line, as: UTF8.self))
  }
}

let words = CommandLine.arguments
guard words.count == 6, let vps = Int(words[3]), let calls = Int(words[4]),
  let limit = Double(words[5])
else {
  throw Failed(why: "calls URL KEY VPS CALLS LIMIT")
}
let rounds = 15
let contenders: [any Lister] = [
  try Ours(url: words[1], key: words[2]), Theirs(url: words[1], key: words[2]),
]
var measured: [[Double]] = [[], []]
for round in -2..<rounds {
  for (which, lister) in contenders.enumerated() {
    let micros = try await spent(lister, calls: calls, rows: vps)
    if round >= 0 {
      measured[which].append(micros)
    }
  }
}
report("list call, \(vps) VPS", measured[0], measured[1], limit: limit)
