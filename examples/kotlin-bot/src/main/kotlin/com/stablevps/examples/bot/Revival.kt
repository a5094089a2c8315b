package com.stablevps.examples.bot

import com.stablevps.OutcomeUnknownException
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.Vps
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope

/** Whether a VPS answers at its address. */
internal fun interface Knock {
    suspend fun isAnswered(address: String): Boolean
}

/** Reboots a VPS that is active but does not answer twice in a row: once, until it has answered again. */
internal class Revival(
    private val client: StableVps,
    private val report: Report,
    private val knock: Knock,
) {
    private val silentLooks = HashMap<String, Int>()

    /** @throws StableVpsException when waiting does not help. */
    suspend fun look(running: Map<String, Vps>): Verdict {
        val answered =
            coroutineScope {
                running
                    .map { (name, vps) ->
                        async { name to answers(vps) }
                    }.awaitAll()
            }
        val verdicts =
            answered.map { (name, isAnswered) ->
                if (isAnswered) {
                    silentLooks.remove(name)
                    report.well(name)
                    Verdict.FINE
                } else {
                    silent(name, running.getValue(name))
                    Verdict.PERSON
                }
            }
        return Verdict.worst(verdicts)
    }

    private suspend fun answers(vps: Vps): Boolean = vps.ipAddress?.let { knock.isAnswered(it) } ?: true

    private suspend fun silent(
        name: String,
        vps: Vps,
    ) {
        val looks = (silentLooks[name] ?: 0) + 1
        when {
            looks < LOOKS -> report.problem(name, "active, and does not answer")
            looks == LOOKS -> reboot(name, vps)
            else -> report.problem(name, "still does not answer after its reboot")
        }
        silentLooks[name] = looks
    }

    private suspend fun reboot(
        name: String,
        vps: Vps,
    ) {
        report.problem(name, "silent again, rebooting it")
        try {
            client.vps.reboot(vps.id)
        } catch (unknown: OutcomeUnknownException) {
            report.say(name, "${unknown.message}; not repeated")
        }
    }

    private companion object {
        const val LOOKS = 2
    }
}
