internal import StableVPSNative

extension StableVPS {
  /// Where purchases are recorded, so that an order of yours buys one VPS: ``SQLiteStore``, or one of your own.
  ///
  /// An implementation runs the SQL of ``StoreSQL`` on a database of its own: an operation is one transaction, takes
  /// one text, and gives one. It must be on disk when ``carryOut(_:)`` returns. Any number of tasks may call at once.
  public protocol Store: Sendable {
    /// Carries an operation out, and returns the database's answer. The same operation may be asked for again, where its
    /// answer was lost.
    ///
    /// - Throws: ``StoreFailure`` where the database failed; it may have carried the operation out. Of any other error
    ///   only the type is shown.
    func carryOut(_ operation: StoreOperation) async throws -> String
  }

  /// What a store is to do.
  public struct StoreOperation: Sendable, Hashable {
    /// The operation's name, such as `open`: which of ``StoreSQL/sqliteOperations`` carry it out.
    public let op: String
    /// The operation as JSON: the one parameter of every statement. It holds no secret.
    public let document: String

    public init(op: String, document: String) {
      self.op = op
      self.document = document
    }
  }

  /// Why a store could not carry an operation out, or may have.
  public struct StoreFailure: Error, Sendable, Hashable {
    /// The database's own words, without secrets: they are shown in errors.
    public let detail: String

    public init(_ detail: String) {
      self.detail = detail
    }
  }

  /// The SQL of the stores, for databases of your own. Every statement has one parameter,
  /// ``StoreOperation/document``, and the answer is a text.
  public enum StoreSQL {
    private static let sql = storeSql()

    /// The version of the tables. A database of a newer one is not to be touched.
    public static let version = Int(sql.version)
    /// Gives the version of a database's tables.
    public static let readVersion = sql.readVersion
    /// Makes the tables in SQLite 3.38 or later, where there are none: several statements.
    public static let sqliteSchema = sql.sqliteSchema
    /// The statements of each operation for SQLite, by its name, to run in one transaction that begins with
    /// `BEGIN IMMEDIATE`, on a connection with `PRAGMA synchronous = FULL`. One of them gives a row of one column,
    /// which is the answer.
    public static let sqliteOperations = sql.sqliteOperations
    /// Makes the tables and a function in PostgreSQL 12 or later, where there are none: several statements.
    public static let postgresSchema = sql.postgresSchema
    /// Any operation for PostgreSQL: it gives a row of one column, which is the answer.
    public static let postgresStatement = sql.postgresStatement
  }
}

extension StableVPS.WhenHeld {
  var native: StableVPSNative.WhenHeld {
    switch self {
    case .refuse: .refuse
    case .wait: .wait
    }
  }
}
