internal import StableVPSNative

extension StableVPS {
  /// The purchases that the client's store has recorded: `client.purchases`.
  ///
  /// Every call throws ``StableVPSError`` of the kind `invalidInput` where the client has no store, and of the kind
  /// `store` where the store fails.
  public struct PurchasesResource: Sendable {
    let session: Session

    /// Every purchase of the account, the oldest first.
    ///
    /// - Parameters:
    ///   - openOnly: whether to leave out those that have ended.
    ///   - timeout: the time limit for each request.
    ///   - deadline: the time limit for the call with all its retries.
    public func list(
      openOnly: Bool = false, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> [PurchaseRecord] {
      try await session.call(
        "purchases.list", .listPurchases(openOnly: openOnly), timeout: timeout, deadline: deadline
      ) {
        if case .purchases(let records) = $0 { records.map { PurchaseRecord($0) } } else { nil }
      }
    }

    /// The purchase of an idempotency key; `nil` where there is none.
    public func get(
      _ idempotencyKey: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> PurchaseRecord? {
      let request = Request.getPurchase(idempotencyKey: idempotencyKey)
      return try await session.call(
        "purchases.get", request, timeout: timeout, deadline: deadline
      ) { output -> PurchaseRecord?? in
        guard case .purchase(let record) = output else { return nil }
        return .some(record.map { PurchaseRecord($0) })
      }
    }

    /// Takes up the purchase of an idempotency key, and waits for its end. One that was not ordered is not begun again:
    /// call ``StableVPS/VPSResource/provision(planID:billingCycle:location:maxSpend:preflight:checkFunds:settle:idempotencyKey:whenHeld:waiting:onProgress:)``
    /// with its key for that.
    ///
    /// - Parameters:
    ///   - idempotencyKey: the key.
    ///   - timeout: the time limit from now on. Default: the limit that the purchase began with.
    ///   - whenHeld: what to do where it goes on elsewhere.
    ///   - onProgress: called before every request and every wait; the purchase continues when it returns.
    public func resume(
      _ idempotencyKey: String, timeout: Duration? = nil, whenHeld: WhenHeld = .refuse,
      onProgress: ProgressHandler? = nil
    ) async throws -> Provisioned {
      try await run(.key(idempotencyKey), timeout, whenHeld).finish(onProgress)
    }

    /// The same purchase as a sequence of its progress. It begins when a task first waits for it.
    public func resuming(
      _ idempotencyKey: String, timeout: Duration? = nil, whenHeld: WhenHeld = .refuse
    ) -> Purchase {
      Purchase(run(.key(idempotencyKey), timeout, whenHeld))
    }

    /// Takes up every purchase that has not ended, one after the other, the oldest first: what a program does when it
    /// starts. One that was not ordered is left as it is. How a single purchase ends is no error of this call.
    ///
    /// - Parameters:
    ///   - timeout: the time limit for each from now on. Default: the limit that it began with.
    ///   - whenHeld: what to do about one that goes on elsewhere.
    public func resumeAll(
      timeout: Duration? = nil, whenHeld: WhenHeld = .refuse
    ) async throws -> [ResumedPurchase] {
      var resumed: [ResumedPurchase] = []
      for record in try await list(openOnly: true) where record.state != .notOrdered {
        let result: Result<Provisioned, StableVPSError>
        do {
          result = .success(try await run(.id(record.id), timeout, whenHeld).finish(nil))
        } catch let error as StableVPSError {
          result = .failure(error)
        }
        resumed.append(ResumedPurchase(record: record, result: result))
      }
      return resumed
    }

    /// Deletes what is known of a purchase that has ended, or that ordered nothing and that nobody is at work on. Its key
    /// stays used, and its VPS stays known as bought.
    ///
    /// - Throws: ``StableVPSError`` of the kind `invalidInput` where there is no such purchase, or it has not ended.
    public func forget(
      _ idempotencyKey: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws {
      let request = Request.forgetPurchase(idempotencyKey: idempotencyKey)
      try await session.call("purchases.forget", request, timeout: timeout, deadline: deadline) {
        if case .purchase = $0 { () } else { nil }
      }
    }

    private func run(_ find: Find, _ timeout: Duration?, _ whenHeld: WhenHeld) -> PurchaseRun {
      let request = Request.resumeRecorded(
        find: find, whenHeld: whenHeld.native, timeoutMs: timeout?.milliseconds)
      return session.purchase("purchases.resume", request)
    }
  }

  /// A recorded purchase that was taken up.
  public struct ResumedPurchase: Sendable {
    /// The purchase, as it was found.
    public let record: PurchaseRecord
    /// How it ended.
    public let result: Result<Provisioned, StableVPSError>
  }
}
