// One side of a purchase that crosses from one language to another: `begin URL KEY PHASE` buys, prints the token
// at a phase, and stops; `finish URL KEY TOKEN` resumes from a token.

import Foundation
import StableVPS

let words = CommandLine.arguments
guard words.count == 5 else {
  fatalError("crossing begin URL KEY PHASE, or crossing finish URL KEY TOKEN")
}
let client = try StableVPS(apiKey: words[3], configuration: .init(baseURL: words[2]))

switch words[1] {
case "begin":
  let purchase = client.vps.provisioning(
    planID: .prime, billingCycle: .monthly, location: .london)
  for try await progress in purchase where progress.phase.rawValue == words[4] {
    print(progress.token ?? "")
    break
  }
case "finish":
  let bought = try await client.vps.resume(words[4])
  print(bought.vps.id, bought.charged.map { "\($0)" } ?? "none", bought.recovered)
default:
  fatalError("begin or finish")
}
