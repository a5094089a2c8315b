package com.stablevps.examples.bot

import com.stablevps.StableVps
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope

/** Buys what a fleet lacks. */
internal class Keeper(
    private val client: StableVps,
    private val ledger: Ledger,
    private val report: Report,
    private val settings: PurchaseSettings,
) {
    /**
     * Continues open purchases, and buys what is missing. It waits for all VPS at the same time, but
     * orders nothing new before the outcome of every open order is known.
     */
    suspend fun complete(fleet: List<Wanted>): Verdict =
        coroutineScope {
            val open = openPurchases()
            val resumed = open.map { async { it.name to it.run() } }
            open.forEach { it.settled() }
            val begun = missing(fleet).map { async { it.name to it.run() } }
            // The last verdict on a name counts: an order that was not placed is made anew.
            val verdicts = (resumed + begun).awaitAll().toMap()
            Verdict.worst(verdicts.values)
        }

    private fun openPurchases(): List<Purchase> =
        ledger.members().mapNotNull { (name, member) ->
            val isOpen = member is Member.Ordering || (member is Member.Bought && member.token != null)
            if (isOpen) purchase(Wanted(name, member.terms, member.cost)) else null
        }

    private fun missing(fleet: List<Wanted>): List<Purchase> =
        fleet.filter { ledger[it.name] == null }.filter(::mayOrder).map(::purchase)

    private fun mayOrder(wanted: Wanted): Boolean {
        val open = ledger.openOrder()
        if (open != null) {
            report.problem(wanted.name, "waits for the order of $open, which is still open")
        }
        return open == null
    }

    private fun purchase(wanted: Wanted) = Purchase(client, ledger, report, settings, wanted)
}
