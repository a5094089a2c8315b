package com.stablevps

import com.stablevps.internal.ffi.Output

/** API keys: [StableVps.keys]. */
public class Keys internal constructor(
    private val session: Session,
) {
    /**
     * Signs in with the account's password, for a new API key (`POST /auth`).
     *
     * The key is in this reply and nowhere else, ever. A lost reply is never repeated: it ends in
     * [OutcomeUnknownException].
     *
     * @param name a label for the key.
     * @param scope [Scope.READ] for a key that can change nothing.
     * @param expiresInDays how many days the key works; for ever by default.
     * @throws KeyLimitReachedException when the account has ten keys.
     */
    public suspend fun create(
        email: String,
        password: Secret,
        name: String,
        scope: Scope = Scope.FULL,
        expiresInDays: Int? = null,
        options: CallOptions = CallOptions(),
    ): CreatedKey =
        session.call("keys.create", options, { (it as Output.CreatedKey).v1.read() }) { limits ->
            createKey(email, password.reveal(), name, scope.value, expiresInDays?.toLong(), limits)
        }

    /** What is known of every API key (`GET /auth`); never the keys themselves. */
    public suspend fun list(options: CallOptions = CallOptions()): List<ApiKeyInfo> =
        session.call("keys.list", options, { (it as Output.ApiKeys).v1.map { key -> key.read() } }) {
            listKeys(it)
        }

    /** Revokes a key for good (`DELETE /auth`). A key can't revoke itself. */
    public suspend fun revoke(
        keyId: String,
        options: CallOptions = CallOptions(),
    ): RevokedKey =
        session.call("keys.revoke", options, { (it as Output.RevokedKey).v1.read() }) {
            revokeKey(keyId, it)
        }
}

/** The account: [StableVps.account]. */
public class AccountResource internal constructor(
    private val session: Session,
) {
    /** The account's profile with its balance and VPS counts (`GET /account`). */
    public suspend fun get(options: CallOptions = CallOptions()): Account =
        session.call("account.get", options, { (it as Output.Account).v1.read() }) { getAccount(it) }
}

/** The wallet: [StableVps.wallet]. */
public class WalletResource internal constructor(
    private val session: Session,
) {
    /** What the wallet holds (`GET /wallet`). */
    public suspend fun get(options: CallOptions = CallOptions()): Wallet =
        session.call("wallet.get", options, { (it as Output.Wallet).v1.read() }) { getWallet(it) }
}
