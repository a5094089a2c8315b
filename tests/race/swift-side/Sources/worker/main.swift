// One of the processes that buy the same keys: see `src/main.rs`, which says what it prints. Its store is SQLite alone.

import Foundation
import StableVPS

let words = CommandLine.arguments

func option(_ name: String) -> String? {
  words.firstIndex(of: name).map { words[$0 + 1] }
}

/// Writes a line in one call: it is whole, or is not there.
func write(_ line: String, to file: FileHandle) {
  file.write(Data("\(line)\n".utf8))
}

actor Waiting {
  private var keys: [String]

  init(_ keys: [String]) { self.keys = keys }

  func next() -> String? { keys.isEmpty ? nil : keys.removeFirst() }

  func add(_ key: String) { keys.append(key) }
}

let place = option("--store")?.split(separator: ":", maxSplits: 1).last ?? ""
var configuration = StableVPS.Configuration(baseURL: option("--url") ?? "")
configuration.store = StableVPS.SQLiteStore(path: String(place))
configuration.timeout = .seconds(2)
let client = try StableVPS(apiKey: option("--key") ?? "", configuration: configuration)
let count = option("--keys").flatMap { Int($0) } ?? 0
let waiting = Waiting((0..<count).map { "order-\($0 + 1)" }.shuffled())

@Sendable func buy(_ key: String) async throws -> String {
  let wait = StableVPS.WaitOptions(
    timeout: .seconds(60), firstLook: .milliseconds(500), longestPause: .seconds(1))
  let bought = try await client.vps.provision(
    planID: .basic, billingCycle: .monthly, location: .london, settle: .seconds(3),
    idempotencyKey: key, whenHeld: Int.random(in: 0..<4) == 0 ? .wait : .refuse, waiting: wait)
  return bought.vps.id
}

@Sendable func buyWaiting() async throws {
  while let key = await waiting.next() {
    do {
      write("\(key) \(try await buy(key))", to: .standardOutput)
    } catch let error as StableVPSError {
      // With a key, the same call is what resumes it.
      if error.next == .retry || error.next == .resume {
        write("\(key) \(error.code)", to: .standardError)
        await waiting.add(key)
        try await Task.sleep(for: .milliseconds(250))
      } else {
        write("\(key) \(error)", to: .standardError)
        write("\(key) !\(error.code)", to: .standardOutput)
      }
    }
  }
}

@Sendable func resumeAll() async throws {
  do {
    for resumed in try await client.purchases.resumeAll() {
      let key = resumed.record.idempotencyKey ?? ""
      switch resumed.result {
      case .success(let bought): write("\(key) \(bought.vps.id)", to: .standardOutput)
      case .failure(let error): write("\(key) resumed:\(error.code)", to: .standardError)
      }
    }
  } catch let error as StableVPSError {
    write("all \(error.code)", to: .standardError)
  }
}

try await withThrowingTaskGroup(of: Void.self) { group in
  for _ in 0..<4 {
    group.addTask { try await buyWaiting() }
  }
  // Some programs take up what is open when they start; others leave it to who asks for the key.
  if Bool.random() {
    group.addTask { try await resumeAll() }
  }
  try await group.waitForAll()
}
