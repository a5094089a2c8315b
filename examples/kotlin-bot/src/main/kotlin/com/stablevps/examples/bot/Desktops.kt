package com.stablevps.examples.bot

import com.stablevps.RebootPolicy
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.WatchEvent
import com.stablevps.WatchOptions
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.takeWhile
import kotlin.time.Duration

/** Watches the desktops of a fleet: reports those that hang, and reboots them where that is asked for. */
internal class Desktops(
    private val client: StableVps,
    private val fleet: List<Wanted>,
    private val report: Report,
    private val rebootStuck: Boolean,
) {
    /** The names, by the ids of their VPS. */
    private var owners = emptyMap<String, String>()

    /**
     * Watches without an end.
     *
     * @throws StableVpsException when waiting does not help.
     */
    suspend fun watch(interval: Duration) {
        val policy = if (rebootStuck) RebootPolicy.WHEN_SILENT else RebootPolicy.NEVER
        while (true) {
            val options = WatchOptions(interval = interval, reboot = policy, exclude = others())
            // A VPS that is new may be another's: then it is left alone.
            client.vps
                .watch(options)
                .takeWhile { it !is WatchEvent.Added }
                .collect(::tell)
        }
    }

    /** What is in the account, and not in the fleet. A watch waits until it can be listed. */
    private suspend fun others(): List<String> {
        val events = client.vps.watch(WatchOptions(probing = false))
        val started = events.first { it is WatchEvent.Started } as WatchEvent.Started
        owners = Members.of(client, fleet).owners
        return started.vps.map { it.id } - owners.keys
    }

    private fun tell(event: WatchEvent) {
        val name = (event as? WatchEvent.OfVps)?.let { owners[it.vps.id] } ?: return
        val desktop = "$name's desktop"
        when (event) {
            is WatchEvent.Unreachable -> {
                report.problem(desktop, "does not answer")
            }

            is WatchEvent.RebootSent -> {
                report.problem(desktop, "does not answer, rebooting it")
            }

            is WatchEvent.RebootUnknown -> {
                report.problem(desktop, "${event.error.message}; not repeated")
            }

            is WatchEvent.RebootRefused -> {
                report.problem(
                    desktop,
                    "can't be rebooted: ${event.error.message}",
                )
            }

            is WatchEvent.StillSilent -> {
                report.problem(desktop, "still does not answer after its reboot")
            }

            is WatchEvent.Reachable -> {
                report.well(desktop)
            }

            is WatchEvent.PeriodEnding -> {
                report.say(name, renewal(event))
            }

            else -> {
                Unit
            }
        }
    }

    private fun renewal(event: WatchEvent.PeriodEnding): String {
        val short = event.missing?.let { ", the wallet lacks $it ${event.currency}" }.orEmpty()
        return "its period ends at ${event.endsAt}$short"
    }
}
