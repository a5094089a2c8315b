package com.stablevps

import com.stablevps.internal.ffi.HostStep
import com.stablevps.internal.ffi.Machine
import com.stablevps.internal.ffi.Output
import com.stablevps.internal.ffi.RetryClass
import com.stablevps.internal.ffi.WaitReason
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.ByteBuffer
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import com.stablevps.internal.ffi.HttpRequest as CoreHttpRequest
import com.stablevps.internal.ffi.Progress as CoreProgress

/** The operation that notes whose a VPS is. */
private const val RECEIPT = "receipt"

/** For how long a purchase that lets go what it holds waits for its store. */
private val PARTING = 2.seconds

/** What drives machines: the transport, the clock and the logger of a client. */
internal class Host(
    val transport: HttpTransport,
    val clock: Clock,
    private val logger: Logger?,
    private val store: Store? = null,
) {
    @OptIn(InternalStableVpsApi::class)
    private val simulated: Simulated? = clock as? Simulated ?: transport as? Simulated

    /** The simulated service, if it is one. */
    @OptIn(InternalStableVpsApi::class)
    val world: String? get() = simulated?.world

    val hasStore: Boolean get() = store != null

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

    /** Has the store carry out what only a client with one asks for. */
    suspend fun carryOut(operation: StoreOperation): String {
        val store = store ?: throw StoreFailure("the client has no store")
        return outside { store.carryOut(operation) }
    }

    /** Runs [wait], which closing the client ends early. */
    suspend fun <T> whileOpen(wait: suspend () -> T): T =
        coroutineScope {
            val waiting = async(start = CoroutineStart.UNDISPATCHED) { wait() }
            val registration = closing.invokeOnCompletion { waiting.cancel() }
            try {
                waiting.await()
            } finally {
                registration.dispose()
            }
        }

    fun log(
        label: String,
        what: String,
        more: Any,
    ) {
        val logger = logger ?: return
        try {
            logger.log("$label: $what$more")
        } catch (_: Exception) {
            // A logger that fails must not end a purchase.
        }
    }
}

/** What follows a reply: a step, or the end with its result. */
private sealed interface Following<out T> {
    class Go(
        val step: HostStep,
    ) : Following<Nothing>

    class End<T>(
        val result: T,
    ) : Following<T>
}

