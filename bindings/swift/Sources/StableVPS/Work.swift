// How a virtual clock knows that there is something left to do.

/// A clock that may jump as soon as nobody works: work is between `begin` and `end`, but for its pauses.
package protocol WorkClock: StableVPSClock, AnyObject {
  func begin()
  func end()
  /// Sleeps amid work. Whoever wakes it counts it as working again before it runs.
  func pause(for duration: Duration) async throws
}

/// A transport that is a service of its own, whose accounts have nothing to do with others of the same key.
package protocol World: HTTPTransport, AnyObject {
  /// Sends amid work.
  func serve(_ request: TransportRequest) async throws -> TransportResponse
}

extension Host {
  var work: (any WorkClock)? { clock as? any WorkClock }

  func pause(for duration: Duration) async throws {
    if let work {
      try await work.pause(for: duration)
    } else {
      try await clock.sleep(for: duration)
    }
  }

  /// Another transport than a simulated service may wait for whatever it likes: that is no work.
  func send(_ request: TransportRequest) async throws -> TransportResponse {
    if let world = transport as? any World {
      return try await world.serve(request)
    }
    work?.end()
    defer { work?.begin() }
    return try await transport.send(request)
  }
}
