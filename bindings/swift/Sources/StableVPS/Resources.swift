extension StableVPS {
  /// API keys: `client.keys`.
  ///
  /// Every call takes `timeout`, the time limit for each request, and `deadline`, the time limit for the call
  /// with all its retries.
  public struct Keys: Sendable {
    let session: Session

    /// Signs in with the account's password and creates an API key (`POST /auth`).
    ///
    /// The key is in this response and nowhere else. The request is never repeated: a lost reply ends in
    /// the error of the kind `outcomeUnknown`.
    ///
    /// - Parameters:
    ///   - email: the e-mail address the account signs in with.
    ///   - password: the account's password.
    ///   - name: a label for the key.
    ///   - scope: `.full` by default; `.read` for a key that can change nothing.
    ///   - expiresInDays: how many days the key works; without limit by default.
    /// - Throws: ``StableVPSError`` of the kind `keyLimitReached` when the account has ten keys.
    public func create(
      email: String, password: Secret, name: String, scope: Scope = .full,
      expiresInDays: Int? = nil, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> CreatedKey {
      try await session.call(
        "keys.create",
        .createKey(
          email: email, password: password.reveal(), name: name, scope: scope.rawValue,
          expiresInDays: expiresInDays.map { Int64($0) }),
        timeout: timeout, deadline: deadline
      ) {
        if case .createdKey(let key) = $0 { CreatedKey(key) } else { nil }
      }
    }

    /// Describes every API key (`GET /auth`). The keys themselves are never returned.
    public func list(
      timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> [APIKeyInfo] {
      try await session.call("keys.list", .listKeys, timeout: timeout, deadline: deadline) {
        if case .apiKeys(let keys) = $0 { keys.map { APIKeyInfo($0) } } else { nil }
      }
    }

    /// Revokes a key for good (`DELETE /auth`). A key can't revoke itself.
    public func revoke(
      _ keyID: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> RevokedKey {
      try await session.call(
        "keys.revoke", .revokeKey(keyId: keyID), timeout: timeout, deadline: deadline
      ) {
        if case .revokedKey(let key) = $0 { RevokedKey(key) } else { nil }
      }
    }
  }

  /// The account: `client.account`.
  public struct AccountResource: Sendable {
    let session: Session

    /// The account's profile with its balance and VPS counts (`GET /account`).
    public func get(timeout: Duration? = nil, deadline: Duration? = nil) async throws -> Account {
      try await session.call("account.get", .getAccount, timeout: timeout, deadline: deadline) {
        if case .account(let account) = $0 { Account(account) } else { nil }
      }
    }
  }

  /// The wallet: `client.wallet`.
  public struct WalletResource: Sendable {
    let session: Session

    /// What the wallet holds (`GET /wallet`).
    public func get(timeout: Duration? = nil, deadline: Duration? = nil) async throws -> Wallet {
      try await session.call("wallet.get", .getWallet, timeout: timeout, deadline: deadline) {
        if case .wallet(let wallet) = $0 { Wallet(wallet) } else { nil }
      }
    }
  }
}
