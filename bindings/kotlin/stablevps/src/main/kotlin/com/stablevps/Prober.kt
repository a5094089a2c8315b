package com.stablevps

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.sync.withPermit
import kotlin.time.Duration

/** How many VPS are probed at once. */
internal const val MOST_PROBES = 64

/**
 * Another way to find out whether a VPS answers a [watch][VpsResource.watch], or a purchase that waits for
 * [WaitLevel.REACHABLE], such as a request to a program on it. By default it is one TCP connection, which is closed at
 * once.
 */
public fun interface Prober {
    /**
     * Whether the VPS answers within that time. It is called for up to 64 VPS side by side, in the coroutine of whoever
     * watches, which may be cancelled at any time: what blocks belongs into a dispatcher of its own.
     * [ProbeOutcome.NOT_TRIED] is for faults of this machine and its network alone. An exception counts as that.
     */
    public suspend fun probe(
        target: ProbeTarget,
        within: Duration,
    ): ProbeOutcome
}

/** Whom to connect to. */
public class ProbeTarget internal constructor(
    /** The address, or a host name. */
    public val address: String,
    /** The TCP port. */
    public val port: Int,
) {
    override fun toString(): String = "$address:$port"
}

/** The outcomes of all of them, in their order. */
internal suspend fun Prober.probeAll(
    targets: List<ProbeTarget>,
    within: Duration,
): List<ProbeOutcome> {
    val places = Semaphore(MOST_PROBES)
    return coroutineScope {
        targets.map { async { places.withPermit { probed(it, within) } } }.awaitAll()
    }
}

private suspend fun Prober.probed(
    target: ProbeTarget,
    within: Duration,
): ProbeOutcome =
    try {
        probe(target, within)
    } catch (_: CancellationException) {
        currentCoroutineContext().ensureActive()
        ProbeOutcome.NOT_TRIED
    } catch (_: Exception) {
        ProbeOutcome.NOT_TRIED
    }
