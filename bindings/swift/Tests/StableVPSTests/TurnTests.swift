// Turns that come, are cancelled and expire in every order.

import Testing

@testable import StableVPS

@Suite(.timeLimit(.minutes(1)))
struct TurnTests {
  @Test("a task that is cancelled before it waits does not wait")
  func cancelledFirst() async throws {
    let holder = Turn(account: "cancelled first", activity: nil)
    let next = Turn(account: "cancelled first", activity: nil)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await next.comes()
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    holder.end()
    #expect(next.hasCome)
    next.end()
  }

  @Test("a turn that expired before the wait does not wait, unless it has come meanwhile")
  func lateFirst() async throws {
    let holder = Turn(account: "late first", activity: nil)
    let next = Turn(account: "late first", activity: nil)
    next.expire()
    #expect(try await next.comes() == false)
    holder.end()
    #expect(try await next.comes())
    next.end()
  }

  @Test("turns come in the order of their creation, without those that ended")
  func order() {
    let turns = (0..<4).map { _ in Turn(account: "order", activity: nil) }
    #expect(turns.map(\.hasCome) == [true, false, false, false])
    turns[1].end()
    turns[0].end()
    #expect(turns[2].hasCome && !turns[3].hasCome)
    turns[2].end()
    turns[2].end()
    #expect(turns[3].hasCome)
    turns[3].end()
  }
}
