extension StableVPS {
  /// A text that is never printed. ``reveal()`` returns it.
  ///
  /// ```swift
  /// let secret = StableVPS.Secret("hunter2")
  /// print(secret)  // ***
  /// secret.reveal()  // hunter2
  /// ```
  public struct Secret: Sendable, Hashable {
    private let text: String

    /// Wraps a text.
    public init(_ text: String) {
      self.text = text
    }

    /// The text itself.
    public func reveal() -> String {
      text
    }
  }

  /// A VPS's id at the provider behind the service, such as `zomro-67890`. No call takes it.
  public struct ServerID: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
    /// The id itself.
    public let rawValue: String

    /// Creates an id.
    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    init(_ text: String) {
      rawValue = text
    }

    public var description: String { rawValue }
  }
}

extension StableVPS.Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "***" }
  public var debugDescription: String { "***" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
