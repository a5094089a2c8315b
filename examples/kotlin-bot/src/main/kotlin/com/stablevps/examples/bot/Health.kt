package com.stablevps.examples.bot

import com.stablevps.BillingStatus
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.Vps
import com.stablevps.VpsStatus

/** Checks the health of a fleet, and reports problems. It deletes nothing. */
internal class Health(
    private val client: StableVps,
    private val ledger: Ledger,
    private val report: Report,
) {
    /** @throws StableVpsException when waiting does not help. */
    suspend fun look(fleet: List<Wanted>): Verdict {
        val listed =
            try {
                client.vps.list().associateBy { it.id }
            } catch (passing: StableVpsException) {
                if (Verdict.of(passing) != Verdict.LATER) {
                    throw passing
                }
                report.problem(ACCOUNT, "can't be listed: ${passing.message}")
                return Verdict.LATER
            }
        report.well(ACCOUNT)
        val wanted = fleet.associateBy { it.name }
        val verdicts =
            ledger.members().map { (name, member) ->
                val vps = (member as? Member.Bought)?.let { listed[it.vpsId] }
                val problem = trouble(member, vps, wanted[name])
                when {
                    problem != null -> report.problem(name, problem)
                    vps != null && vps.vpsStatus == VpsStatus.ACTIVE -> report.well(name)
                }
                if (problem == null) Verdict.FINE else Verdict.PERSON
            }
        return Verdict.worst(verdicts)
    }

    private companion object {
        const val ACCOUNT = "account"
    }
}

/** What is wrong with a VPS of the fleet; `null` when all is well. */
internal fun trouble(
    member: Member,
    vps: Vps?,
    wanted: Wanted?,
): String? =
    when {
        member is Member.Parked -> {
            "waits for a decision: ${member.problem}"
        }

        member !is Member.Bought -> {
            null
        }

        vps == null -> {
            "gone: ${member.vpsId} is not in the account"
        }

        vps.vpsStatus == VpsStatus.SUSPENDED || vps.vpsStatus == VpsStatus.TERMINATED -> {
            "${vps.vpsStatus}"
        }

        vps.status == BillingStatus.PAST_DUE -> {
            "past due"
        }

        vps.status == BillingStatus.CANCELED -> {
            "canceled, ends ${vps.currentPeriodEnd ?: "soon"}"
        }

        wanted != null && wanted.terms != member.terms -> {
            "is ${member.terms}, and the fleet's file says ${wanted.terms}"
        }

        else -> {
            null
        }
    }
