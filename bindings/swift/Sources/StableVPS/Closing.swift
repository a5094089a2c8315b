import Foundation

/// The error of a call whose client was closed: before the call, or while it waited.
public struct ClientClosedError: LocalizedError, Sendable, Hashable {
  /// The token from which ``StableVPS/VPSResource/resume(_:timeout:anyKey:onProgress:)`` of another client
  /// continues the purchase; `nil` where no purchase was under way.
  public let token: String?

  public var errorDescription: String? { "the client is closed" }
}

/// What a client holds until it is closed: its transport, and the waits that closing ends.
final class Closing: Sendable {
  private let state: Locked<State>

  private struct State {
    /// `nil` once the client is closed.
    var transport: (any HTTPTransport)?
    var waits: [Int: @Sendable () -> Void] = [:]
    var lastWait = 0
  }

  init(_ transport: any HTTPTransport) {
    state = Locked(State(transport: transport))
  }

  /// `nil` once the client is closed.
  var transport: (any HTTPTransport)? { state.withLock { $0.transport } }

  func close() {
    let (transport, waits) = state.withLock { state in
      defer {
        state.transport = nil
        state.waits = [:]
      }
      return (state.transport, state.waits.values)
    }
    for end in waits {
      end()
    }
    // Where it was the last reference, it is released here, outside of the lock.
    withExtendedLifetime(transport) {}
  }

  /// Waits. Closing the client calls `end` meanwhile, at once where it is closed already.
  func wait<Value>(
    endedBy end: @escaping @Sendable () -> Void, _ wait: () async throws -> Value
  ) async rethrows -> Value {
    let id: Int? = state.withLock { state in
      guard state.transport != nil else { return nil }
      state.lastWait += 1
      state.waits[state.lastWait] = end
      return state.lastWait
    }
    guard let id else {
      end()
      return try await wait()
    }
    defer { state.withLock { $0.waits[id] = nil } }
    return try await wait()
  }
}
