// A program that depends on the package as users do, and buys a VPS.

import StableVPS
import StableVPSTesting

@main
struct Buyer {
  static func main() async throws {
    let client = try Simulator().client()
    let bought = try await client.vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london, maxSpend: 20)
    let vps = bought.vps
    guard let charged = bought.charged, let address = vps.ipAddress, let user = vps.rdpUsername,
      let password = vps.rdpPassword
    else { fatalError("something is missing: \(bought)") }
    print(charged, address, user, password)
  }
}
