// Buys a VPS on the simulator, with live progress; then once more with the order's reply lost.

import Foundation
import StableVPS
import StableVPSTesting

func seconds(_ span: Duration) -> String {
  span.formatted(.units(allowed: [.seconds], width: .narrow, fractionalPart: .show(length: 1)))
}

func show(_ progress: StableVPS.Progress) {
  if progress.nextLook == .zero && progress.phase == .polling {
    return
  }
  let status = progress.lastStatus.map { "  \($0)" } ?? ""
  let pause = progress.nextLook > .zero ? "  next look in \(seconds(progress.nextLook))" : ""
  print("  \(seconds(progress.elapsed))  \(progress.phase)\(status)\(pause)")
}

func buy(_ simulator: Simulator) async throws -> StableVPS.Provisioned {
  let purchase = try simulator.client().vps.provisioning(
    planID: .prime, billingCycle: .monthly, location: .amsterdam, maxSpend: 20)
  for try await progress in purchase {
    show(progress)
  }
  return try await purchase.provisioned
}

func ordersSent(to simulator: Simulator) throws -> Int {
  try simulator.state().requests.byEndpoint["POST /vps"] ?? 0
}

func line(_ bought: StableVPS.Provisioned, sent: Int) -> String {
  let charged = bought.charged.map { "\($0)" } ?? "nothing"
  return "\(bought.vps.id)  \(bought.vps.ipAddress ?? "-")  "
    + "charged \(charged) \(bought.currency ?? "")  orders sent \(sent)"
}

let simulator = try Simulator(.init(balance: 100))
print("a purchase (virtual time):")
let bought = try await buy(simulator)
let sent = try ordersSent(to: simulator)
print("swift  ready  \(line(bought, sent: sent))")

print("\nthe same, with the order's reply lost:")
try simulator.fault(.loseAfter, method: "POST", path: "/vps")
let again = try await buy(simulator)
let sentAgain = try ordersSent(to: simulator) - sent
print("swift  recovered \(again.recovered)  \(line(again, sent: sentAgain))")
let charges = try simulator.state().charges
print("the service charged \(charges.count) times for 2 purchases: \(charges)")
