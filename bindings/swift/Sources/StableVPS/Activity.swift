// How a virtual clock knows whether the client has something left to do.

import Foundation
internal import StableVPSNative

/// A clock that may advance as soon as nothing is active. A call is active between `begin` and `end`, except
/// during its pauses.
package protocol ActivityClock: StableVPSClock, AnyObject {
  func begin()
  func end()
  /// Sleeps within an activity. It counts as active again before whoever wakes it returns.
  func pause(for duration: Duration) async throws
  /// The same until a purchase looks whether its turn has come. While code of the caller's runs, the clock does not
  /// advance for its sake.
  func rest(for duration: Duration) async throws
  /// An activity begins to run code of the caller's, which may wait for something real.
  func beginOutside()
  func endOutside()
  /// Identifies the simulated service, together with its transport.
  var world: UUID { get }
}

/// A transport that is a whole service. Its accounts are distinct from those of other services, even where
/// the keys are the same.
package protocol SimulatedService: HTTPTransport, AnyObject {
  /// Identifies the service, together with its clock.
  var world: UUID { get }
  /// Sends within an activity.
  func serve(_ request: TransportRequest) async throws -> TransportResponse
}

extension Host {
  var activity: (any ActivityClock)? { clock as? any ActivityClock }

  func pause(for duration: Duration, _ reason: WaitReason) async throws {
    guard let activity else {
      return try await clock.sleep(for: duration)
    }
    if reason == .turn {
      try await activity.rest(for: duration)
    } else {
      try await activity.pause(for: duration)
    }
  }

  /// Runs code of the caller's. It may wait for something real, and does not count as active.
  func outside<Value>(_ call: () async throws -> Value) async rethrows -> Value {
    activity?.beginOutside()
    defer { activity?.endOutside() }
    return try await call()
  }

  func send(
    _ request: TransportRequest, with transport: any HTTPTransport
  ) async throws -> TransportResponse {
    if let service = transport as? any SimulatedService {
      return try await service.serve(request)
    }
    return try await outside { try await transport.send(request) }
  }
}
