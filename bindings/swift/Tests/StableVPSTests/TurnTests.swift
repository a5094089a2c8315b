// Moments in which a turn is waited for, cancelled and late at once.

import Testing

@testable import StableVPS

@Suite(.timeLimit(.minutes(1)))
struct TurnTests {
  @Test("whoever is cancelled before it waits does not wait")
  func cancelledFirst() async throws {
    let holder = Turn(account: "cancelled first", work: nil)
    let next = Turn(account: "cancelled first", work: nil)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await next.comes()
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    holder.end()
    #expect(next.hasCome)
    next.end()
  }

  @Test("whose time is over before it waits does not wait, but for a turn that has come")
  func lateFirst() async throws {
    let holder = Turn(account: "late first", work: nil)
    let next = Turn(account: "late first", work: nil)
    next.expire()
    #expect(try await next.comes() == false)
    holder.end()
    #expect(try await next.comes())
    next.end()
  }

  @Test("turns come in the order in which they were asked for, past those that gave up")
  func order() {
    let turns = (0..<4).map { _ in Turn(account: "order", work: nil) }
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
