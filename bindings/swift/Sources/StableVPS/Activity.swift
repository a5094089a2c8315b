// How a virtual clock knows whether the client has something left to do.

/// A clock that may advance as soon as nothing is active. A call is active between `begin` and `end`, except
/// during its pauses.
package protocol ActivityClock: StableVPSClock, AnyObject {
  func begin()
  func end()
  /// Sleeps within an activity. It counts as active again before whoever wakes it returns.
  func pause(for duration: Duration) async throws
}

/// A transport that is a whole service. Its accounts are distinct from those of other services, even where
/// the keys are the same.
package protocol SimulatedService: HTTPTransport, AnyObject {
  /// Sends within an activity.
  func serve(_ request: TransportRequest) async throws -> TransportResponse
}

extension Host {
  var activity: (any ActivityClock)? { clock as? any ActivityClock }

  func pause(for duration: Duration) async throws {
    if let activity {
      try await activity.pause(for: duration)
    } else {
      try await clock.sleep(for: duration)
    }
  }

  /// Any transport other than a simulated service may wait for something outside: that does not count as
  /// active.
  func send(
    _ request: TransportRequest, with transport: any HTTPTransport
  ) async throws -> TransportResponse {
    if let service = transport as? any SimulatedService {
      return try await service.serve(request)
    }
    activity?.end()
    defer { activity?.begin() }
    return try await transport.send(request)
  }
}
