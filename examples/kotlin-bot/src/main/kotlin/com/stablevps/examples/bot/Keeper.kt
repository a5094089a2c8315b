package com.stablevps.examples.bot

import com.stablevps.NotPlacedException
import com.stablevps.ProvisionOptions
import com.stablevps.Provisioned
import com.stablevps.RecordedOptions
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.UnresolvedException
import com.stablevps.WhenHeld
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import java.math.BigDecimal

/** How purchases are made. */
internal class PurchaseSettings(
    /** The most that the fleet may cost in all, in EUR. */
    val budget: BigDecimal? = null,
    /** How purchases wait. */
    val waiting: ProvisionOptions = ProvisionOptions(),
)

/** Buys what a fleet lacks. The client's store sees to it that each is bought once. */
internal class Keeper(
    private val client: StableVps,
    private val report: Report,
    private val settings: PurchaseSettings,
) {
    /**
     * Asks once more for what is open, buys what is missing, and waits for all VPS at the same time. What the fleet does
     * not want any more is waited for where it was ordered, and else left alone.
     */
    suspend fun complete(fleet: List<Wanted>): Verdict {
        val members =
            try {
                Members.of(client, fleet)
            } catch (failure: StableVpsException) {
                return failed("purchases", failure)
            }
        report.well("purchases")
        return coroutineScope {
            val open = members.all.filterValues { it.isOpen || it.isUnresolved }
            val again = fleet.filter { open[it.name]?.purchase?.terms == it.terms }
            val missing = fleet.filter { members[it.name] == null }
            val affordable = affordable(missing, members.committed)
            val bought = (again + affordable).map { async { buy(it, members) } }
            val others = open - again.map { it.name }.toSet()
            val resumed = others.map { (name, member) -> async { resume(name, member) } }
            val verdicts = (bought + resumed).awaitAll()
            Verdict.worst(if (affordable.size < missing.size) verdicts + Verdict.PERSON else verdicts)
        }
    }

    /** Those that the budget has room for, in the order of the fleet's file. */
    private fun affordable(
        missing: List<Wanted>,
        committed: BigDecimal,
    ): List<Wanted> {
        val budget = settings.budget ?: return missing
        var sum = committed
        return missing.filter { wanted ->
            val fits = sum + wanted.price <= budget
            if (fits) {
                sum += wanted.price
            } else {
                val reason = "${wanted.price} EUR more than $sum would be above the budget of $budget EUR"
                report.problem(wanted.name, reason)
            }
            fits
        }
    }

    /** Unlike the same call with its key, this never begins another order. */
    private suspend fun resume(
        name: String,
        member: Member,
    ): Verdict {
        val purchase = checkNotNull(member.purchase)
        val options = RecordedOptions(settings.waiting.timeout, WhenHeld.WAIT)
        val key = checkNotNull(purchase.idempotencyKey)
        return run(name) {
            client.purchases.resume(key, options) { report.progress(name, purchase.terms, it) }
        }
    }

    private suspend fun buy(
        wanted: Wanted,
        members: Members,
    ): Verdict =
        run(wanted.name) {
            val key = key(wanted, members)
            val options = settings.waiting.withIdempotencyKey(key).withWhenHeld(WhenHeld.WAIT)
            // A budget counts by the catalogue.
            val limited = if (settings.budget == null) options else options.withMaxSpend(wanted.price)
            val (plan, cycle, location) = wanted.terms
            val provision: suspend () -> Provisioned = {
                client.vps.provision(plan, cycle, location, limited) {
                    report.progress(wanted.name, wanted.terms, it)
                }
            }
            try {
                provision()
            } catch (lost: NotPlacedException) {
                // The order of an earlier run was not placed: this run has not ordered yet.
                if (members[wanted.name] == null) throw lost
                provision()
            }
        }

    /** A purchase that ordered nothing is asked for again; on other terms it is another one, with the next key. */
    private suspend fun key(
        wanted: Wanted,
        members: Members,
    ): String {
        val last = members.lastPurchase(wanted.name) ?: return members.nextKey(wanted.name)
        val key = checkNotNull(last.idempotencyKey)
        if (last.terms == wanted.terms) {
            return key
        }
        client.purchases.forget(key)
        return members.nextKey(wanted.name)
    }

    private suspend fun run(
        name: String,
        purchase: suspend () -> Provisioned,
    ): Verdict =
        try {
            report.ready(name, purchase())
            Verdict.FINE
        } catch (error: StableVpsException) {
            failed(name, error)
        }

    private fun failed(
        about: String,
        error: StableVpsException,
    ): Verdict {
        val candidates = (error as? UnresolvedException)?.candidates.orEmpty()
        val ids = candidates.joinToString(prefix = "; it may be ") { it.id }
        report.problem(about, error.message + if (candidates.isEmpty()) "" else ids)
        return Verdict.of(error)
    }
}
