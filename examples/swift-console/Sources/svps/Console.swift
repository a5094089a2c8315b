// svps: your VPS on the command line.

import Foundation
import StableVPS
import StableVPSTesting

@main
struct Console {
  let client: StableVPS
  let arguments: Arguments

  static func main() async {
    // Ctrl-C cancels the task: a VPS that was bought stays bought, and its token is stored.
    signal(SIGINT, SIG_IGN)
    let task = Task { try await run() }
    let interrupted = DispatchSource.makeSignalSource(signal: SIGINT)
    interrupted.setEventHandler { task.cancel() }
    interrupted.resume()
    switch await task.result {
    case .success:
      exit(0)
    case .failure(is CancellationError):
      complain("stopped; run it again to continue")
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
    let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
    let console = Console(client: try client(arguments), arguments: arguments)
    switch arguments.command {
    case .list: try await console.list()
    case .buy: try await console.buy()
    case .reboot(let id): try await console.reboot(id)
    }
  }

  private static func client(_ arguments: Arguments) throws -> StableVPS {
    if arguments.isSimulated {
      let vps = [1, 2].map { Simulator.SeededVPS(id: "simulated-\($0)", location: .tokyo) }
      return try Simulator(.init(vps: vps)).client()
    }
    let environment = ProcessInfo.processInfo.environment
    guard let key = environment["STABLEVPS_API_KEY"] else {
      throw Arguments.Mistake("set STABLEVPS_API_KEY to your API key")
    }
    let url = arguments.baseURL(environment) ?? StableVPS.Configuration.defaultBaseURL
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
