import Foundation
import StableVPS

extension Simulator {
  /// How a simulated service is set up.
  public struct Configuration: Sendable {
    /// How its time passes.
    public enum Time: Sendable, Hashable {
      /// Virtually: the clock jumps forward while everything waits, so that no wait takes time.
      case virtual
      /// By the system's clock, for demonstrations.
      case real
    }

    /// What the wallet holds, in EUR.
    public var balance: Decimal
    /// When its virtual time begins. Default: 2026-01-01T00:00:00Z.
    public var start = Date(timeIntervalSince1970: 1_767_225_600)
    /// How its time passes.
    public var time: Time
    /// The seed of its random choices.
    public var seed: UInt32?
    /// The account's first key; one made from the seed by default.
    public var key: StableVPS.Secret?
    /// How long a VPS takes to become active: the shortest and the longest time.
    public var provisioning: ClosedRange<Duration>
    /// How long its address and password take after that.
    public var detailsDelay: Duration?
    /// VPS that exist from the beginning.
    public var vps: [SeededVPS]
    /// Any other setting, as the simulator's own JSON object: `{"account": {...}, "foreign_vps": [...]}`. The
    /// properties above take precedence.
    public var more: String = "{}"

    public init(
      balance: Decimal = 100, time: Time = .virtual,
      provisioning: ClosedRange<Duration> = .seconds(120)...Duration.seconds(120),
      vps: [SeededVPS] = []
    ) {
      self.balance = balance
      self.time = time
      self.provisioning = provisioning
      self.vps = vps
    }

    func document() throws -> String {
      guard var fields = try parsed(more) as? [String: Any] else {
        throw SimulatorError(reason: "more must be a JSON object")
      }
      fields["balance"] = NSDecimalNumber(decimal: balance)
      fields["seed"] = seed.map { Int($0) }
      fields["key"] = key?.reveal()
      fields["provisioning_ms"] = [
        "min": provisioning.lowerBound.milliseconds,
        "max": provisioning.upperBound.milliseconds,
      ]
      fields["details_delay_ms"] = detailsDelay?.milliseconds
      fields["vps"] = vps.map(\.document)
      return try json(fields)
    }
  }

  /// A VPS that exists from the beginning.
  public struct SeededVPS: Sendable, Hashable {
    /// The id that calls take; one made from the seed by default.
    public var id: String?
    /// The size.
    public var planID: StableVPS.PlanID
    /// The location.
    public var location: StableVPS.Location
    /// The status of the machine.
    public var vpsStatus: StableVPS.VPSStatus
    /// The address; one made from the seed by default.
    public var ipAddress: String?

    public init(
      id: String? = nil, planID: StableVPS.PlanID = .prime,
      location: StableVPS.Location = .amsterdam, vpsStatus: StableVPS.VPSStatus = .active
    ) {
      self.id = id
      self.planID = planID
      self.location = location
      self.vpsStatus = vpsStatus
    }

    fileprivate var document: [String: Any] {
      var fields: [String: Any] = [
        "plan_id": planID.rawValue, "location": location.rawValue,
        "vps_status": vpsStatus.rawValue,
      ]
      fields["id"] = id
      fields["ip_address"] = ipAddress
      return fields
    }
  }
}
