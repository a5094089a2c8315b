package com.stablevps

import com.stablevps.internal.ffi.HostStep
import com.stablevps.internal.ffi.Machine
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import java.io.Closeable
import kotlin.time.Duration.Companion.milliseconds
import com.stablevps.internal.ffi.HttpRequest as CoreHttpRequest

/** A watch under way. */
internal class WatchRun(
    host: Host,
    machine: Machine,
    options: WatchOptions,
) : Driver<WatchEvent?>(host, machine, "vps.watch", options.prober, read = {
        (it as HostStep.Event).event.read()
    }),
    Closeable {
    /** When it ends, by the monotonic clock. */
    private val end = options.atMost?.let { host.clock.monotonic() + it.toMillis() }

    /** A request that was handed over, and whose end is not known. */
    @Volatile
    private var underWay: CoreHttpRequest? = null
    private var isOver = false

    /** The next event; `null` at the end. It may be cancelled, and goes on where it was when it is asked again. */
    suspend fun next(): WatchEvent? {
        if (isOver) return null
        host.checkOpen()
        val event =
            try {
                drive(from = lost())
            } catch (failure: StableVpsException) {
                isOver = true
                throw failure
            }
        isOver = event == null
        if (event != null) host.reporter.tell { ClientEvent.Watched(event) }
        return event
    }

    /** A reboot that was cancelled on its way may have been done: it is not sent again. What follows from that. */
    private suspend fun lost(): Following<WatchEvent?>? {
        val lost = underWay?.takeIf { it.freshConnection } ?: return null
        return native { failed(lost.id, TransportFailure(FailureKind.CANCELLED, Delivery.UNKNOWN)) }
    }

    override fun beginning(request: CoreHttpRequest) {
        underWay = request
    }

    override fun ended() {
        underWay = null
    }

    override suspend fun pause(step: HostStep.Wait): Following<WatchEvent?> {
        val leftMs = end?.let { it - host.clock.monotonic() } ?: Long.MAX_VALUE
        if (leftMs <= 0) return Following.End(null)
        whileOpen { host.clock.sleep(minOf(step.delayMs.toLong(), leftMs).milliseconds) }
        return Following.Go(step())
    }

    override fun close(): Unit = machine.close()
}

/** Each collection is a watch of its own. */
internal fun watching(begin: suspend () -> WatchRun): Flow<WatchEvent> =
    flow {
        begin().use { run ->
            while (true) {
                emit(run.next() ?: break)
            }
        }
    }
