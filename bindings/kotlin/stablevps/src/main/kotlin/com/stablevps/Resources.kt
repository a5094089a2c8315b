package com.stablevps

import com.stablevps.internal.ffi.Output
import com.stablevps.internal.ffi.Request

/** API keys: [StableVps.keys]. */
public class Keys internal constructor(
    private val session: Session,
) {
    /**
     * Signs in with the account's password and creates an API key (`POST /auth`).
     *
     * The key is in this reply and nowhere else. A lost reply is never repeated: it ends in
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
    ): CreatedKey {
        val days = expiresInDays?.toLong()
        val request = Request.CreateKey(email, password.reveal(), name, scope.value, days)
        return session.call("keys.create", request, options) { (it as Output.CreatedKey).v1.read() }
    }

    /** Lists the API keys (`GET /auth`), each without the key itself. */
    public suspend fun list(options: CallOptions = CallOptions()): List<ApiKeyInfo> =
        session.call("keys.list", Request.ListKeys, options) { output ->
            (output as Output.ApiKeys).v1.map { it.read() }
        }

    /** Revokes a key for good (`DELETE /auth`). A key can't revoke itself. */
    public suspend fun revoke(
        keyId: String,
        options: CallOptions = CallOptions(),
    ): RevokedKey =
        session.call("keys.revoke", Request.RevokeKey(keyId), options) {
            (it as Output.RevokedKey).v1.read()
        }
}

/** The account: [StableVps.account]. */
public class AccountResource internal constructor(
    private val session: Session,
) {
    /** The account's profile with its balance and VPS counts (`GET /account`). */
    public suspend fun get(options: CallOptions = CallOptions()): Account =
        session.call("account.get", Request.GetAccount, options) { (it as Output.Account).v1.read() }
}

/** The wallet: [StableVps.wallet]. */
public class WalletResource internal constructor(
    private val session: Session,
) {
    /** What the wallet holds (`GET /wallet`). */
    public suspend fun get(options: CallOptions = CallOptions()): Wallet =
        session.call("wallet.get", Request.GetWallet, options) { (it as Output.Wallet).v1.read() }
}
