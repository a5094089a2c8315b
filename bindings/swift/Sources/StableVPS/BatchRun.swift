import Foundation
internal import StableVPSNative

/// Drives the purchases of a batch, each in a task of its own.
final class BatchRun: Sendable {
  private static let label = "vps.provisionMany"

  /// Has an order bought, and returns once there is a place for the next one; `false` once there is none any more.
  typealias Buy = @Sendable (StableVPS.PurchaseOrder) async throws -> Bool

  private let session: Session
  private let maxSpend: Decimal?
  private let atOnce: Int?
  private let onProgress: StableVPS.BatchProgressHandler?
  private let source: @Sendable (Buy) async throws -> Void
  private let state = Locked(State())
  private let results = AsyncThrowingStream.makeStream(of: PurchaseBatch.Result.self)
  /// One element for each purchase that may begin.
  private let places = AsyncStream.makeStream(of: Void.self)

  private struct Member {
    let order: StableVPS.PurchaseOrder
    let run: PurchaseRun
    /// From where it can be taken up again, as it was told last.
    var token: String?
    var task: Task<Void, Never>?
  }

  private struct State {
    var batch: Batch?
    /// What takes orders from their source.
    var taking: Task<Void, Never>?
    var members: [Int: Member] = [:]
    var begun = 0
    var underWay = 0
    var isAllTaken = false
  }

  init(
    session: Session, maxSpend: Decimal?, atOnce: Int?,
    onProgress: StableVPS.BatchProgressHandler?,
    source: @escaping @Sendable (Buy) async throws -> Void
  ) {
    self.session = session
    self.maxSpend = maxSpend
    self.atOnce = atOnce
    self.onProgress = onProgress
    self.source = source
  }

  /// A loop over the results, which ends the waiting when it is released.
  final class Loop: Sendable {
    private let run: BatchRun

    init(_ run: BatchRun) {
      self.run = run
    }

    func next() async throws -> PurchaseBatch.Result? {
      try await run.next()
    }

    deinit {
      run.cancel()
    }
  }

  var open: [PurchaseBatch.OpenPurchase] {
    let members = state.withLock { $0.members }
    return members.sorted { $0.key < $1.key }.compactMap { index, member in
      (member.run.token ?? member.token).map {
        .init(index: index, order: member.order, token: $0)
      }
    }
  }

  var progress: StableVPS.BatchProgress? {
    state.withLock { $0.batch }.map { session.progress(of: $0) }
  }

  func cancel() {
    let tasks = state.withLock { state in
      [state.taking] + state.members.values.map(\.task)
    }
    for task in tasks {
      task?.cancel()
    }
    places.continuation.finish()
  }

  func stop() async {
    cancel()
    await state.withLock { $0.taking }?.value
    for task in state.withLock({ $0.members.values.map(\.task) }) {
      await task?.value
    }
  }

  private func next() async throws -> PurchaseBatch.Result? {
    try begin()
    // An iterator of a stream holds nothing of its own.
    var iterator = results.stream.makeAsyncIterator()
    let result = try await withTaskCancellationHandler {
      try await iterator.next()
    } onCancel: {
      cancel()
    }
    guard let result else {
      try Task.checkCancellation()
      return nil
    }
    state.withLock { $0.members[result.index] = nil }
    places.continuation.yield()
    return result
  }

  /// Begins to take orders, once.
  private func begin() throws {
    try state.withLock { state in
      guard state.batch == nil else { return }
      let batch = try session.batch(maxSpend: maxSpend, atOnce: atOnce)
      state.batch = batch
      for _ in 0..<batch.atOnce() {
        places.continuation.yield()
      }
      state.taking = Task { await self.take(in: batch) }
    }
  }

  private func take(in batch: Batch) async {
    do {
      if try await place() {
        try await source { order in
          try self.begin(order, in: batch)
          return try await self.place()
        }
      }
      let isOver = state.withLock { state in
        state.isAllTaken = true
        return state.underWay == 0
      }
      if isOver { results.continuation.finish() }
    } catch {
      end(throwing: error)
    }
  }

  /// Waits for a place; whether there is one.
  private func place() async throws -> Bool {
    try Task.checkCancellation()
    var iterator = places.stream.makeAsyncIterator()
    return await iterator.next() != nil
  }

  private func begin(_ order: StableVPS.PurchaseOrder, in batch: Batch) throws {
    try Task.checkCancellation()
    let run = session.purchase(
      Self.label, order.request(isRecorded: session.hasStore), in: batch)
    state.withLock { state in
      let index = state.begun
      state.begun += 1
      state.underWay += 1
      state.members[index] = Member(order: order, run: run)
      state.members[index]?.task = Task { await self.buy(order, index, run, batch) }
    }
  }

  private func buy(
    _ order: StableVPS.PurchaseOrder, _ index: Int, _ run: PurchaseRun, _ batch: Batch
  ) async {
    do {
      let provisioned = try await run.finish { progress in
        self.state.withLock { $0.members[index]?.token = progress.token }
        do {
          try await self.onProgress?(self.session.progress(of: batch))
        } catch {
          throw HandlerFailed(error: error)
        }
      }
      end(.init(index: index, order: order, result: .success(provisioned)))
    } catch let error as StableVPSError {
      state.withLock { $0.members[index]?.token = error.token }
      end(.init(index: index, order: order, result: .failure(error)))
    } catch let failed as HandlerFailed {
      end(throwing: failed.error)
    } catch {
      end(throwing: error)
    }
  }

  private func end(_ result: PurchaseBatch.Result) {
    results.continuation.yield(result)
    let isOver = state.withLock { state in
      state.underWay -= 1
      return state.isAllTaken && state.underWay == 0
    }
    if isOver { results.continuation.finish() }
  }

  /// Ends all of them: the task was cancelled, the client was closed, or code of the caller's failed.
  private func end(throwing error: any Error) {
    results.continuation.finish(throwing: error)
    cancel()
  }
}

/// What `onProgress` threw: it is not how a purchase ended.
private struct HandlerFailed: Error {
  let error: any Error
}
