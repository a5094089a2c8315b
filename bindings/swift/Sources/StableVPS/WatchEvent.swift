// The events of a watch. Written by `cargo xtask generate` from the core's list.

import Foundation
internal import StableVPSNative

extension StableVPS {
  /// Something that a watch tells. It holds no key and no password.
  public struct WatchEvent: Sendable, Hashable {
    /// When, by the service's clock as far as its replies showed it.
    public let at: Date
    /// What.
    public let kind: Kind

    init(_ native: StableVPSNative.WatchEvent) {
      at = Date(epochMilliseconds: native.at)
      kind = Kind(native.kind)
    }

    /// The name of its kind, the same in every language.
    public var name: String {
      switch kind {
      case .started: "started"
      case .added: "added"
      case .removed: "removed"
      case .statusChanged: "status_changed"
      case .billingChanged: "billing_changed"
      case .unreachable: "unreachable"
      case .reachable: "reachable"
      case .manySilent: "many_silent"
      case .manySilentEnded: "many_silent_ended"
      case .rebootSent: "reboot_sent"
      case .rebootUnknown: "reboot_unknown"
      case .rebootRefused: "reboot_refused"
      case .rebootWithheld: "reboot_withheld"
      case .stillSilent: "still_silent"
      case .periodEnding: "period_ending"
      case .listingFailed: "listing_failed"
      case .listingRecovered: "listing_recovered"
      }
    }

    /// The VPS that it is about, by the list; `nil` where it is about the account or the network.
    public var vps: VPS? {
      switch kind {
      case .added(let vps),
        .removed(let vps),
        .statusChanged(let vps, _),
        .billingChanged(let vps, _),
        .unreachable(let vps, _, _),
        .reachable(let vps, _, _),
        .rebootSent(let vps, _, _, _),
        .rebootUnknown(let vps, _, _, _),
        .rebootRefused(let vps, _, _),
        .rebootWithheld(let vps, _, _, _),
        .stillSilent(let vps, _, _),
        .periodEnding(let vps, _, _, _, _, _, _, _):
        vps
      default:
        nil
      }
    }

    /// What a watch tells, with all that a message about it needs.
    public enum Kind: Sendable, Hashable {
      /// The first list: these VPS are watched.
      ///
      /// - Parameters:
      ///   - vps: All of the account's, in the order of their ids.
      case started(vps: [VPS])
      /// A VPS is new in the list.
      ///
      /// - Parameters:
      ///   - vps: The VPS.
      case added(vps: VPS)
      /// A VPS is no longer listed, twice in a row.
      ///
      /// - Parameters:
      ///   - vps: The VPS as it was last seen.
      case removed(vps: VPS)
      /// The machine's status is another.
      ///
      /// - Parameters:
      ///   - vps: The VPS as it is now.
      ///   - before: The status before.
      case statusChanged(vps: VPS, before: VPSStatus)
      /// The billing status is another.
      ///
      /// - Parameters:
      ///   - vps: The VPS as it is now.
      ///   - before: The status before.
      case billingChanged(vps: VPS, before: BillingStatus)
      /// A VPS that should be up does not answer, while others do.
      ///
      /// - Parameters:
      ///   - vps: The VPS.
      ///   - silentProbes: How many probes in a row it did not answer.
      ///   - silent: How long it has been silent at least.
      case unreachable(vps: VPS, silentProbes: Int, silent: Duration)
      /// A VPS that was unreachable answers.
      ///
      /// - Parameters:
      ///   - vps: The VPS.
      ///   - silent: How long it was silent.
      ///   - reboots: How often it was rebooted meanwhile.
      case reachable(vps: VPS, silent: Duration, reboots: Int)
      /// So many are silent at once that it is taken for the network's fault. Nothing is rebooted for it.
      ///
      /// - Parameters:
      ///   - silent: How many VPS do not answer that did before.
      ///   - probed: How many were probed.
      case manySilent(silent: Int, probed: Int)
      /// Who is silent is so by itself again.
      ///
      /// - Parameters:
      ///   - lasted: How long that lasted.
      case manySilentEnded(lasted: Duration)
      /// The service took a reboot.
      ///
      /// - Parameters:
      ///   - vps: The VPS.
      ///   - reboots: How often it was rebooted since it is silent, this one included.
      ///   - silent: How long it has been silent.
      ///   - patience: How long it is left alone now.
      case rebootSent(vps: VPS, reboots: Int, silent: Duration, patience: Duration)
      /// A reboot's reply was lost: it may have been done. It counts as done.
      ///
      /// - Parameters:
      ///   - vps: The VPS.
      ///   - reboots: How often it was or may have been rebooted since it is silent, this one included.
      ///   - patience: How long it is left alone now.
      ///   - error: What happened to the reply.
      case rebootUnknown(vps: VPS, reboots: Int, patience: Duration, error: StableVPSError)
      /// A reboot that was due was refused or could not be sent. Nothing was done.
      ///
      /// - Parameters:
      ///   - vps: The VPS.
      ///   - error: Why.
      ///   - againIn: How long until it is tried again, where it is still due then.
      case rebootRefused(vps: VPS, error: StableVPSError, againIn: Duration)
      /// A reboot was due by the list, but `GET /vps/:id` shows that the VPS is not paid or not active.
      ///
      /// - Parameters:
      ///   - vps: The VPS, by the list.
      ///   - status: The billing status that it shows itself.
      ///   - vpsStatus: The machine's status that it shows itself.
      ///   - againIn: How long until it is looked at again, where a reboot is still due then.
      case rebootWithheld(vps: VPS, status: BillingStatus, vpsStatus: VPSStatus, againIn: Duration)
      /// A VPS is still silent at the end of the patience after a reboot.
      ///
      /// - Parameters:
      ///   - vps: The VPS.
      ///   - reboots: How often it was or may have been rebooted since it is silent.
      ///   - silent: How long it has been silent.
      case stillSilent(vps: VPS, reboots: Int, silent: Duration)
      /// A paid period ends soon.
      ///
      /// - Parameters:
      ///   - vps: The VPS.
      ///   - endsAt: When.
      ///   - endsIn: How long until then; 0 where it is past.
      ///   - renewal: What the renewal costs by the prices that this version knows. None for a plan or cycle newer than it, and
      /// for a VPS that is canceled, which ends.
      ///   - renewals: What this renewal and those that fall due before it cost together.
      ///   - balance: What the wallet holds. None where it could not be read.
      ///   - missing: What the wallet lacks for all of them. None where it holds enough, or could not be read.
      ///   - currency: The currency of all four.
      case periodEnding(
        vps: VPS,
        endsAt: Date,
        endsIn: Duration,
        renewal: Decimal?,
        renewals: Decimal,
        balance: Decimal?,
        missing: Decimal?,
        currency: String)
      /// The list can't be read. Told once, until it can be again.
      ///
      /// - Parameters:
      ///   - error: Why.
      ///   - nextLook: How long until the next look.
      case listingFailed(error: StableVPSError, nextLook: Duration)
      /// The list can be read again.
      ///
      /// - Parameters:
      ///   - failedLooks: How many looks failed.
      ///   - lasted: How long that lasted.
      case listingRecovered(failedLooks: Int, lasted: Duration)

