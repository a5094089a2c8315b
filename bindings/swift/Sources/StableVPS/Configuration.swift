#if canImport(OSLog)
  import OSLog
#endif

extension StableVPS {
  /// How a client is made.
  public struct Configuration: Sendable {
    /// The header that carries the key.
    public enum Authentication: String, Sendable, Hashable, CaseIterable {
      /// `Authorization: Bearer <key>`.
      case bearer
      /// `X-API-Key: <key>`.
      case apiKeyHeader = "x-api-key"
    }

    /// The server. Plain http only to loopback.
    public var baseURL: String = defaultBaseURL
    /// The header that carries the key.
    public var authentication: Authentication = .bearer
    /// How long one request may take: 30 s by default.
    public var timeout: Duration = .seconds(30)
    /// How often a failed request is repeated: twice by default. An order never is.
    public var maxRetries: Int = 2
    /// What to send with: `URLSession` by default.
    public var transport: any HTTPTransport
    /// What tells the time: another one for tests.
    public var clock: any StableVPSClock = SystemClock()
    /// Told of every request and every wait; never of a secret. By default the system's log, where the
    /// platform has one.
    public var log: (@Sendable (String) -> Void)? = systemLog
    /// Makes the jitter of retries repeatable, for tests.
    public var randomSeed: UInt64?

    /// Everything but these two has its default, and can be set afterwards.
    public init(
      baseURL: String = defaultBaseURL, transport: any HTTPTransport = URLSessionTransport()
    ) {
      self.baseURL = baseURL
      self.transport = transport
    }

    /// The service itself: `https://stablevps.com`.
    public static let defaultBaseURL = "https://stablevps.com"

    /// Writes to the unified log with the subsystem `com.stablevps`; nothing where there is none.
    public static let systemLog: (@Sendable (String) -> Void)? = {
      #if canImport(OSLog)
        let logger = Logger(subsystem: "com.stablevps", category: "client")
        return { logger.debug("\($0, privacy: .public)") }
      #else
        return nil
      #endif
    }()
  }
}
