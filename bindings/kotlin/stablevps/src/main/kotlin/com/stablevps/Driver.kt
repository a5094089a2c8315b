package com.stablevps

import com.stablevps.internal.ffi.HostStep
import com.stablevps.internal.ffi.Machine
import com.stablevps.internal.ffi.RetryClass
import com.stablevps.internal.ffi.WaitReason
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import com.stablevps.internal.ffi.HttpRequest as CoreHttpRequest
import com.stablevps.internal.ffi.Progress as CoreProgress

/** The operation that notes whose a VPS is. */
private const val RECEIPT = "receipt"

/** For how long a purchase that lets go what it holds waits for its store. */
private val PARTING = 2.seconds

/** What follows a reply: a step, or the end with its result. */
internal sealed interface Following<out T> {
    class Go(
        val step: HostStep,
    ) : Following<Nothing>

    class End<T>(
        val result: T,
    ) : Following<T>
}

/** Drives one of the core's machines: carries out its steps until its end. */
internal open class Driver<T>(
    protected val host: Host,
    protected val machine: Machine,
    protected val label: String,
    private val prober: Prober? = null,
    /** What the step is that ends it well. */
    private val read: (HostStep) -> T,
) {
    private val phases = Phases(host, label)

    /** When the machine was asked for its present step; nothing where that came with an answer. */
    private var saidAt: ULong? = null

    /** Whether a purchase may have its account's turn, as far as was reported. */
    private var hasTurn = true

    /**
     * Drives the machine to its end, and frees it. The progress of a purchase is told before every step is
     * carried out, which waits for it. [leave] gets the token of one that does not end by itself.
     */
    suspend fun run(
        onProgress: (suspend (Progress) -> Unit)? = null,
        leave: ((String) -> Unit)? = null,
    ): T =
        try {
            drive(onProgress).also {
                log { "done" }
                phases.end(it)
            }
        } catch (failure: StableVpsException) {
            letGo()
            phases.fail(failure)
            throw failure
        } catch (ended: Throwable) {
            // It was cancelled, its client was closed, or what hears of its progress failed.
            if (leave != null) withContext(NonCancellable) { snapshot() }?.let(leave)
            letGo()
            throw ended
        } finally {
            machine.close()
        }

    /** Drives the machine until there is something to give; from its present step, unless another is known. */
    protected suspend fun drive(
        onProgress: (suspend (Progress) -> Unit)? = null,
        from: Following<T>? = null,
    ): T {
        var next: Following<T> = from ?: next(step())
        while (true) {
            next =
                when (next) {
                    is Following.End -> return next.result
                    is Following.Go -> carryOut(reported(next.step, onProgress))
                }
        }
    }

    /** Tells the store that nobody drives a purchase any more, as far as it answers soon. */
    private suspend fun letGo() {
        if (!host.hasStore) return
        // In real time: a test's virtual time does not wait for a database.
        withContext(NonCancellable + Dispatchers.Default) {
            withTimeoutOrNull(PARTING) {
                try {
                    while (true) {
                        val step = machine.lettingGo(host.clock.instant()) as? HostStep.Store ?: break
                        val answer = host.carryOut(StoreOperation(step.op, step.document))
                        machine.stored(step.id, answer, host.clock.instant())
                    }
                } catch (failure: Exception) {
                    // The lease ends by itself. What ended the purchase is what its caller has to know.
                    log { "the store was not told: ${failure.javaClass.simpleName}" }
                }
            }
        }
    }

    /** What ends a call or a purchase once the client is closed. */
    private suspend fun closed() = ClientClosedException(snapshot())

    private suspend fun snapshot(): String? = native { machine.snapshot(host.clock.instant()) }

    /** Waits as [wait] does, but not after the client is closed. */
    protected suspend fun <T> whileOpen(wait: suspend () -> T): T =
        try {
            host.whileOpen(wait)
        } catch (ended: CancellationException) {
            currentCoroutineContext().ensureActive()
            throw if (host.isClosed) closed() else ended
        }

    protected suspend fun step(): HostStep {
        val now = host.clock.instant()
        return native { machine.step(now) }.also { saidAt = now }
    }

    private suspend fun carryOut(step: HostStep): Following<T> {
        saidAt = null
        return when (step) {
            is HostStep.Send -> {
                log { "sending ${step.request.endpoint}" }
                exchange(step.request)
            }

            is HostStep.Store -> {
                log { "storing ${step.op}" }
                store(step)
            }

            is HostStep.Probe -> {
                log { "probing ${step.targets.size} addresses" }
                probe(step)
            }

            is HostStep.Wait -> {
                pause(step)
            }

            is HostStep.Event, is HostStep.Done, is HostStep.Failed -> {
                next(step)
            }
        }
    }

    /** Waits, and looks what to do then. */
    protected open suspend fun pause(step: HostStep.Wait): Following<T> {
        val delay = step.delayMs.toLong().milliseconds
        if (step.reason == WaitReason.TURN) {
            if (refusedWithin()) return next(step())
            // A purchase looks often whether its turn has come.
            whileOpen { host.rest(delay) }
        } else {
            log { "waiting, ms: ${step.delayMs}" }
            whileOpen { host.clock.sleep(delay) }
        }
        return Following.Go(step())
    }

    /** Reads the result at the end, in the thread that handled the reply. */
    private fun next(step: HostStep): Following<T> =
        when (step) {
            is HostStep.Done, is HostStep.Event -> Following.End(read(step))
            is HostStep.Failed -> throw step.error.toException()
            is HostStep.Send, is HostStep.Store, is HostStep.Wait, is HostStep.Probe -> Following.Go(step)
        }

    /** Reports a step's progress, if it has one, and gives the step to carry out then. */
    private suspend fun reported(
        step: HostStep,
        onProgress: (suspend (Progress) -> Unit)?,
    ): HostStep {
        val progress = step.progress() ?: return step
        phases.note(progress)
        if (onProgress != null) {
            Callers.calling(machine) { host.outside { onProgress(progress.read()) } }
        }
        currentCoroutineContext().ensureActive()
        if (hasTurn && !progress.exclusive) {
            // The turn lasts until the token that names the VPS was handed out.
            native { machine.endTurn() }
        }
        hasTurn = progress.exclusive
        // The callback may have taken time.
        return if (host.clock.instant() == saidAt) step else step()
    }

    /** Whether this purchase runs within the `onProgress` of one whose turn it waits for: that would be for ever. */
    private suspend fun refusedWithin(): Boolean {
        val callers = Callers.here()
        callers.forEach { native { machine.refuseWithin(it, host.clock.instant()) } }
        return callers.isNotEmpty() && step() is HostStep.Failed
    }

    /** Has the store carry an operation out, and hands in its answer or its failure. */
    private suspend fun store(step: HostStep.Store): Following<T> {
        // A receipt is written down all the same: its order was sent before the client was closed.
        if (host.isClosed && step.op != RECEIPT) throw closed()
        val answer =
            try {
                host.carryOut(StoreOperation(step.op, step.document))
            } catch (thrown: Throwable) {
                currentCoroutineContext().ensureActive()
                val detail = thrown.storeDetail()
                return native { next(machine.storeFailed(step.id, detail, host.clock.instant())) }
            }
        currentCoroutineContext().ensureActive()
        return native { next(machine.stored(step.id, answer, host.clock.instant())) }
    }

    /** Has every target probed, and hands in how they answer. */
    private suspend fun probe(step: HostStep.Probe): Following<T> {
        val targets = step.targets.map { ProbeTarget(it.address, it.port.toInt()) }
        val outcomes = whileOpen { host.probe(targets, step.withinMs.toLong().milliseconds, prober) }
        currentCoroutineContext().ensureActive()
        val answers = outcomes.map(ProbeOutcome::toCore)
        return native { next(machine.probed(step.id, answers, host.clock.instant())) }
    }

    /** Sends a request, and hands in its response or its failure. */
    private suspend fun exchange(request: CoreHttpRequest): Following<T> {
        if (host.isClosed) throw closed()
        beginning(request)
        val sending = Sending(host.reporter, label, request, host.clock)
        val next =
            try {
                send(request, sending)
            } catch (thrown: Throwable) {
                currentCoroutineContext().ensureActive()
                val failure = thrown.asFailure()
                sending.failed(failure)
                return native { failed(request.id, failure) }
            }
        return next.getOrThrow()
    }

    /** A request is about to be handed over, until [ended]. */
    protected open fun beginning(request: CoreHttpRequest) {}

    /** The machine knows what became of the request. */
    protected open fun ended() {}

    /** What follows the response. What is thrown while it is read is no failure of the transport. */
    private suspend fun send(
        request: CoreHttpRequest,
        sending: Sending,
    ): Result<Following<T>> {
        if (host.transport is OkHttpTransport) {
            return host.transport.exchange(request, machine::mayBegin) { status, headers, body ->
                sending.answered(status, headers, body.remaining())
                runCatching { response(request, status, headers, body) }
            }
        }
        val response = host.send(request.toPublic(machine::mayBegin))
        sending.answered(response.status, response.headers, response.body.size)
        return native {
            runCatching { response(request, response.status, response.headers, direct(response.body)) }
        }
    }

    private fun response(
        request: CoreHttpRequest,
        status: Int,
        headers: Map<String, String>,
        body: ByteBuffer,
    ): Following<T> {
        val now = host.clock.instant()
        val step = machine.response(request.id, status.toUShort(), headers, body, now)
        ended()
        return next(step)
    }

    protected fun failed(
        id: UInt,
        failure: TransportFailure,
    ): Following<T> {
        val kind = failure.kind.toCore()
        val delivery = failure.delivery.toCore()
        val step = machine.failed(id, kind, delivery, failure.detail, host.clock.instant())
        ended()
        return next(step)
    }

    private fun log(message: () -> String) = host.reporter.log(label, message = message)
}

private fun HostStep.progress(): CoreProgress? =
    when (this) {
        is HostStep.Send -> progress
        is HostStep.Wait -> progress
        is HostStep.Probe -> progress
        is HostStep.Store, is HostStep.Event, is HostStep.Done, is HostStep.Failed -> null
    }

/** Whether the request must go out on a connection that carried nothing before. */
internal val CoreHttpRequest.freshConnection: Boolean get() = retryClass == RetryClass.ONCE

private fun CoreHttpRequest.toPublic(mayBegin: () -> Boolean): HttpRequest =
    HttpRequest(
        method = method,
        url = url,
        headers = headers.associate { it.name to it.value },
        body = body,
        timeoutMs = timeoutMs.toLong(),
        connectTimeoutMs = connectTimeoutMs.toLong(),
        freshConnection = freshConnection,
        endpoint = endpoint,
        isInTime = mayBegin,
    )

private fun direct(body: ByteArray): ByteBuffer = ByteBuffer.allocateDirect(body.size).put(body).also(::flip)
