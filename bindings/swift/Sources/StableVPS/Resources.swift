import Foundation
internal import StableVPSNative

extension StableVPS {
  /// API keys: `client.keys`.
  ///
  /// Every call takes how long each request may take (`timeout`), and how long the call may take with all
  /// its retries (`deadline`).
  public struct Keys: Sendable {
    let session: Session

    /// Signs in with the account's password, for a new API key (`POST /auth`).
    ///
    /// The key is in this reply and nowhere else, ever. A lost reply is never repeated: it ends in the error
    /// of the kind `outcomeUnknown`.
    ///
    /// - Parameters:
    ///   - email: the e-mail address the account signs in with.
    ///   - password: the account's password.
    ///   - name: a label for the key.
    ///   - scope: `.full` by default; `.read` for a key that can change nothing.
    ///   - expiresInDays: how many days the key works; for ever by default.
    /// - Throws: ``StableVPSError`` of the kind `keyLimitReached` when the account has ten keys.
    public func create(
      email: String, password: Secret, name: String, scope: Scope = .full,
      expiresInDays: Int? = nil, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> CreatedKey {
      let output = try await session.call("keys.create", timeout: timeout, deadline: deadline) {
        try $0.createKey(
          email: email, password: password.reveal(), name: name, scope: scope.rawValue,
          expiresInDays: expiresInDays.map(Int64.init), limits: $1)
      }
      guard case .createdKey(let key) = output else { throw foreign(output) }
      return CreatedKey(key)
    }

    /// What is known of every API key (`GET /auth`); never the keys themselves.
    public func list(
      timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> [APIKeyInfo] {
      let output = try await session.call("keys.list", timeout: timeout, deadline: deadline) {
        try $0.listKeys(limits: $1)
      }
      guard case .apiKeys(let keys) = output else { throw foreign(output) }
      return keys.map { APIKeyInfo($0) }
    }

    /// Revokes a key for good (`DELETE /auth`). A key can't revoke itself.
    public func revoke(
      _ keyID: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> RevokedKey {
      let output = try await session.call("keys.revoke", timeout: timeout, deadline: deadline) {
        try $0.revokeKey(id: keyID, limits: $1)
      }
      guard case .revokedKey(let key) = output else { throw foreign(output) }
      return RevokedKey(key)
    }
  }

  /// The account: `client.account`.
  public struct AccountResource: Sendable {
    let session: Session

    /// The account's profile with its balance and VPS counts (`GET /account`).
    public func get(timeout: Duration? = nil, deadline: Duration? = nil) async throws -> Account {
      let output = try await session.call("account.get", timeout: timeout, deadline: deadline) {
        try $0.getAccount(limits: $1)
      }
      guard case .account(let account) = output else { throw foreign(output) }
      return Account(account)
    }
  }

  /// The wallet: `client.wallet`.
  public struct WalletResource: Sendable {
    let session: Session

    /// What the wallet holds (`GET /wallet`).
    public func get(timeout: Duration? = nil, deadline: Duration? = nil) async throws -> Wallet {
      let output = try await session.call("wallet.get", timeout: timeout, deadline: deadline) {
        try $0.getWallet(limits: $1)
      }
      guard case .wallet(let wallet) = output else { throw foreign(output) }
      return Wallet(wallet)
    }
  }
}

/// A machine gives the result of its own endpoint: anything else is a mistake of this package.
func foreign(_ output: Output) -> any Error {
  assertionFailure("a result of another endpoint")
  return CocoaError(.coderInvalidValue)
}
