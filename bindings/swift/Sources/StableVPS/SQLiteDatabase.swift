import Foundation

#if canImport(SQLite3)
  import SQLite3
#else
  internal import CSQLite
#endif

/// How long one process waits for another that writes, in milliseconds.
private let busyTimeout: Int32 = 10_000

/// SQLite copies a text that is bound in this way.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// A connection to an SQLite database.
///
/// SQLite itself serializes what several threads do with it (`SQLITE_OPEN_FULLMUTEX`).
final class SQLiteDatabase: @unchecked Sendable {
  private var handle: OpaquePointer?

  init(path: String) throws {
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX
    guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK else {
      throw failure()
    }
    sqlite3_busy_timeout(handle, busyTimeout)
  }

  deinit {
    sqlite3_close_v2(handle)
  }

  /// Leaves the connection open for ever.
  func abandon() {
    handle = nil
  }

  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Runs statements without parameters.
  func run(_ statements: String) throws {
    guard sqlite3_exec(handle, statements, nil, nil, nil) == SQLITE_OK else {
      throw failure()
    }
  }

  /// Runs a statement, and returns the first column of its first row, if there is one.
  func first(_ statement: String, _ parameter: String? = nil) throws -> String? {
    var prepared: OpaquePointer?
    guard sqlite3_prepare_v2(handle, statement, -1, &prepared, nil) == SQLITE_OK else {
      throw failure()
    }
    defer { sqlite3_finalize(prepared) }
    if let parameter {
      guard sqlite3_bind_text(prepared, 1, parameter, -1, transient) == SQLITE_OK else {
        throw failure()
      }
    }
    var answer: String?
    var isFirst = true
    while true {
      switch sqlite3_step(prepared) {
      case SQLITE_ROW where isFirst:
        answer = sqlite3_column_text(prepared, 0).map { String(cString: $0) }
        isFirst = false
      case SQLITE_ROW:
        continue
      case SQLITE_DONE:
        return answer
      default:
        throw failure()
      }
    }
  }

  /// Carries a transaction out, or undoes it.
  func transaction<Value>(_ body: () throws -> Value) throws -> Value {
    try run("BEGIN IMMEDIATE")
    do {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      if isInTransaction {
        try? run("ROLLBACK")
      }
      throw error
    }
  }

  private func failure() -> StableVPS.StoreFailure {
    StableVPS.StoreFailure(handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory")
  }
}
