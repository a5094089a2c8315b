import Foundation

extension StableVPS {
  /// Purchases in an SQLite database, which the processes of one machine share, in whatever language.
  ///
  /// It uses the system's SQLite, from version 3.38. The tables are made where there are none; their names begin with
  /// `stablevps_`. A database on a network drive can't be shared safely: SQLite's locks do not hold there. The store
  /// opens the database with its first operation, and again in a forked process. It is set to keep what it says that it
  /// keeps (`synchronous = FULL`), and to wait up to 10 s for others that write.
  public final class SQLiteStore: Store {
    private let path: String
    /// Operations block a thread of this queue, one after the other, and none of Swift's own.
    private let queue = DispatchQueue(label: "com.stablevps.store", qos: .userInitiated)
    private let opened = Locked<Opened?>(nil)

    private struct Opened {
      let database: SQLiteDatabase
      let process: Int32
    }

    /// - Parameter path: the file, which is made where there is none; `:memory:` for a database that ends with the store.
    public init(path: String) {
      self.path = path
    }

    public func carryOut(_ operation: StoreOperation) async throws -> String {
      try await withCheckedThrowingContinuation { continuation in
        queue.async {
          continuation.resume(with: Result { try self.carriedOut(operation) })
        }
      }
    }

    private func carriedOut(_ operation: StoreOperation) throws -> String {
      guard let statements = StoreSQL.sqliteOperations[operation.op] else {
        throw StoreFailure("there is no operation \(operation.op)")
      }
      let database = try database()
      do {
        let answers = try database.transaction {
          try statements.compactMap { try database.first($0, operation.document) }
        }
        guard let answer = answers.last else {
          throw StoreFailure("the database gave no answer")
        }
        return answer
      } catch {
        if database.isInTransaction {
          // It could not be undone: the next operation opens the database anew.
          opened.withLock { $0 = nil }
        }
        throw error
      }
    }

    /// The connection of this process.
    private func database() throws -> SQLiteDatabase {
      try opened.withLock { opened in
        let process = getpid()
        if let known = opened {
          if known.process == process {
            return known.database
          }
          // Closing a connection that a fork has copied would release the locks of the one who opened it.
          known.database.abandon()
        }
        let database = try SQLiteDatabase(path: path)
        try prepare(database)
        opened = Opened(database: database, process: process)
        return database
      }
    }

    private func prepare(_ database: SQLiteDatabase) throws {
      try database.run("PRAGMA synchronous = FULL")
      try database.transaction {
        let tables = "SELECT name FROM sqlite_master WHERE name = 'stablevps_schema'"
        if try database.first(tables) != nil,
          let version = try database.first(StoreSQL.readVersion).flatMap({ Int($0) }),
          version > StoreSQL.version
        {
          throw StoreFailure("the database has tables of a newer version, \(version)")
        }
        try database.run(StoreSQL.sqliteSchema)
      }
    }
  }
}
