// svps: your VPS at the shell.

import Foundation
import StableVPS
import StableVPSTesting

@main
struct Console {
  let client: StableVPS
  let given: Arguments

  static func main() async {
    // Ctrl-C cancels the task: what was bought stays bought, and its token is kept.
    signal(SIGINT, SIG_IGN)
    let work = Task { try await run() }
    let interrupted = DispatchSource.makeSignalSource(signal: SIGINT)
    interrupted.setEventHandler { work.cancel() }
    interrupted.resume()
    switch await work.result {
    case .success:
      exit(0)
    case .failure(is CancellationError):
      complain("stopped; start again to go on")
      exit(130)
    case .failure(let error as StableVPSError):
      complain("\(error) (\(error.recoverySuggestion ?? ""))")
      exit(1)
    case .failure(let error):
      complain(error.localizedDescription)
      exit(2)
    }
  }

  private static func run() async throws {
    let given = try Arguments(Array(CommandLine.arguments.dropFirst()))
    let console = Console(client: try client(given), given: given)
    switch given.command {
    case .list: try await console.list()
    case .buy: try await console.buy()
    case .reboot(let id): try await console.reboot(id)
    }
  }

  private static func client(_ given: Arguments) throws -> StableVPS {
    if given.isSimulated {
      let vps = [1, 2].map { Simulator.SeededVPS(id: "simulated-\($0)", location: .tokyo) }
      return try Simulator(.init(vps: vps)).client()
    }
    let environment = ProcessInfo.processInfo.environment
    guard let key = environment["STABLEVPS_API_KEY"] else {
      throw Arguments.Mistake("put your key into STABLEVPS_API_KEY")
    }
    let url = given.baseURL(environment) ?? StableVPS.Configuration.defaultBaseURL
    return try StableVPS(apiKey: key, configuration: .init(baseURL: url))
  }

  private static func complain(_ words: String) {
    FileHandle.standardError.write(Data("svps: \(words)\n".utf8))
  }

  private func list() async throws {
    for vps in try await client.vps.list() {
      let address = vps.ipAddress ?? "-"
      print("\(vps.id)  \(vps.planID)  \(vps.location)  \(vps.vpsStatus)  \(address)")
    }
  }

  private func reboot(_ id: String) async throws {
    let receipt = try await client.vps.reboot(id)
    print("\(receipt.action)  \(receipt.message ?? "")")
  }
}
