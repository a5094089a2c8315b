internal import StableVPSNative

extension StableVPS {
  /// How an account is watched. `nil` means the core's default.
  public struct WatchOptions: Sendable {
    /// The time from one look to the next. Default: 60 s.
    public var interval: Duration?
    /// Which VPS are rebooted. Default: none.
    public var reboot = RebootPolicy.never
    /// Whether VPS are probed. Without probes only what the list shows is told, and nothing is rebooted.
    public var probing = true
    /// The TCP port that is probed. Default: 3389, which is RDP's.
    public var probePort: Int?
    /// How long a VPS has to accept the connection. Default: 5 s.
    public var probeTimeout: Duration?
    /// How many silences in a row make a VPS unreachable, from 1 to 1,000. Default: 3.
    public var silentProbes: Int?
    /// How long a VPS is left alone after the first reboot, which doubles with each further one. Default: 5 min.
    public var firstPatience: Duration?
    /// The longest that a VPS is left alone after a reboot. Default: an hour.
    public var longestPatience: Duration?
    /// VPS that are neither probed nor rebooted, by their ids. What the list shows of them is told all the same.
    public var exclude: Set<String> = []
    /// How many days before the end of a period the renewal is told, from 0, which is never, to 3,650. Default: 7.
    public var alarmDays: Int?
    /// How long the watch lasts, from its first look. Default: without an end.
    public var atMost: Duration?
    /// What finds out whether a VPS answers. Default: the client's.
    public var prober: (any Prober)?

    /// All other properties have defaults and can be set afterwards.
    public init(
      interval: Duration? = nil, reboot: RebootPolicy = .never, exclude: Set<String> = [],
      atMost: Duration? = nil
    ) {
      self.interval = interval
      self.reboot = reboot
      self.exclude = exclude
      self.atMost = atMost
    }

    var native: StableVPSNative.WatchOptions {
      var options = defaultWatchOptions()
      options.intervalMs = interval?.milliseconds ?? options.intervalMs
      options.probing = probing ? .on : .off
      options.probePort = probePort.map { Int64($0) } ?? options.probePort
      options.probeTimeoutMs = probeTimeout?.milliseconds ?? options.probeTimeoutMs
      options.silentProbes = silentProbes.map { Int64($0) } ?? options.silentProbes
      options.reboot = reboot.native
      options.firstPatienceMs = firstPatience?.milliseconds ?? options.firstPatienceMs
      options.longestPatienceMs = longestPatience?.milliseconds ?? options.longestPatienceMs
      options.exclude = exclude.sorted()
      options.alarmDays = alarmDays.map { Int64($0) } ?? options.alarmDays
      return options
    }
  }
}
