@file:JvmName("Catalogue")

package com.stablevps

import java.math.BigDecimal
import com.stablevps.internal.ffi.plans as corePlans
import com.stablevps.internal.ffi.price as corePrice

/**
 * Every plan, the smallest first, as the documentation of the API lists it. Reading it for the first time
 * loads the core, in the thread that reads.
 */
@JvmField
public val PLANS: List<Plan> = corePlans().map { it.read() }

/** The price of one period in EUR; `null` for what this version does not know. */
public fun price(
    planId: PlanId,
    billingCycle: BillingCycle,
): BigDecimal? = corePrice(planId.value, billingCycle.value)?.let(::BigDecimal)
