package com.stablevps

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlin.time.Duration

/** What drives machines: the transport, the clock, the prober and the store of a client, and who hears of it. */
internal class Host(
    val transport: HttpTransport,
    options: StableVpsOptions,
) {
    val clock: Clock = options.clock
    val reporter = Reporter(options.logger, options.listener)
    private val store: Store? = options.store

    val hasStore: Boolean get() = store != null

    @OptIn(InternalStableVpsApi::class)
    private val simulated: Simulated? = clock as? Simulated ?: transport as? Simulated

    /** Nothing where VPS are probed with TCP. */
    private val prober: Prober? = options.prober ?: transport as? Prober

    /** The simulated service, if it is one. */
    @OptIn(InternalStableVpsApi::class)
    val world: String? get() = simulated?.world

    private val closing = Job()

    val isClosed: Boolean get() = closing.isCompleted

    fun close() {
        closing.complete()
    }

    /** Nothing is begun once the client is closed. */
    fun checkOpen() {
        if (isClosed) throw ClientClosedException(token = null)
    }

    /** Runs the user's own code. It may wait for something real, for which a simulated time stands still. */
    @OptIn(InternalStableVpsApi::class)
    suspend fun <T> outside(block: suspend () -> T): T =
        if (simulated == null) block() else simulated.outside(block)

    /** Waits until a purchase looks whether its turn has come. */
    @OptIn(InternalStableVpsApi::class)
    suspend fun rest(duration: Duration): Unit =
        if (clock is Simulated) clock.rest(duration) else clock.sleep(duration)

    /** Sends with a transport other than OkHttp. */
    @OptIn(InternalStableVpsApi::class)
    suspend fun send(request: HttpRequest): HttpResponse =
        if (transport is Simulated) transport.send(request) else outside { transport.send(request) }

    /** How each of these answers, with the client's prober, or that of a watch. */
    suspend fun probe(
        targets: List<ProbeTarget>,
        within: Duration,
        own: Prober?,
    ): List<ProbeOutcome> {
        val prober = own ?: prober
        return outside { prober?.probeAll(targets, within) ?: connectAll(targets, within) }
    }

    /** Has the store carry out what only a client with one asks for. */
    suspend fun carryOut(operation: StoreOperation): String {
        val store = store ?: throw StoreFailure("the client has no store")
        return outside { store.carryOut(operation) }
    }

    /** Runs [wait], which closing the client ends early. */
    suspend fun <T> whileOpen(wait: suspend () -> T): T = untilEnded(closing, wait)
}

/** Runs [wait], which the end of a job ends early. */
internal suspend fun <T> untilEnded(
    ending: Job,
    wait: suspend () -> T,
): T =
    coroutineScope {
        val waiting = async(start = CoroutineStart.UNDISPATCHED) { wait() }
        val registration = ending.invokeOnCompletion { waiting.cancel() }
        try {
            waiting.await()
        } finally {
            registration.dispose()
        }
    }
