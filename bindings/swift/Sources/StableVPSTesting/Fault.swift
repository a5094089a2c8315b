import Foundation
import StableVPS

extension Simulator {
  /// What goes wrong with a request.
  public enum Fault: Sendable, Hashable {
    /// It has no effect, and no response arrives.
    case loseBefore
    /// It takes effect, and no response arrives.
    case loseAfter
    /// It does not reach the service, and the client can tell.
    case notDelivered
    /// It takes effect, and only the first `keep` bytes of the response's body arrive.
    case cut(keep: Int)
    /// It gets this status, after it took effect or without effect.
    case status(Int, hasEffect: Bool = false)
    /// It takes effect, and the response has this body.
    case body(String)
    /// It takes effect, and the response arrives after this time.
    case delay(Duration)
    /// An order's reply is lost, and its VPS appears only after this time.
    case lateOrder(Duration)
    /// The VPS of an order ends with this status.
    case shapeOrder(vpsStatus: StableVPS.VPSStatus)
    /// Any other fault, as the simulator's own JSON: `{"patch": {"remove": ["/rdpPassword"]}}`.
    case json(String)

    func document() throws -> Any {
      switch self {
      case .loseBefore: "lose_before"
      case .loseAfter: "lose_after"
      case .notDelivered: "not_delivered"
      case .cut(let keep): ["cut": ["keep": keep]]
      case .status(let code, let hasEffect):
        ["status": ["code": code, "effect": hasEffect ? "after" : "before"] as [String: Any]]
      case .body(let text): ["body": ["text": text]]
      case .delay(let duration): ["delay": ["ms": duration.milliseconds]]
      case .lateOrder(let duration): ["late_order": ["ms": duration.milliseconds]]
      case .shapeOrder(let vpsStatus): ["shape_order": ["vps_status": vpsStatus.rawValue]]
      case .json(let text): try parsed(text)
      }
    }
  }

  /// What a simulated service received and holds. Amounts of money are binary floating point, as the service
  /// stores them.
  public struct State: Sendable, Hashable, Decodable {
    /// The requests that reached the service.
    public let requests: Requests
    /// How many orders reached the service, with or without effect.
    public let ordersReceived: Int
    /// How many of them had an effect.
    public let ordersPlaced: Int
    /// The wallet, in EUR.
    public let balance: Double
    /// Every amount charged so far, in order.
    public let charges: [Double]
    /// The account's VPS, oldest first.
    public let vps: [VPS]

    /// The requests that reached the service.
    public struct Requests: Sendable, Hashable, Decodable {
      /// All of them.
      public let total: Int
      /// By endpoint, such as `POST /vps`.
      public let byEndpoint: [String: Int]
    }

    /// One VPS of the account.
    public struct VPS: Sendable, Hashable, Decodable, Identifiable {
      /// The id that calls take.
      public let id: String
      /// The size, as the service writes it.
      public let planId: String
      /// The location, as the service writes it.
      public let location: String
      /// The status of the machine, as the service writes it.
      public let vpsStatus: String
      /// How often it was rebooted.
      public let reboots: Int
      /// Its address, once it has one.
      public let ipAddress: String?
      /// Whether its desktop answers at its address: it is active, runs, and does not hang.
      public let answers: Bool
    }
  }
}
