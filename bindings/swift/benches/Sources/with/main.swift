// The same program with the package. Its purchase and its calls keep the whole core linked.

import Foundation
import StableVPS

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

let url = URL(string: CommandLine.arguments.last ?? "")
print(url.map { URLRequest(url: $0) } as Any)
let client = try StableVPS(apiKey: CommandLine.arguments.last ?? "")
let bought = try await client.vps.provision(
  planID: .prime, billingCycle: .monthly, location: .london)
print(bought.vps.id, try await client.keys.list(), try await client.account.get())
