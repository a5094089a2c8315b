package com.stablevps.examples.bot

import com.stablevps.PurchaseRecord
import com.stablevps.PurchaseState
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.price
import java.math.BigDecimal

/** What a name has: a VPS, or an order that may have bought one. */
internal class Member(
    /** Its VPS, once that is known. */
    val vpsId: String?,
    /** Its purchase; none where the fleet's file names a VPS that was not bought for it. */
    val purchase: PurchaseRecord?,
) {
    /** Whether somebody has to find out whether it was bought. */
    val isUnresolved: Boolean get() = vpsId == null && purchase?.state == PurchaseState.UNRESOLVED

    /** Whether its purchase goes on. */
    val isOpen: Boolean
        get() = purchase != null && purchase.state !in ENDED

    private companion object {
        val ENDED = setOf(PurchaseState.READY, PurchaseState.FAILED, PurchaseState.UNRESOLVED)
    }
}

/**
 * Which VPS belongs to which name. The client's store has recorded it, but for the VPS that a person assigned: those
 * are in the fleet's file. Nothing is kept beside the two.
 *
 * The first VPS of `gold` is bought under the idempotency key `gold#1`. A key is used once: one that was forgotten
 * stays in the store, so the store says by itself that the next one is `gold#2`.
 */
internal class Members(
    fleet: List<Wanted>,
    records: List<PurchaseRecord>,
) {
    /** The last purchase of each name; the store lists the oldest first. */
    private val purchases: Map<String, PurchaseRecord> =
        records.mapNotNull { record -> nameOf(record)?.let { it to record } }.toMap()

    private val assigned: Map<String, String> =
        fleet.mapNotNull { wanted -> wanted.vpsId?.let { wanted.name to it } }.toMap()

    /** Everybody who has something. */
    val all: Map<String, Member> =
        (assigned.keys + purchases.keys)
            .associateWith { name ->
                val purchase = purchases[name]?.takeIf(::mayBeBought)
                Member(assigned[name] ?: purchase?.vpsId, purchase)
            }.filterValues { it.vpsId != null || it.purchase != null }

    /** Whose a VPS is, by its id. */
    val owners: Map<String, String> =
        all.entries.mapNotNull { (name, member) -> member.vpsId?.let { it to name } }.toMap()

    /** What all of it costs by the catalogue, in EUR, including what may have been bought. */
    val committed: BigDecimal = all.values.sumOf { it.purchase?.let(::priceOf) ?: BigDecimal.ZERO }

    init {
        for ((name, vpsId) in assigned) {
            val buyer = purchases.entries.find { (other, it) -> other != name && it.vpsId == vpsId }?.key
            if (buyer != null && all[buyer]?.vpsId == vpsId) {
                throw UserError("the VPS $vpsId of $name belongs to $buyer")
            }
        }
    }

    operator fun get(name: String): Member? = all[name]

    /** The last purchase of a name, even one that bought nothing; none where it was forgotten. */
    fun lastPurchase(name: String): PurchaseRecord? =
        purchases[name]?.takeIf { it.state != PurchaseState.FORGOTTEN }

    /** The key for the next purchase of a name. */
    fun nextKey(name: String): String {
        val last = purchases[name]?.idempotencyKey?.substringAfterLast(SEPARATOR)?.toInt() ?: 0
        return "$name$SEPARATOR${last + 1}"
    }

    companion object {
        private const val SEPARATOR = '#'
        private val KEY = Regex("(.+)$SEPARATOR([0-9]{1,9})")

        /** @throws StableVpsException when the account or the store can't be read. */
        suspend fun of(
            client: StableVps,
            fleet: List<Wanted>,
        ): Members = Members(fleet, client.purchases.list())

        private fun nameOf(record: PurchaseRecord): String? =
            record.idempotencyKey?.let { KEY.matchEntire(it)?.groupValues?.get(1) }

        private fun mayBeBought(record: PurchaseRecord): Boolean =
            when (record.state) {
                PurchaseState.ORDERED,
                PurchaseState.BOUGHT,
                PurchaseState.READY,
                PurchaseState.FAILED,
                PurchaseState.UNRESOLVED,
                -> true

                // A receipt can arrive late.
                PurchaseState.OPEN, PurchaseState.NOT_ORDERED -> record.vpsId != null

                PurchaseState.FORGOTTEN -> false
            }

        private fun priceOf(record: PurchaseRecord): BigDecimal =
            price(record.planId, record.billingCycle) ?: BigDecimal.ZERO
    }
}
