import Foundation

/// Orders that are bought together, as a sequence of how each ended:
///
/// ```swift
/// let batch = client.vps.provisionMany(orders, maxSpend: 500)
/// for try await one in batch {
///   print(one.index, one.result)
/// }
/// ```
///
/// Orders of an account go one at a time; the waiting for their VPS is done together. Buying begins when a task first waits
/// for a result. The next order is taken from its source when fewer than the given number are under way, and one is under way
/// until its result was received.
///
/// Leaving the loop ends the waiting, never a VPS: ``tokens`` then has what is left. A batch can be gone through once,
/// and buys nothing twice.
public final class PurchaseBatch: AsyncSequence, Sendable {
  public typealias Element = Result

  /// How one of the orders ended.
  public struct Result: Sendable {
    /// Which of the orders it was, from 0.
    public let index: Int
    /// The order.
    public let order: StableVPS.PurchaseOrder
    /// What was bought, or how it ended otherwise.
    public let result: Swift.Result<StableVPS.Provisioned, StableVPSError>
  }

  /// A purchase that has not ended. ``StableVPS/VPSResource/resume(_:timeout:anyKey:onProgress:)`` continues it.
  public struct OpenPurchase: Sendable, CustomStringConvertible {
    /// Which of the orders it is, from 0.
    public let index: Int
    /// The order.
    public let order: StableVPS.PurchaseOrder
    /// From where it can be taken up again.
    public let token: String

    public var description: String { "OpenPurchase(\(index))" }
  }

  private let run: BatchRun

  init(_ run: BatchRun) {
    self.run = run
  }

  /// The purchases that were begun and whose results were not received, in the order of their orders.
  public var tokens: [OpenPurchase] { run.open }

  /// How far all of them are; `nil` before the first has begun.
  public var progress: StableVPS.BatchProgress? { run.progress }

  /// Ends the waiting, and returns once nothing is under way any more.
  public func stop() async {
    await run.stop()
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(loop: BatchRun.Loop(run))
  }

  /// A loop over the results. Leaving it ends the waiting.
  public struct Iterator: AsyncIteratorProtocol {
    let loop: BatchRun.Loop

    /// The next result; `nil` once all were received.
    ///
    /// - Throws: ``StableVPSError`` of the kind `invalidInput` for a limit that can't be met, before anything is sent;
    ///   `CancellationError` when the task is cancelled; ``ClientClosedError``; what `onProgress` or the source of the orders
    ///   threw.
    public func next() async throws -> Result? {
      try await loop.next()
    }
  }
}

extension StableVPS {
  /// Receives how far orders are that are bought together.
  public typealias BatchProgressHandler = @Sendable (BatchProgress) async throws -> Void
}

extension StableVPS.VPSResource {
  /// Buys many VPS, each exactly once, and waits for all of them together. One that fails does not end the others.
  ///
  /// - Parameters:
  ///   - orders: what to buy; it is taken from only as fast as orders are placed.
  ///   - maxSpend: the most to spend on all of them. An order that does not fit into what is left ends with the error of the
  ///     kind `overBudget` before it is sent, and the others go on. Default: no limit.
  ///   - atOnce: how many are under way at once, from 1 to 10,000. Default: 100.
  ///   - onProgress: called with how far all of them are, at every step of each of them, which waits for it. It may be called
  ///     by several of them at once. An error that it throws ends the waiting for all.
  public func provisionMany<Orders: AsyncSequence & Sendable>(
    _ orders: Orders, maxSpend: Decimal? = nil, atOnce: Int? = nil,
    onProgress: StableVPS.BatchProgressHandler? = nil
  ) -> PurchaseBatch where Orders.Element == StableVPS.PurchaseOrder {
    PurchaseBatch(
      BatchRun(session: session, maxSpend: maxSpend, atOnce: atOnce, onProgress: onProgress) { buy in
        for try await order in orders {
          guard try await buy(order) else { break }
        }
      })
  }

  /// The same for orders that are at hand, or are made one by one.
  public func provisionMany<Orders: Sequence & Sendable>(
    _ orders: Orders, maxSpend: Decimal? = nil, atOnce: Int? = nil,
    onProgress: StableVPS.BatchProgressHandler? = nil
  ) -> PurchaseBatch where Orders.Element == StableVPS.PurchaseOrder {
    PurchaseBatch(
      BatchRun(session: session, maxSpend: maxSpend, atOnce: atOnce, onProgress: onProgress) { buy in
        for order in orders {
          guard try await buy(order) else { break }
        }
      })
  }
}
