import Foundation
import StableVPS

extension Console {
  /// Buys one VPS, or goes on with the purchase whose token was kept.
  func buy() async throws {
    let purchase = try begun()
    do {
      for try await progress in purchase {
        // The order is sent only after this: whatever happens then, the token is there.
        try keep(progress.token)
        show(progress)
      }
    } catch is CancellationError {
      // A request that was under way may have arrived: the token knows.
      try keep(purchase.token)
      throw CancellationError()
    } catch let error as StableVPSError {
      try keep(error.token)
      if hasBoughtNothing(error) {
        try? FileManager.default.removeItem(at: given.tokenFile)
      }
      throw error
    }
    let bought = try await purchase.provisioned
    try? FileManager.default.removeItem(at: given.tokenFile)
    tell(bought)
  }

  private func begun() throws -> Purchase {
    if let token = try? String(contentsOf: given.tokenFile, encoding: .utf8) {
      print("going on with the purchase in \(given.tokenFile.lastPathComponent)")
      return try client.vps.resuming(token)
    }
    return try client.vps.provisioning(
      planID: given.planID, billingCycle: given.billingCycle, location: given.location,
      maxSpend: try given.maxSpend)
  }

  private func keep(_ token: String?) throws {
    try token?.write(to: given.tokenFile, atomically: true, encoding: .utf8)
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

  private func tell(_ bought: StableVPS.Provisioned) {
    let (vps, charged) = (bought.vps, bought.charged.map { "\($0)" } ?? "nothing")
    let password = given.showsPassword ? vps.rdpPassword?.reveal() : vps.rdpPassword?.description
    print("charged \(charged) \(bought.currency ?? "")")
    print("ready \(vps.id) \(vps.ipAddress ?? "-") user \(vps.rdpUsername ?? "-") password \(password ?? "-")")
  }
}