/** Drives one of the core's machines: carries out its steps until its end. */
internal class Driver<T>(
    private val host: Host,
    private val machine: Machine,
    private val label: String,
    private val read: (Output) -> T,
) {
    /**
     * Drives the machine to its end, and frees it. The progress of a purchase is told before every step is
     * carried out, which waits for it.
     */
    suspend fun run(onProgress: (suspend (Progress) -> Unit)? = null): T {
        try {
            var next: Following<T> = Following.Go(step())
            while (true) {
                next =
                    when (next) {
                        is Following.End -> {
                            return next.result.also { log("done") }
                        }

                        is Following.Go -> {
                            carryOut(reported(next.step, onProgress))
                        }
                    }
            }
        } catch (ending: Throwable) {
            letGo()
            throw ending
        } finally {
            machine.close()
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
                    log("the store was not told: ", failure.javaClass.simpleName)
                }
            }
        }
    }

    /** What ends a call or a purchase once the client is closed. */
    private suspend fun closed() = ClientClosedException(native { machine.snapshot(host.clock.instant()) })

    /** Waits as [wait] does, but not after the client is closed. */
    private suspend fun <T> whileOpen(wait: suspend () -> T): T =
        try {
            host.whileOpen(wait)
        } catch (ended: CancellationException) {
            currentCoroutineContext().ensureActive()
            throw if (host.isClosed) closed() else ended
        }

    private suspend fun step(): HostStep = native { machine.step(host.clock.instant()) }

    private suspend fun carryOut(step: HostStep): Following<T> =
        when (step) {
            is HostStep.Send -> {
                log("sending ", step.request.endpoint)
                exchange(step.request)
            }

            is HostStep.Store -> {
                log("storing ", step.op)
                store(step)
            }

            is HostStep.Wait -> {
                val delay = step.delayMs.toLong().milliseconds
                if (step.reason == WaitReason.TURN) {
                    if (refusedWithin()) return next(step())
                    // A purchase looks often whether its turn has come.
                    whileOpen { host.rest(delay) }
                } else {
                    log("waiting, ms: ", step.delayMs)
                    whileOpen { host.clock.sleep(delay) }
                }
                Following.Go(step())
            }

            is HostStep.Done, is HostStep.Failed -> {
                next(step)
            }
        }

    /** Reads the result at the end, in the thread that handled the reply. */
    private fun next(step: HostStep): Following<T> =
        when (step) {
            is HostStep.Done -> Following.End(read(step.output))
            is HostStep.Failed -> throw step.error.toException()
            is HostStep.Send, is HostStep.Store, is HostStep.Wait -> Following.Go(step)
        }

    /** Reports a step's progress, if it has one, and gives the step to carry out then. */
    private suspend fun reported(
        step: HostStep,
        onProgress: (suspend (Progress) -> Unit)?,
    ): HostStep {
        val progress = step.progress() ?: return step
        if (onProgress != null) {
            Callers.calling(machine) { host.outside { onProgress(progress.read()) } }
        }
        currentCoroutineContext().ensureActive()
        if (!progress.exclusive) {
            // The turn lasts until the token that names the VPS was handed out.
            native { machine.endTurn() }
        }
        // The callback took time, too.
        return step()
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

    /** Sends a request, and hands in its response or its failure. */
    private suspend fun exchange(request: CoreHttpRequest): Following<T> {
        if (host.isClosed) throw closed()
        val next =
            try {
                send(request)
            } catch (thrown: Throwable) {
                currentCoroutineContext().ensureActive()
                val failure = thrown.asFailure()
                return native { failed(request, failure) }
            }
        return next.getOrThrow()
    }

    /** What follows the response. What is thrown while it is read is no failure of the transport. */
    private suspend fun send(request: CoreHttpRequest): Result<Following<T>> {
        if (host.transport is OkHttpTransport) {
            return host.transport.exchange(request, machine::mayBegin) { status, headers, body ->
                runCatching { response(request, status, headers, body) }
            }
        }
        val response = host.send(request.toPublic(machine::mayBegin))
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
        return next(machine.response(request.id, status.toUShort(), headers, body, now))
    }

    private fun failed(
        request: CoreHttpRequest,
        failure: TransportFailure,
    ): Following<T> {
        val kind = failure.kind.toCore()
        val delivery = failure.delivery.toCore()
        return next(machine.failed(request.id, kind, delivery, failure.detail, host.clock.instant()))
    }

    private fun log(
        what: String,
        more: Any = "",
    ) = host.log(label, what, more)
}

/**
 * What a transport threw, as a failure. The caller is known not to be cancelled, so a cancellation is the
 * transport's own. A message may contain a URL or a header, a class name does not.
 */
private fun Throwable.asFailure(): TransportFailure =
    when (this) {
        is TransportFailure -> {
            this
        }

        is TimeoutCancellationException -> {
            TransportFailure(FailureKind.TIMEOUT, Delivery.UNKNOWN)
        }

        is CancellationException -> {
            TransportFailure(FailureKind.CANCELLED, Delivery.UNKNOWN)
        }

        is InterruptedException -> {
            // Whoever blocks this thread still has to see it.
            Thread.currentThread().interrupt()
            TransportFailure(FailureKind.CANCELLED, Delivery.UNKNOWN)
        }

        // A class that is missing, as where a shrinker removed too much, is found missing amid a request.
        is Exception, is LinkageError -> {
            TransportFailure(FailureKind.IO, Delivery.UNKNOWN, javaClass.simpleName)
        }

        else -> {
            throw this
        }
    }

/** What a store threw, for its error. A message of another's may contain an address with a password. */
private fun Throwable.storeDetail(): String =
    when (this) {
        is StoreFailure -> {
            detail
        }

        is InterruptedException -> {
            // Whoever blocks this thread still has to see it.
            Thread.currentThread().interrupt()
            "it was interrupted"
        }

        is Exception, is LinkageError -> {
            javaClass.simpleName
        }

        else -> {
            throw this
        }
    }

private fun HostStep.progress(): CoreProgress? =
    when (this) {
        is HostStep.Send -> progress
        is HostStep.Wait -> progress
        is HostStep.Store, is HostStep.Done, is HostStep.Failed -> null
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
