extension StableVPS {
  /// A watch over the account's VPS, as a sequence of events, as a rule without an end:
  ///
  /// ```swift
  /// for try await event in client.vps.watch(.init(reboot: .whenSilent)) {
  ///   print(event.at, event.name, event.vps?.id ?? "")
  /// }
  /// ```
  ///
  /// Each iterator is a watch of its own. It looks only while a task waits for its next event, and ends when the task is
  /// cancelled or the loop is left. A reboot that was on its way then is not sent again.
  public struct VPSWatch: AsyncSequence, Sendable {
    public typealias Element = WatchEvent

    let begin: @Sendable () -> WatchRun

    public func makeAsyncIterator() -> Iterator {
      Iterator(run: begin())
    }

    /// A watch under way. Only one task at a time may wait for it.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
      let run: WatchRun

      /// The next event; `nil` once the watch is over.
      ///
      /// - Throws: ``StableVPSError`` of the kind `invalidInput` for options that can't be met, before anything is sent; of
      ///   the kind `unauthorized` when the service has refused the key twice in a row. `CancellationError` when the task is
      ///   cancelled, and ``ClientClosedError``.
      public func next() async throws -> WatchEvent? {
        try await run.next()
      }
    }
  }
}

extension StableVPS.VPSResource {
  /// Watches the VPS of the account: it looks once a minute, tells what changes, and reboots VPS that hang where
  /// ``StableVPS/WatchOptions/reboot`` asks for that. All failures but a refused key are waited out.
  public func watch(_ options: StableVPS.WatchOptions = .init()) -> StableVPS.VPSWatch {
    let session = session
    return StableVPS.VPSWatch { session.watch(options) }
  }
}
