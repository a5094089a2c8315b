/// An enumeration to which the service may add values. A value that this version does not know is kept
/// verbatim.
public protocol OpenEnumeration: RawRepresentable<String>, Sendable, Hashable, Codable,
  CustomStringConvertible
{
  /// Every value that this version knows.
  static var known: [Self] { get }

  /// Any text is a value.
  init(rawValue: String)
}

extension OpenEnumeration {
  public static func == (one: Self, other: Self) -> Bool {
    one.rawValue == other.rawValue
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(rawValue)
  }

  public init(from decoder: any Decoder) throws {
    self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  public var description: String { rawValue }
}
