import Foundation
import StableVPS

extension Simulator {
  /// What a simulated service is like.
  public struct Configuration: Sendable {
    /// How its time passes.
    public enum Time: Sendable, Hashable {
      /// Nothing is waited for: the clock jumps while everybody waits.
      case virtual
      /// By the system's clock, to show a program to people.
      case real
    }

    /// What the wallet holds, in EUR.
    public var balance: Decimal
    /// When its time begins: 2026-01-01T00:00:00Z by default. Of virtual time only.
    public var start = Date(timeIntervalSince1970: 1_767_225_600)
    /// How its time passes.
    public var time: Time
    /// What its random choices come from.
    public var seed: UInt32?
    /// The account's first key; one made from the seed by default.
    public var key: StableVPS.Secret?
    /// How long a VPS takes to be active; between these two.
    public var provisioning: ClosedRange<Duration>
    /// How long it takes from then until its address and password are there.
    public var detailsDelay: Duration?
    /// VPS that are there from the beginning, active.
    public var vps: [SeededVPS]
    /// Anything else, as the simulator's own JSON object: `{"account": {...}, "foreign_vps": [...]}`. What is
    /// said above wins.
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
        "min": provisioning.lowerBound.wholeMilliseconds,
        "max": provisioning.upperBound.wholeMilliseconds,
      ]
      fields["details_delay_ms"] = detailsDelay?.wholeMilliseconds
      fields["vps"] = vps.map(\.document)
      return try json(fields)
    }
  }

  /// A VPS that is there from the beginning.
  public struct SeededVPS: Sendable, Hashable {
    /// The id that calls take; one made from the seed by default.
    public var id: String?
    /// The size.
    public var planID: StableVPS.PlanID
    /// Where it stands.
    public var location: StableVPS.Location
    /// How it stands.
    public var vpsStatus: StableVPS.VPSStatus

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
      return fields
    }
  }
}
