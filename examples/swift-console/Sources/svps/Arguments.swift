import Foundation
import StableVPS

/// The command line, parsed.
struct Arguments {
  enum Command {
    case list
    case buy
    case reboot(id: String)
  }

  struct Mistake: LocalizedError {
    let errorDescription: String?

    init(_ what: String) {
      errorDescription = what
    }
  }

  static let usage = """
    usage: svps list | buy | reboot ID
      --plan PLAN --cycle CYCLE --location LOCATION   what to buy: basic, monthly, london
      --max-spend EUR                                 the highest price to accept: 13
      --token-file FILE                               where to store the token: purchase.token
      --show-password                                 print the password
      --url URL                                       another server
      --simulate                                      a simulated account in memory
    """

  let command: Command
  private var options: [String: String] = [:]
  private var flags: Set<String> = []

  init(_ words: [String]) throws {
    var plain: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if ["--simulate", "--show-password"].contains(word) {
        flags.insert(word)
      } else if Self.usage.contains("\(word) "), word.hasPrefix("--") {
        guard let value = rest.popFirst() else { throw Mistake("\(word) needs a value") }
        options[word] = value
      } else if word.hasPrefix("--") {
        throw Mistake("unknown option \(word)")
      } else {
        plain.append(word)
      }
    }
    command = try Self.command(plain)
  }

  private static func command(_ words: [String]) throws -> Command {
    switch (words.first, words.count) {
    case ("list", 1): .list
    case ("buy", 1): .buy
    case ("reboot", 2): .reboot(id: words[1])
    default: throw Mistake(usage)
    }
  }

  var isSimulated: Bool { flags.contains("--simulate") }
  var showsPassword: Bool { flags.contains("--show-password") }
  var planID: StableVPS.PlanID { .init(rawValue: options["--plan"] ?? "basic") }
  var billingCycle: StableVPS.BillingCycle { .init(rawValue: options["--cycle"] ?? "monthly") }
  var location: StableVPS.Location { .init(rawValue: options["--location"] ?? "london") }
  var tokenFile: URL { URL(fileURLWithPath: options["--token-file"] ?? "purchase.token") }

  var maxSpend: Decimal {
    get throws {
      let text = options["--max-spend"] ?? "13"
      guard let sum = Decimal(string: text) else { throw Mistake("--max-spend must be an amount of money, not \(text)") }
      return sum
    }
  }

  /// The server, if it is not the service's own.
  func baseURL(_ environment: [String: String]) -> String? {
    options["--url"] ?? environment["STABLEVPS_BASE_URL"]
  }
}
