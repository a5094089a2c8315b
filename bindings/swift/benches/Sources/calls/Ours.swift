// The call as users of this package make it.

import StableVPS

struct Ours: Lister {
  let client: StableVPS

  init(url: String, key: String) throws {
    client = try StableVPS(apiKey: key, configuration: .init(baseURL: url))
  }

  func list() async throws -> Int {
    try await client.vps.list().count
  }
}
