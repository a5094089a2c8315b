#if canImport(OSLog)
  import OSLog
#endif

extension StableVPS {
  /// How a client is set up.
  public struct Configuration: Sendable {
    /// The server. Plain `http` is accepted for loopback addresses only.
    public var baseURL: String = defaultBaseURL
    /// A name for the account: purchases of clients with the same one run one at a time in this process, whatever
    /// their keys are. Default: those of one key do.
    public var account: String?
    /// Your program, as the first word of the `User-Agent`: a name, or a name and a version such as `grid-bot/2.1`.
    public var app: String?
    /// Whether all calls slow down together after the service said that there are too many.
    public var pacing = true
    /// Where purchases are recorded: with it, they can have idempotency keys. Default: nowhere.
    public var store: (any Store)?
    /// The header that carries the key. Default: `.bearer`.
    public var authentication: Authentication = .bearer
    /// The time limit for one request. Default: 30 s.
    public var timeout: Duration = .seconds(30)
    /// How many times a failed request is retried, from 0 to 1,000. Default: 2. An order is never retried.
    public var maxRetries: Int = 2
    /// What sends the requests. Default: `URLSession`.
    public var transport: any HTTPTransport
    /// The source of time. Replace it in tests.
    public var clock: any StableVPSClock = SystemClock()
    /// Receives one line for every request, every reply and every wait. Default: the unified log, where the platform has
    /// one.
    public var log: (@Sendable (LogLine) -> Void)? = systemLog
    /// Receives what the client does, for metrics and traces. It is called in the task that does it, which waits for it.
    public var onEvent: (@Sendable (ClientEvent) -> Void)?
    /// What finds out whether a VPS answers. Default: one TCP connection, which is closed at once.
    public var prober: (any Prober)?
    /// Makes the jitter of retries repeatable, for tests.
    public var randomSeed: UInt64?

    /// All other properties have defaults and can be set afterwards.
    public init(
      baseURL: String = defaultBaseURL, transport: any HTTPTransport = URLSessionTransport()
    ) {
      self.baseURL = baseURL
      self.transport = transport
    }

    /// The service's own address: `https://stablevps.com`.
    public static let defaultBaseURL = "https://stablevps.com"

    /// Writes to the unified log, with the subsystem `com.stablevps`; `nil` where the platform has no unified log.
    public static let systemLog: (@Sendable (LogLine) -> Void)? = {
      #if canImport(OSLog)
        let logger = Logger(subsystem: "com.stablevps", category: "client")
        return { line in
          let level: OSLogType = line.level == .info ? .info : .debug
          logger.log(level: level, "\(line.message, privacy: .public)")
        }
      #else
        return nil
      #endif
    }()
  }
}
