// The resources for callers that block. Written by `cargo xtask generate` from the resources that suspend.

package com.stablevps

import java.util.concurrent.CompletableFuture
import java.util.function.Consumer

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

/** The account, blocking: [StableVpsBlocking.account]. */
public class BlockingAccount internal constructor(
    private val account: AccountResource,
    private val caller: Caller,
) {
    /** [AccountResource.get] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun get(options: CallOptions = CallOptions()): Account = caller.wait { account.get(options) }

    /** [AccountResource.get] */
    @JvmOverloads
    public fun getAsync(options: CallOptions = CallOptions()): CompletableFuture<Account> =
        caller.begin { account.get(options) }
}

/** The wallet, blocking: [StableVpsBlocking.wallet]. */
public class BlockingWallet internal constructor(
    private val wallet: WalletResource,
    private val caller: Caller,
) {
    /** [WalletResource.get] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun get(options: CallOptions = CallOptions()): Wallet = caller.wait { wallet.get(options) }

    /** [WalletResource.get] */
    @JvmOverloads
    public fun getAsync(options: CallOptions = CallOptions()): CompletableFuture<Wallet> =
        caller.begin { wallet.get(options) }
}

/** VPS, blocking: [StableVpsBlocking.vps]. */
public class BlockingVps internal constructor(
    private val vps: VpsResource,
    private val caller: Caller,
) {
    /** [VpsResource.list] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun list(options: CallOptions = CallOptions()): List<Vps> = caller.wait { vps.list(options) }

    /** [VpsResource.list] */
    @JvmOverloads
    public fun listAsync(options: CallOptions = CallOptions()): CompletableFuture<List<Vps>> =
        caller.begin { vps.list(options) }

    /** [VpsResource.get] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun get(
        id: String,
        options: CallOptions = CallOptions(),
    ): VpsDetails = caller.wait { vps.get(id, options) }

    /** [VpsResource.get] */
    @JvmOverloads
    public fun getAsync(
        id: String,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<VpsDetails> = caller.begin { vps.get(id, options) }

    /** [VpsResource.create] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun create(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: CallOptions = CallOptions(),
    ): Order = caller.wait { vps.create(planId, billingCycle, location, options) }

    /** [VpsResource.create] */
    @JvmOverloads
    public fun createAsync(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<Order> = caller.begin { vps.create(planId, billingCycle, location, options) }

    /** [VpsResource.delete] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun delete(
        id: String,
        options: CallOptions = CallOptions(),
    ): DeletedVps = caller.wait { vps.delete(id, options) }

    /** [VpsResource.delete] */
    @JvmOverloads
    public fun deleteAsync(
        id: String,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<DeletedVps> = caller.begin { vps.delete(id, options) }

    /** [VpsResource.start] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun start(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = caller.wait { vps.start(id, options) }

    /** [VpsResource.start] */
    @JvmOverloads
    public fun startAsync(
        id: String,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<ActionReceipt> = caller.begin { vps.start(id, options) }

    /** [VpsResource.stop] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun stop(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = caller.wait { vps.stop(id, options) }

    /** [VpsResource.stop] */
    @JvmOverloads
    public fun stopAsync(
        id: String,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<ActionReceipt> = caller.begin { vps.stop(id, options) }

    /** [VpsResource.reboot] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun reboot(
        id: String,
        options: CallOptions = CallOptions(),
    ): ActionReceipt = caller.wait { vps.reboot(id, options) }

    /** [VpsResource.reboot] */
    @JvmOverloads
    public fun rebootAsync(
        id: String,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<ActionReceipt> = caller.begin { vps.reboot(id, options) }

    /** [VpsResource.provision] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun provision(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: ProvisionOptions = ProvisionOptions(),
        onProgress: Consumer<Progress>? = null,
    ): Provisioned =
        caller.wait { vps.provision(planId, billingCycle, location, options, onProgress.suspending()) }

    /** [VpsResource.provision] */
    @JvmOverloads
    public fun provisionAsync(
        planId: PlanId,
        billingCycle: BillingCycle,
        location: Location,
        options: ProvisionOptions = ProvisionOptions(),
        onProgress: Consumer<Progress>? = null,
    ): CompletableFuture<Provisioned> =
        caller.begin { vps.provision(planId, billingCycle, location, options, onProgress.suspending()) }

    /** [VpsResource.provisionMany] */
    @JvmOverloads
    public fun provisionMany(
        orders: Iterable<PurchaseOrder>,
        options: BatchOptions = BatchOptions(),
        onProgress: Consumer<BatchProgress>? = null,
    ): BlockingBatch = BlockingBatch(vps.provisionMany(orders, options, onProgress.suspending()))

    /** [VpsResource.resume] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun resume(
        token: String,
        options: ResumeOptions = ResumeOptions(),
        onProgress: Consumer<Progress>? = null,
    ): Provisioned = caller.wait { vps.resume(token, options, onProgress.suspending()) }

    /** [VpsResource.resume] */
    @JvmOverloads
    public fun resumeAsync(
        token: String,
        options: ResumeOptions = ResumeOptions(),
        onProgress: Consumer<Progress>? = null,
    ): CompletableFuture<Provisioned> = caller.begin { vps.resume(token, options, onProgress.suspending()) }

    /** [VpsResource.waitUntilReady] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun waitUntilReady(
        id: String,
        options: WaitOptions = WaitOptions(),
        onProgress: Consumer<Progress>? = null,
    ): Provisioned = caller.wait { vps.waitUntilReady(id, options, onProgress.suspending()) }

    /** [VpsResource.waitUntilReady] */
    @JvmOverloads
    public fun waitUntilReadyAsync(
        id: String,
        options: WaitOptions = WaitOptions(),
        onProgress: Consumer<Progress>? = null,
    ): CompletableFuture<Provisioned> =
        caller.begin { vps.waitUntilReady(id, options, onProgress.suspending()) }

    /** [VpsResource.watch] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun watch(options: WatchOptions = WatchOptions()): BlockingWatch =
        BlockingWatch(caller.wait { vps.beginWatch(options) })
}

/** The purchases that the client's store has recorded, blocking: [StableVpsBlocking.purchases]. */
public class BlockingPurchases internal constructor(
    private val purchases: PurchasesResource,
    private val caller: Caller,
) {
    /** [PurchasesResource.list] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun list(
        openOnly: Boolean = false,
        options: CallOptions = CallOptions(),
    ): List<PurchaseRecord> = caller.wait { purchases.list(openOnly, options) }

    /** [PurchasesResource.list] */
    @JvmOverloads
    public fun listAsync(
        openOnly: Boolean = false,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<List<PurchaseRecord>> = caller.begin { purchases.list(openOnly, options) }

    /** [PurchasesResource.get] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun get(
        idempotencyKey: String,
        options: CallOptions = CallOptions(),
    ): PurchaseRecord? = caller.wait { purchases.get(idempotencyKey, options) }

    /** [PurchasesResource.get] */
    @JvmOverloads
    public fun getAsync(
        idempotencyKey: String,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<PurchaseRecord?> = caller.begin { purchases.get(idempotencyKey, options) }

    /** [PurchasesResource.resume] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun resume(
        idempotencyKey: String,
        options: RecordedOptions = RecordedOptions(),
        onProgress: Consumer<Progress>? = null,
    ): Provisioned = caller.wait { purchases.resume(idempotencyKey, options, onProgress.suspending()) }

    /** [PurchasesResource.resume] */
    @JvmOverloads
    public fun resumeAsync(
        idempotencyKey: String,
        options: RecordedOptions = RecordedOptions(),
        onProgress: Consumer<Progress>? = null,
    ): CompletableFuture<Provisioned> =
        caller.begin { purchases.resume(idempotencyKey, options, onProgress.suspending()) }

    /** [PurchasesResource.resumeAll] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun resumeAll(options: RecordedOptions = RecordedOptions()): List<ResumedPurchase> =
        caller.wait { purchases.resumeAll(options) }

    /** [PurchasesResource.resumeAll] */
    @JvmOverloads
    public fun resumeAllAsync(
        options: RecordedOptions = RecordedOptions(),
    ): CompletableFuture<List<ResumedPurchase>> = caller.begin { purchases.resumeAll(options) }

    /** [PurchasesResource.forget] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun forget(
        idempotencyKey: String,
        options: CallOptions = CallOptions(),
    ): Unit = caller.wait { purchases.forget(idempotencyKey, options) }

    /** [PurchasesResource.forget] */
    @JvmOverloads
    public fun forgetAsync(
        idempotencyKey: String,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<Unit> = caller.begin { purchases.forget(idempotencyKey, options) }
}

private fun <T : Any> Consumer<T>?.suspending(): (suspend (T) -> Unit)? =
    this?.let { { progress -> Callers.blocking { it.accept(progress) } } }
