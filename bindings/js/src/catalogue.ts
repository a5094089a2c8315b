/** Prices. */

import { type BillingCycle, PLANS, type PlanId } from "./models.js";
import type { Money } from "./money.js";
import type { Spelled } from "./spelled.js";

/**
 * The price of one period in EUR; `null` for what this version does not know.
 *
 * ```ts
 * price("prime", "monthly"); // "19.49"
 * ```
 */
export function price<Plan extends PlanId, Cycle extends BillingCycle>(
  planId: Spelled<PlanId, Plan>,
  billingCycle: Spelled<BillingCycle, Cycle>,
): Money | null {
  const plan = PLANS.find((plan) => plan.id === planId);
  switch (billingCycle) {
    case "monthly":
      return plan?.monthly ?? null;
    case "yearly":
      return plan?.yearly ?? null;
    default:
      return null;
  }
}
