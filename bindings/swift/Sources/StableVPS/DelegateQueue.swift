#if canImport(FoundationNetworking)
  import Foundation

  /// The queue on which a session calls its delegate. It makes each call at once, on the session's own queue:
  /// handing the calls to another queue takes a tenth of the time of a request. So the delegate must not call
  /// the session synchronously.
  final class DelegateQueue: OperationQueue, @unchecked Sendable {
    override func addOperation(_ block: @escaping @Sendable () -> Void) {
      block()
    }
  }
#endif
