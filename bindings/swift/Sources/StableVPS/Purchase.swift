/// A purchase in progress, as a sequence of its progress:
///
/// ```swift
/// let purchase = client.vps.provisioning(planID: .prime, billingCycle: .monthly, location: .london)
/// for try await progress in purchase {
///   try await save(progress.token)
/// }
/// let vps = try await purchase.provisioned.vps
/// ```
///
/// The purchase advances only while a task waits for its next element or its result, so each step runs after
/// the loop has handled the progress before it. In particular, the order is sent only after the loop has
/// received the progress of the phase ``StableVPS/Phase/ordering``, with its token.
///
/// Leaving the loop does not undo the purchase: ``provisioned`` continues it, and ``token`` continues it
/// elsewhere. Until its order is answered, a purchase holds the account's turn, and other purchases of the
/// account wait. ``release()`` gives the turn up, and so does releasing the last reference.
///
/// Only one task at a time may wait for a purchase.
public final class Purchase: AsyncSequence, Sendable {
  private let run: PurchaseRun

  init(_ run: PurchaseRun) {
    self.run = run
  }

  /// The token from which ``StableVPS/VPSResource/resume(_:timeout:anyKey:onProgress:)`` continues the
  /// purchase, such as after the task that waited for it was cancelled. `nil` until a new purchase begins.
  public var token: String? { run.token }

  /// What was bought. Waiting for it runs the purchase to its end.
  ///
  /// - Throws: ``StableVPSError``, `CancellationError` when the task is cancelled, or ``ClientClosedError``.
  public var provisioned: StableVPS.Provisioned {
    get async throws { try await run.finish(nil) }
  }

  /// Lets other purchases of the account proceed while this one is not continued.
  ///
  /// Continuing it later waits for a new turn. Nothing happens while a task waits for the purchase: cancel
  /// the task first.
  public func release() {
    run.release()
  }

  /// Each iterator continues where the one before it stopped.
  public func makeAsyncIterator() -> Iterator {
    Iterator(run: run)
  }

  /// Goes through the steps of a purchase.
  public struct Iterator: AsyncIteratorProtocol, Sendable {
    let run: PurchaseRun

    /// Runs the step whose progress was returned before, and returns the progress of the next one.
    public func next() async throws -> StableVPS.Progress? {
      try await run.advance()
    }
  }
}
