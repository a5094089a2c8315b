package com.stablevps

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import com.stablevps.internal.ffi.Progress as CoreProgress

/** Tells a client's listener the phases of one purchase, each once. */
internal class Phases(
    private val host: Host,
    private val label: String,
) {
    private var latest: Phase? = null
    private var vpsId: String? = null

    /** When the purchase began, by this host's clock. */
    private var begun = 0L

    fun note(progress: CoreProgress) {
        val phase = Phase.entries[progress.phase.ordinal]
        if (phase == latest) return
        if (latest == null) begun = host.clock.monotonic() - progress.elapsedMs.toLong()
        latest = phase
        vpsId = progress.vpsId ?: vpsId
        tell(phase, progress.elapsedMs.toLong().milliseconds, error = null)
    }

    fun end(result: Any?) {
        if (latest == null || result !is Provisioned) return
        vpsId = result.vps.id
        tell(Phase.ENDED, result.elapsed, error = null)
    }

    fun fail(failure: StableVpsException) {
        if (latest == null) return
        tell(Phase.ENDED, (host.clock.monotonic() - begun).milliseconds, failure.code)
    }

    private fun tell(
        phase: Phase,
        elapsed: Duration,
        error: String?,
    ) = host.reporter.tell { ClientEvent.PhaseChanged(label, phase, vpsId, elapsed, error) }
}
