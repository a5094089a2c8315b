extension StableVPS {
  /// What a client does, for metrics and traces: ``StableVPS/Configuration/onEvent``. None of it holds a secret.
  public enum ClientEvent: Sendable {
    /// A request has ended, with a reply or without.
    case requestEnded(RequestEnd)
    /// A purchase, or a wait for a VPS, has reached another phase.
    case phaseChanged(PhaseChange)
    /// A watch has told something.
    case watched(WatchEvent)

    /// How a request ended.
    public struct RequestEnd: Sendable, Hashable {
      /// The call or the purchase that it belongs to, such as `vps.provision`.
      public let operation: String
      /// The endpoint as the documentation writes it, such as `GET /vps/:id`.
      public let endpoint: String
      /// `GET`, `POST` or `DELETE`.
      public let method: String
      /// Which attempt of its call it was, from 1.
      public let attempt: Int
      /// The code of the error that the attempt before ended with, such as `rate_limited`.
      public let retryOf: String?
      /// The HTTP status; `nil` without a reply.
      public let status: Int?
      /// Why there is no reply; `nil` where there is one.
      public let failure: TransportFailure.Kind?
      /// Whether it may have reached the service, where there is no reply.
      public let delivery: TransportFailure.Delivery?
      /// How long it took.
      public let duration: Duration
      /// The size of the reply's body, decompressed; 0 without a reply.
      public let bytesReceived: Int
      /// The service's own name of the request, if it sent one.
      public let requestID: String?
    }

    /// Where a purchase is.
    public struct PhaseChange: Sendable, Hashable {
      /// The call that it belongs to, such as `vps.provision`.
      public let operation: String
      /// Where it is. ``StableVPS/Phase/ended`` comes last.
      public let phase: Phase
      /// The VPS, once it is known.
      public let vpsID: String?
      /// The time since the purchase began, in whatever process.
      public let elapsed: Duration
      /// The code of the error that it ended with.
      public let error: String?
    }
  }

  /// A line of the log, without secrets.
  public struct LogLine: Sendable, Hashable, CustomStringConvertible {
    /// How important a line is.
    public enum Level: String, Sendable, Hashable {
      /// Every request, reply and wait.
      case debug
      /// Orders, deletions and reboots: what costs money or interrupts a VPS.
      case info
    }

    /// How important it is.
    public let level: Level
    /// The line, such as `vps.list: GET /vps answered 200 in 41 ms`.
    public let message: String

    public var description: String { message }
  }
}
