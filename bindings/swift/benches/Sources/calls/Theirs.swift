// The same call without this package: `URLSession`, and `JSONDecoder` with `Codable`.

import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

struct Listing: Decodable, Sendable {
  struct VPS: Decodable, Sendable {
    let id: String
    let planId: String
    let billingCycle: String
    let status: String
    let vpsStatus: String
    let ipAddress: String?
    let location: String
    let rdpUsername: String?
    let serverId: String?
    let currentPeriodEnd: Date?
    let createdAt: Date
  }

  let vps: [VPS]
  let total: Int
}

struct Theirs: Lister {
  let url: String
  let key: String
  let session = URLSession(configuration: .ephemeral)
  let decoder = JSONDecoder()

  init(url: String, key: String) {
    self.url = url
    self.key = key
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    decoder.dateDecodingStrategy = .custom { decoder in
      try style.parse(try decoder.singleValueContainer().decode(String.self))
    }
  }

  func list() async throws -> Int {
    guard let address = URL(string: "\(url)/api/v1/vps") else { throw URLError(.badURL) }
    var request = URLRequest(url: address)
    request.setValue("Bearer \(key)", forHTTPHeaderField: "authorization")
    request.setValue("application/json", forHTTPHeaderField: "accept")
    request.timeoutInterval = 30
    let (body, response) = try await session.data(for: request)
    guard (response as? HTTPURLResponse)?.statusCode == 200 else {
      throw URLError(.badServerResponse)
    }
    return try decoder.decode(Listing.self, from: body).vps.count
  }
}
