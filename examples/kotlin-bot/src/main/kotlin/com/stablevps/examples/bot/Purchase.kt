package com.stablevps.examples.bot

import com.stablevps.BadRequestException
import com.stablevps.InsufficientFundsException
import com.stablevps.NotFoundException
import com.stablevps.NotPlacedException
import com.stablevps.OverBudgetException
import com.stablevps.Phase
import com.stablevps.Progress
import com.stablevps.ProvisionOptions
import com.stablevps.Provisioned
import com.stablevps.ProvisioningFailedException
import com.stablevps.ResumeOptions
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.UnresolvedException
import kotlinx.coroutines.CompletableDeferred
import java.math.BigDecimal

/** How purchases are made. */
internal class PurchaseSettings(
    /** The most that the fleet may cost in all, in EUR. */
    val budget: BigDecimal? = null,
    /** Whether to continue purchases that began with another key of the account. */
    val keyReplaced: Boolean = false,
    /** How purchases wait. */
    val waiting: ProvisionOptions = ProvisionOptions(),
)

/** The purchase of one VPS: a new one, or one that continues from its token. */
internal class Purchase(
    private val client: StableVps,
    private val ledger: Ledger,
    private val report: Report,
    private val settings: PurchaseSettings,
    private val wanted: Wanted,
) {
    val name: String = wanted.name
    private val settling = CompletableDeferred<Unit>()

    /** Waits until the outcome of the order is known, or until it is clear that it can't be known now. */
    suspend fun settled() = settling.await()

    suspend fun run(): Verdict =
        try {
            val bought = provisioned()
            ledger.bought(name, bought.vps.id, bought.charged, token = null)
            report.ready(name, bought)
            Verdict.FINE
        } catch (declined: Declined) {
            ledger.park(name, declined.message)
            report.problem(name, declined.message)
            declined.verdict
        } catch (error: StableVpsException) {
            note(error)
            report.problem(name, described(error))
            Verdict.of(error)
        } finally {
            settling.complete(Unit)
        }

    private suspend fun provisioned(): Provisioned {
        val token =
            when (val member = ledger[name]) {
                null -> null
                is Member.Ordering -> member.token
                is Member.Bought -> member.token
                is Member.Parked -> throw Declined(member.problem)
            }
        if (token != null) {
            val options = ResumeOptions(settings.waiting.timeout, settings.keyReplaced)
            return client.vps.resume(token, options, ::note)
        }
        ledger.checkRoom(wanted, settings.budget)
        val (plan, cycle, location) = wanted.terms
        return client.vps.provision(plan, cycle, location, settings.waiting, ::note)
    }

    /** The next step waits for this: the token is on the disk before the order is sent. */
    private fun note(progress: Progress) {
        report.progress(wanted, progress)
        when (progress.phase) {
            Phase.PREFLIGHT, Phase.BASELINE, Phase.ENDED -> {
                return
            }

            Phase.ORDERING, Phase.RECONCILING -> {
                ledger.ordering(wanted, checkNotNull(progress.token), settings.budget)
            }

            Phase.POLLING -> {
                ledger.bought(name, checkNotNull(progress.vpsId), progress.charged, progress.token)
                settling.complete(Unit)
            }
        }
    }

    /** Records what an error says about the order. After any other error, the token stays. */
    private fun note(error: StableVpsException) {
        when (error) {
            is NotPlacedException,
            is InsufficientFundsException,
            is OverBudgetException,
            is BadRequestException,
            -> ledger.notBought(name)

            is UnresolvedException -> ledger.park(name, described(error))

            is ProvisioningFailedException, is NotFoundException -> ledger.stopWaiting(name)

            else -> Unit
        }
    }

    private fun described(error: StableVpsException): String {
        val candidates = (error as? UnresolvedException)?.candidates.orEmpty()
        val ids = candidates.joinToString(prefix = "; it may be ") { it.id }
        return error.message + if (candidates.isEmpty()) "" else ids
    }
}
