import Foundation
import Testing

@testable import StableVPS

/// A database in a file, which is removed at the end.
final class DatabaseFile: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appending(path: "stablevps-\(UUID().uuidString).db").path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A store with a connection of its own, as another process has it.
  func store() -> StableVPS.SQLiteStore { .init(path: path) }
}

/// A store that does to each operation what a test wants, by its number.
final class MeddledStore: StableVPS.Store {
  typealias Meddle = @Sendable (Int, @Sendable () async throws -> String) async throws -> String

  private let store: any StableVPS.Store
  private let meddle: Meddle
  private let names = Mutexed<[String]>([])

  init(_ store: any StableVPS.Store, _ meddle: @escaping Meddle = { try await $1() }) {
    self.store = store
    self.meddle = meddle
  }

  /// The names of the operations that were asked for.
  var asked: [String] { names.with { $0 } }

  func carryOut(_ operation: StableVPS.StoreOperation) async throws -> String {
    let number = names.with { names in
      names.append(operation.op)
      return names.count - 1
    }
    return try await meddle(number) { try await self.store.carryOut(operation) }
  }
}

@Suite(.timeLimit(.minutes(1)))
struct StoreTests {
  private let file = DatabaseFile()
  private let listing = StableVPS.StoreOperation(
    op: "list", document: #"{"id":1,"account":"one","holder":"a","op":{"list":{"openOnly":false}}}"#)

  /// Plays the operations that every language's stores are tested with.
  private func conforms(_ store: any StableVPS.Store) async throws {
    let url = URL(fileURLWithPath: try environment("STABLEVPS_STORES")).appending(path: "conformance.json")
    let scenes = try #require(
      JSONSerialization.jsonObject(with: try Data(contentsOf: url)) as? [[String: Any]])
    #expect(scenes.count > 20)
    let world = UUID().uuidString
    for (number, scene) in scenes.enumerated() {
      for operation in try #require(scene["operations"] as? [[String: Any]]) {
        var request = try #require(operation["request"] as? [String: Any])
        request["account"] = "\(world) \(number) \(try #require(request["account"]))"
        let op = request["op"]
        let name = try #require(op as? String ?? (op as? [String: Any])?.keys.first)
        let answer = try await store.carryOut(.init(op: name, document: canonical(request)))
        let given = try JSONSerialization.jsonObject(with: Data(answer.utf8), options: .fragmentsAllowed)
        let wanted = try #require(operation["answer"])
        #expect(
          canonical(given) == canonical(wanted),
          "\(scene["name"] ?? ""): \(canonical(request))")
      }
    }
  }

  @Test("SQLite answers as every store does")
  func conformance() async throws {
    try await conforms(file.store())
    try await conforms(StableVPS.SQLiteStore(path: ":memory:"))
  }

  @Test("many tasks and connections share one file")
  func shared() async throws {
    let stores = (0..<4).map { _ in file.store() }
    let answers = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<40 {
        let op =
          #"{"open":{"find":{"key":"k"},"insert":{"id":"p\#(number)","key":"k","order":{"planId":"basic","#
          + #""billingCycle":"monthly","location":"london"},"token":"t"},"leaseMs":9000}}"#
        let document = #"{"id":1,"account":"one","holder":"h\#(number)","op":\#(op)}"#
        group.addTask {
          try await stores[number % 4].carryOut(.init(op: "open", document: document))
        }
      }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(answers.filter { $0.contains(#""us""#) }.count == 1)
    #expect(answers.filter { $0.contains("leftMs") }.count == 39)
  }

  @Test("tables of a newer version are not touched")
  func newer() async throws {
    let database = try SQLiteDatabase(path: file.path)
    try database.run("CREATE TABLE stablevps_schema (version INTEGER NOT NULL)")
    try database.run("INSERT INTO stablevps_schema VALUES (\(StableVPS.StoreSQL.version + 1))")
    await #expect(
      throws: StableVPS.StoreFailure("the database has tables of a newer version, 2")
    ) {
      try await file.store().carryOut(listing)
    }
    #expect(try database.first("SELECT count(*) FROM sqlite_master") == "1")
  }

  @Test("an operation that fails is undone, and the next one is carried out")
  func undone() async throws {
    let store = file.store()
    await #expect(throws: StableVPS.StoreFailure.self) {
      try await store.carryOut(.init(op: "open", document: "no JSON"))
    }
    await #expect(throws: StableVPS.StoreFailure("there is no operation nothing")) {
      try await store.carryOut(.init(op: "nothing", document: listing.document))
    }
    #expect(try await store.carryOut(listing) == #"{"listed":{"records":[]}}"#)
    let nowhere = StableVPS.SQLiteStore(path: "/nowhere/purchases.db")
    await #expect(throws: StableVPS.StoreFailure("unable to open database file")) {
      try await nowhere.carryOut(listing)
    }
  }
}
