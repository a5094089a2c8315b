/// The STABLEVPS API: an account and its resources.
///
/// ```swift
/// let client = try StableVPS(apiKey: key)
/// let bought = try await client.vps.provision(
///   planID: .prime, billingCycle: .monthly, location: .london, maxSpend: 20)
/// ```
///
/// One client serves any number of calls at once. A task that is cancelled ends its call at once, with a
/// `CancellationError`.
public struct StableVPS: Sendable {
  /// API keys.
  public let keys: Keys
  /// VPS.
  public let vps: VPSResource
  /// The account.
  public let account: AccountResource
  /// The wallet.
  public let wallet: WalletResource

  /// - Parameters:
  ///   - apiKey: the key. Blanks around it are trimmed.
  ///   - configuration: everything else.
  /// - Throws: ``StableVPSError`` of the kind `invalidInput` for a key or an address that can't be used.
  public init(apiKey: String, configuration: Configuration = Configuration()) throws {
    try self.init(Session(apiKey: apiKey, configuration: configuration))
  }

  /// - Parameters:
  ///   - apiKey: the key. Blanks around it are trimmed.
  ///   - configuration: everything else.
  /// - Throws: ``StableVPSError`` of the kind `invalidInput` for a key or an address that can't be used.
  public init(apiKey: Secret, configuration: Configuration = Configuration()) throws {
    try self.init(apiKey: apiKey.reveal(), configuration: configuration)
  }

  /// A client without a key. Only ``Keys/create(email:password:name:scope:expiresInDays:timeout:deadline:)``
  /// does without.
  public init(configuration: Configuration = Configuration()) throws {
    try self.init(Session(apiKey: nil, configuration: configuration))
  }

  private init(_ session: Session) {
    keys = Keys(session: session)
    vps = VPSResource(session: session)
    account = AccountResource(session: session)
    wallet = WalletResource(session: session)
  }
}
