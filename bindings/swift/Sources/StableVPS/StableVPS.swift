/// A client of the STABLEVPS API: one account and its resources.
///
/// ```swift
/// let client = try StableVPS(apiKey: key)
/// let bought = try await client.vps.provision(
///   planID: .prime, billingCycle: .monthly, location: .london, maxSpend: 20)
/// ```
///
/// A client serves any number of concurrent calls. Cancelling a task ends its call at once, with a
/// `CancellationError`.
public struct StableVPS: Sendable {
  /// API keys.
  public let keys: Keys
  /// VPS.
  public let vps: VPSResource
  /// The purchases that its store has recorded.
  public let purchases: PurchasesResource
  /// The account.
  public let account: AccountResource
  /// The wallet.
  public let wallet: WalletResource
  private let session: Session

  /// - Parameters:
  ///   - apiKey: the key. White space around it is trimmed.
  ///   - configuration: everything else.
  /// - Throws: ``StableVPSError`` of the kind `invalidInput` for a key or a configuration that can't be used.
  public init(apiKey: String, configuration: Configuration = Configuration()) throws {
    try self.init(Session(apiKey: apiKey, configuration: configuration))
  }

  /// - Parameters:
  ///   - apiKey: the key. White space around it is trimmed.
  ///   - configuration: everything else.
  /// - Throws: ``StableVPSError`` of the kind `invalidInput` for a key or a configuration that can't be used.
  public init(apiKey: Secret, configuration: Configuration = Configuration()) throws {
    try self.init(apiKey: apiKey.reveal(), configuration: configuration)
  }

  /// A client without a key. It can make one call only:
  /// ``Keys/create(email:password:name:scope:expiresInDays:timeout:deadline:)``.
  public init(configuration: Configuration = Configuration()) throws {
    try self.init(Session(apiKey: nil, configuration: configuration))
  }

  /// Ends the client. Its connections are closed unless its transport is in use elsewhere.
  ///
  /// Calls and purchases that wait end at once with a ``ClientClosedError``, which has the purchase's token. A
  /// request that is under way gets its response, for as long as its time limit allows; nothing is sent after
  /// it. A client that is not closed ends with its last reference and its last call.
  public func close() {
    session.close()
  }

  private init(_ session: Session) {
    self.session = session
    keys = Keys(session: session)
    vps = VPSResource(session: session)
    purchases = PurchasesResource(session: session)
    account = AccountResource(session: session)
    wallet = WalletResource(session: session)
  }
}
