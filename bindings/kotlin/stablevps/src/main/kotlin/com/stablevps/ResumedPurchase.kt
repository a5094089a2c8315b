package com.stablevps

/** A recorded purchase that was taken up. It has either a [result] or an [error]. */
public class ResumedPurchase internal constructor(
    /** The purchase, as it was found. */
    public val record: PurchaseRecord,
    /** What was bought. */
    public val result: Provisioned?,
    /** How it ended otherwise. */
    public val error: StableVpsException?,
) {
    override fun toString(): String = "ResumedPurchase(${record.id}, ${result?.vps?.id ?: error?.code})"
}