      init(_ native: WatchEventKind) {
        switch native {
        case .started(let vps):
          self = .started(vps: vps.map { VPS($0) })
        case .added(let vps):
          self = .added(vps: VPS(vps))
        case .removed(let vps):
          self = .removed(vps: VPS(vps))
        case .statusChanged(let vps, let before):
          self = .statusChanged(vps: VPS(vps), before: VPSStatus(rawValue: before))
        case .billingChanged(let vps, let before):
          self = .billingChanged(vps: VPS(vps), before: BillingStatus(rawValue: before))
        case .unreachable(let vps, let silentProbes, let silentMs):
          self = .unreachable(
            vps: VPS(vps),
            silentProbes: Int(silentProbes),
            silent: Duration(milliseconds: silentMs))
        case .reachable(let vps, let silentMs, let reboots):
          self = .reachable(
            vps: VPS(vps),
            silent: Duration(milliseconds: silentMs),
            reboots: Int(reboots))
        case .manySilent(let silent, let probed):
          self = .manySilent(silent: Int(silent), probed: Int(probed))
        case .manySilentEnded(let lastedMs):
          self = .manySilentEnded(lasted: Duration(milliseconds: lastedMs))
        case .rebootSent(let vps, let reboots, let silentMs, let patienceMs):
          self = .rebootSent(
            vps: VPS(vps),
            reboots: Int(reboots),
            silent: Duration(milliseconds: silentMs),
            patience: Duration(milliseconds: patienceMs))
        case .rebootUnknown(let vps, let reboots, let patienceMs, let error):
          self = .rebootUnknown(
            vps: VPS(vps),
            reboots: Int(reboots),
            patience: Duration(milliseconds: patienceMs),
            error: StableVPSError(error))
        case .rebootRefused(let vps, let error, let againInMs):
          self = .rebootRefused(
            vps: VPS(vps),
            error: StableVPSError(error),
            againIn: Duration(milliseconds: againInMs))
        case .rebootWithheld(let vps, let status, let vpsStatus, let againInMs):
          self = .rebootWithheld(
            vps: VPS(vps),
            status: BillingStatus(rawValue: status),
            vpsStatus: VPSStatus(rawValue: vpsStatus),
            againIn: Duration(milliseconds: againInMs))
        case .stillSilent(let vps, let reboots, let silentMs):
          self = .stillSilent(
            vps: VPS(vps),
            reboots: Int(reboots),
            silent: Duration(milliseconds: silentMs))
        case .periodEnding(let vps, let endsAt, let endsInMs, let renewal, let renewals, let balance, let missing, let currency):
          self = .periodEnding(
            vps: VPS(vps),
            endsAt: Date(epochMilliseconds: endsAt),
            endsIn: Duration(milliseconds: endsInMs),
            renewal: renewal.map { Decimal(money: $0) },
            renewals: Decimal(money: renewals),
            balance: balance.map { Decimal(money: $0) },
            missing: missing.map { Decimal(money: $0) },
            currency: currency)
        case .listingFailed(let error, let nextLookMs):
          self = .listingFailed(
            error: StableVPSError(error),
            nextLook: Duration(milliseconds: nextLookMs))
        case .listingRecovered(let failedLooks, let lastedMs):
          self = .listingRecovered(
            failedLooks: Int(failedLooks),
            lasted: Duration(milliseconds: lastedMs))
        }
      }
    }
  }
}
