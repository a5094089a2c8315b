// Whole list calls over loopback, ours and theirs side by side; one JSON line a figure. The argument is the
// simulator's program. Times are CPU times of this process, over a kept connection; each round measures both
// in turn.

import Foundation

protocol Lister: Sendable {
  func list() async throws -> Int
}

struct Failed: Error {
  let why: String
}

/// The simulator with so many VPS, as a program of its own.
struct Service {
  let process = Process()
  let input = Pipe()
  let url: String
  let key: String

  init(program: String, vps: Int) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["--port", "0", "--vps", "\(vps)", "--until-stdin-closes"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var said = ""
    while said.filter({ $0 == "\n" }).count < 2 {
      said += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    }
    let words = said.split(separator: "\n").compactMap { $0.split(separator: " ").last }
    (url, key) = (String(words[0]), String(words[1]))
  }

  func end() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}

/// Microseconds of CPU time that this process has taken so far.
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
    guard try await lister.list() == rows else { throw Failed(why: "not all rows came") }
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

let program = CommandLine.arguments[1]
let rounds = 15
for (vps, calls, limit) in [(1, 200, 1.0), (10, 200, 1.0), (100, 100, 1.0), (1000, 10, 0.5)] {
  let service = try Service(program: program, vps: vps)
  let contenders: [any Lister] = [
    try Ours(url: service.url, key: service.key), Theirs(url: service.url, key: service.key),
  ]
  var seen: [[Double]] = [[], []]
  for round in -2..<rounds {
    for (which, lister) in contenders.enumerated() {
      let micros = try await spent(lister, calls: calls, rows: vps)
      if round >= 0 {
        seen[which].append(micros)
      }
    }
  }
  report("list call, \(vps) VPS", seen[0], seen[1], limit: limit)
  try service.end()
}
