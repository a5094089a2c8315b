package com.stablevps.examples.bot

import com.stablevps.BillingStatus
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.Vps
import com.stablevps.VpsStatus

/** Checks the health of a fleet, and reports problems. It deletes nothing. */
internal class Health(
    private val client: StableVps,
    private val report: Report,
) {
    /** @throws StableVpsException when waiting does not help. */
    suspend fun look(fleet: List<Wanted>): Verdict {
        val (members, listed) =
            try {
                Members.of(client, fleet) to client.vps.list().associateBy { it.id }
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
            members.all.map { (name, member) ->
                val vps = listed[member.vpsId]
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
        member.isUnresolved -> {
            "waits for a decision: its order may have been carried out"
        }

        member.vpsId == null -> {
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

        wanted != null && wanted.terms != vps.terms -> {
            "is ${vps.terms}, and the fleet's file says ${wanted.terms}"
        }

        !member.purchase?.otherVpsIds.isNullOrEmpty() -> {
            "was bought more than once: ${member.purchase?.otherVpsIds?.joinToString()}"
        }

        else -> {
            null
        }
    }
