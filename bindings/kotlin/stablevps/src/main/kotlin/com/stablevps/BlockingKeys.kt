package com.stablevps

import java.util.concurrent.CompletableFuture

/** API keys, blocking: [StableVpsBlocking.keys]. */
public class BlockingKeys internal constructor(
    private val keys: Keys,
    private val caller: Caller,
) {
    /** [Keys.create] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun create(
        email: String,
        password: Secret,
        name: String,
        scope: Scope = Scope.FULL,
        expiresInDays: Int? = null,
        options: CallOptions = CallOptions(),
    ): CreatedKey = caller.wait { keys.create(email, password, name, scope, expiresInDays, options) }

    /** [Keys.create] */
    @JvmOverloads
    public fun createAsync(
        email: String,
        password: Secret,
        name: String,
        scope: Scope = Scope.FULL,
        expiresInDays: Int? = null,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<CreatedKey> =
        caller.begin { keys.create(email, password, name, scope, expiresInDays, options) }

    /** [Keys.list] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun list(options: CallOptions = CallOptions()): List<ApiKeyInfo> =
        caller.wait { keys.list(options) }

    /** [Keys.list] */
    @JvmOverloads
    public fun listAsync(options: CallOptions = CallOptions()): CompletableFuture<List<ApiKeyInfo>> =
        caller.begin { keys.list(options) }

    /** [Keys.revoke] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun revoke(
        keyId: String,
        options: CallOptions = CallOptions(),
    ): RevokedKey = caller.wait { keys.revoke(keyId, options) }

    /** [Keys.revoke] */
    @JvmOverloads
    public fun revokeAsync(
        keyId: String,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<RevokedKey> = caller.begin { keys.revoke(keyId, options) }
}
