// The conversations that every language's package must replay through its public facade. Their format is described
// in `tests/scenarios/README.md`.

import Foundation
import StableVPS
import Testing

@Suite(.serialized)
struct ScenarioTests {
  @Test("the corpus is complete")
  func corpus() throws {
    #expect(try Scenario.all().count >= 265)
  }

  @Test("a scenario has the result that all languages agree on", arguments: try Scenario.all())
  func replays(_ scenario: Scenario) async throws {
    let script = Script(turns: scenario.script, now: scenario.now)
    let got = try await outcome(scenario, script)
    #expect(canonical(got) == canonical(scenario.expected))
    #expect(script.fault == nil)
  }

  private func outcome(_ scenario: Scenario, _ script: Script) async throws -> Any {
    do {
      let client = try scenario.client(script)
      return ["ok": document(try await scenario.call(client))]
    } catch let error as StableVPSError {
      return ["error": document(of: error)]
    }
  }
}

/// One conversation, as its file describes it.
struct Scenario: CustomTestStringConvertible, @unchecked Sendable {
  let fields: [String: Any]

  static func all() throws -> [Scenario] {
    let folder = URL(fileURLWithPath: try environment("STABLEVPS_SCENARIOS"))
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let corpora = files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    return try corpora.flatMap { file in
      let scenarios = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
      return (scenarios as? [[String: Any]] ?? []).map { Scenario(fields: $0) }
    }
  }

  var testDescription: String { fields["name"] as? String ?? "" }
  var script: [[String: Any]] { fields["script"] as? [[String: Any]] ?? [] }
  var now: Int64 { Int64(fields["now"] as? Int ?? 0) }

  /// The result, with the names of arguments as Swift spells them.
  var expected: Any {
    guard let result = fields["result"] as? [String: Any],
      var error = result["error"] as? [String: Any], error["code"] as? String == "invalid_input",
      var details = error["details"] as? [String: String], let field = details["field"]
    else { return fields["result"] ?? [:] }
    let spelled = Self.argument(field)
    details["field"] = spelled
    error["details"] = details
    error["message"] = "\(spelled) \(details["reason"] ?? "")"
    return ["error": error]
  }

  private static func argument(_ field: String) -> String {
    let known = [
      "api_key": "apiKey", "base_url": "baseURL", "plan_id": "planID", "key_id": "keyID",
      "billing_cycle": "billingCycle", "expires_in_days": "expiresInDays", "max_spend": "maxSpend",
      "check_funds": "checkFunds",
    ]
    return known[field] ?? field
  }

  func client(_ script: Script) throws -> StableVPS {
    let options = fields["client"] as? [String: Any] ?? [:]
    var configuration = StableVPS.Configuration(transport: script)
    configuration.clock = script
    configuration.randomSeed = (fields["seed"] as? Int).map { UInt64($0) }
    if let baseURL = options["baseUrl"] as? String {
      configuration.baseURL = baseURL
    }
    if let auth = options["auth"] as? String {
      configuration.authentication = try #require(.init(rawValue: auth))
    }
    if let maxRetries = options["maxRetries"] as? Int {
      configuration.maxRetries = maxRetries
    }
    if let timeout = options["timeoutMs"] as? Int {
      configuration.timeout = .milliseconds(timeout)
    }
    guard let apiKey = options["apiKey"] as? String else {
      return try StableVPS(configuration: configuration)
    }
    return try StableVPS(apiKey: apiKey, configuration: configuration)
  }
}
