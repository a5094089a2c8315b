@file:JvmName("Catalogue")

package com.stablevps

import com.stablevps.internal.ffi.planRecords
import java.math.BigDecimal
import com.stablevps.internal.ffi.price as corePrice

/**
 * Every plan, the smallest first, as the documentation of the API lists it. The first look at it loads the
 * core, in whatever thread.
 */
@JvmField
public val PLANS: List<Plan> = planRecords().map { it.read() }

/** The price of one period in EUR; `null` for what this version does not know. */
public fun price(
    planId: PlanId,
    billingCycle: BillingCycle,
): BigDecimal? = corePrice(planId.value, billingCycle.value)?.let(::BigDecimal)
