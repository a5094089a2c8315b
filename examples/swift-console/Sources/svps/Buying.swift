import Foundation
import StableVPS

extension Console {
  /// Buys one VPS, or continues the purchase whose token was stored.
  func buy() async throws {
    let purchase = try purchase()
    do {
      for try await progress in purchase {
        // The order is sent only after this: the token is stored before.
        try store(progress.token)
        show(progress)
      }
    } catch is CancellationError {
      // A request in flight may have been received: the newest token says so.
      try store(purchase.token)
      throw CancellationError()
    } catch let error as StableVPSError {
      try store(error.token)
      if hasBoughtNothing(error) {
        try? FileManager.default.removeItem(at: arguments.tokenFile)
      }
      throw error
    }
    let bought = try await purchase.provisioned
    try? FileManager.default.removeItem(at: arguments.tokenFile)
    report(bought)
  }

  private func purchase() throws -> Purchase {
    if let token = try storedToken() {
      print("continuing the purchase in \(arguments.tokenFile.lastPathComponent)")
      return client.vps.resuming(token)
    }
    return client.vps.provisioning(
      planID: arguments.planID, billingCycle: arguments.billingCycle, location: arguments.location,
      maxSpend: try arguments.maxSpend)
  }

  /// `nil` where there is no file. A file that can't be read may hold the token of a VPS that was ordered: the
  /// program stops.
  private func storedToken() throws -> String? {
    do {
      return try String(contentsOf: arguments.tokenFile, encoding: .utf8)
    } catch CocoaError.fileReadNoSuchFile {
      return nil
    }
  }

  private func store(_ token: String?) throws {
    try token?.write(to: arguments.tokenFile, atomically: true, encoding: .utf8)
  }

  private func hasBoughtNothing(_ error: StableVPSError) -> Bool {
    switch error.kind {
    case .insufficientFunds, .notPlaced, .overBudget: true
    default: false
    }
  }

  private func show(_ progress: StableVPS.Progress) {
    let status = progress.lastStatus.map { "  \($0)" } ?? ""
    print("\(progress.elapsed.components.seconds) s  \(progress.phase)\(status)")
  }

  private func report(_ bought: StableVPS.Provisioned) {
    let (vps, charged) = (bought.vps, bought.charged.map { "\($0)" } ?? "nothing")
    let password = arguments.showsPassword ? vps.rdpPassword?.reveal() : vps.rdpPassword?.description
    print("charged \(charged) \(bought.currency ?? "")")
    print("ready \(vps.id) \(vps.ipAddress ?? "-") user \(vps.rdpUsername ?? "-") password \(password ?? "-")")
  }
}
