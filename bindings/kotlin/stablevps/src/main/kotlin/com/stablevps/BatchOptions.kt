package com.stablevps

import java.math.BigDecimal

/** How orders are bought together: [VpsResource.provisionMany]. What is absent has its default. */
public class BatchOptions(
    /**
     * The most to spend on all of them, in EUR; no limit by default. An order that does not fit into what is left ends in
     * [OverBudgetException] before it is sent, and the others go on.
     */
    public val maxSpend: BigDecimal? = null,
    /** How many are under way at once, from 1 to 10,000: 100 by default. */
    public val atOnce: Int? = null,
) {
    /** Every default. */
    public constructor() : this(maxSpend = null)

    /** The same with another limit for all of them. */
    public fun withMaxSpend(maxSpend: BigDecimal?): BatchOptions = BatchOptions(maxSpend, atOnce)

    /** The same with another number under way at once. */
    public fun withAtOnce(atOnce: Int): BatchOptions = BatchOptions(maxSpend, atOnce)
}

/** One VPS to buy, among [several][VpsResource.provisionMany]. */
public class PurchaseOrder
    @JvmOverloads
    constructor(
        /** The plan. */
        public val planId: PlanId,
        /** How long a paid period is. */
        public val billingCycle: BillingCycle,
        /** Where it is. */
        public val location: Location,
        /** How it is bought, its [idempotency key][ProvisionOptions.idempotencyKey] included. */
        public val options: ProvisionOptions = ProvisionOptions(),
    ) {
        override fun toString(): String = "PurchaseOrder($planId, $billingCycle, $location)"
    }

/** How one order of [several][VpsResource.provisionMany] ended. It has either a [result] or an [error]. */
public class BatchResult internal constructor(
    /** Which of the orders it was, from 0. */
    public val index: Int,
    /** The order. */
    public val order: PurchaseOrder,
    /** What was bought. */
    public val result: Provisioned?,
    /** How it ended otherwise. */
    public val error: StableVpsException?,
) {
    override fun toString(): String = "BatchResult($index, ${result?.vps?.id ?: error?.code})"
}

/** A purchase that has not ended: [VpsResource.resume] continues it from its token. */
public class OpenPurchase internal constructor(
    /** Which of the orders it is, from 0. */
    public val index: Int,
    /** The order. */
    public val order: PurchaseOrder,
    /** From where it can be taken up again. */
    public val token: String,
) {
    override fun toString(): String = "OpenPurchase($index)"
}
