package com.stablevps

import com.stablevps.internal.ffi.HostStep
import com.stablevps.internal.ffi.Machine
import com.stablevps.internal.ffi.Output
import com.stablevps.internal.ffi.RetryClass
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import java.nio.ByteBuffer
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import com.stablevps.internal.ffi.HttpRequest as CoreHttpRequest
import com.stablevps.internal.ffi.Progress as CoreProgress

/** What drives machines: the transport, the clock and the logger of a client. */
internal class Host(
    val transport: HttpTransport,
    val clock: Clock,
    private val logger: Logger?,
) {
    @Volatile
    private var isClosed = false

    fun close() {
        isClosed = true
    }

    /** Nothing is begun, and nothing more is sent, once the client is closed. */
    fun checkOpen() = check(!isClosed) { "the client is closed" }

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

/** What only a purchase has. */
internal class Terms(
    val account: String,
    /** How long it may wait for its turn. */
    val longestTurn: Duration,
    /** Called before every step is carried out, which waits for it. */
    val onProgress: suspend (Progress) -> Unit,
)

/** What follows a reply: a step, or the end with its result. */
private sealed interface Next<out T> {
    class Go(
        val step: HostStep,
    ) : Next<Nothing>

    class End<T>(
        val result: T,
    ) : Next<T>
}

/** Drives one of the core's machines: carries out its steps until its end. */
internal class Driver<T>(
    private val host: Host,
    private val machine: Machine,
    private val label: String,
    private val read: (Output) -> T,
) {
    private var turn: Turn? = null

    /** Drives the machine to its end, and frees it. */
    suspend fun run(terms: Terms? = null): T {
        try {
            var next: Next<T> = Next.Go(step())
            while (true) {
                next =
                    when (next) {
                        is Next.End -> return next.result.also { log("done") }
                        is Next.Go -> carryOut(if (terms == null) next.step else reported(next.step, terms))
                    }
            }
        } finally {
            turn?.end()
            machine.close()
        }
    }

    private suspend fun step(): HostStep = native { machine.step(host.clock.now()) }

    private suspend fun carryOut(step: HostStep): Next<T> =
        when (step) {
            is HostStep.Send -> {
                log("sending ", step.request.endpoint)
                exchange(step.request)
            }

            is HostStep.Wait -> {
                log("waiting, ms: ", step.delayMs)
                host.clock.sleep(step.delayMs.toLong().milliseconds)
                Next.Go(step())
            }

            is HostStep.Done, is HostStep.Failed -> {
                next(step)
            }
        }

    /** Reads the result at the end, in the thread that handled the reply. */
    private fun next(step: HostStep): Next<T> =
        when (step) {
            is HostStep.Done -> Next.End(read(step.output))
            is HostStep.Failed -> throw step.error.toException()
            is HostStep.Send, is HostStep.Wait -> Next.Go(step)
        }

    /** Reports a step's progress once it is this purchase's turn, and gives the step to carry out then. */
    private suspend fun reported(
        step: HostStep,
        terms: Terms,
    ): HostStep {
        val progress = step.progress() ?: return step
        if (progress.exclusive && turn == null) {
            awaitTurn(terms)
            // The wait took time: the step may be another by now.
            return reported(step(), terms)
        }
        terms.onProgress(progress.read())
        currentCoroutineContext().ensureActive()
        if (!progress.exclusive) {
            // The turn lasts until the token that names the VPS was handed out.
            turn?.end()
            turn = null
        }
        // The callback took time, too.
        return step()
    }

    private suspend fun awaitTurn(terms: Terms) {
        val turn = Turn(terms.account).also { turn = it }
        if (!turn.comesWithin(terms.longestTurn, host.clock)) {
            currentCoroutineContext().ensureActive()
            val late = native { machine.late(host.clock.now()) }
            throw checkNotNull(late) { "only a purchase waits for a turn" }.toException()
        }
    }

    /** Sends a request, and hands in its response or its failure. */
    private suspend fun exchange(request: CoreHttpRequest): Next<T> {
        host.checkOpen()
        val failure =
            try {
                return if (host.transport is OkHttpTransport) {
                    host.transport.exchange(request) { status, headers, body ->
                        response(request, status, headers, body)
                    }
                } else {
                    val response = host.transport.send(request.toPublic())
                    native { response(request, response.status, response.headers, direct(response.body)) }
                }
            } catch (_: TimeoutCancellationException) {
                // Of the transport's own, which is a failure; one around this call has cancelled it.
                TransportFailure(FailureKind.TIMEOUT, Delivery.UNKNOWN)
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (known: StableVpsException) {
                throw known
            } catch (failure: TransportFailure) {
                failure
            } catch (unknown: Exception) {
                // Its message may contain a URL or a header, its class name does not.
                TransportFailure(FailureKind.IO, Delivery.UNKNOWN, unknown.javaClass.simpleName)
            }
        currentCoroutineContext().ensureActive()
        return native { failed(request, failure) }
    }

    private fun response(
        request: CoreHttpRequest,
        status: Int,
        headers: Map<String, String>,
        body: ByteBuffer,
    ): Next<T> = next(machine.response(request.id, status.toUShort(), headers, body, host.clock.now()))

    private fun failed(
        request: CoreHttpRequest,
        failure: TransportFailure,
    ): Next<T> {
        val kind = failure.kind.toCore()
        val delivery = failure.delivery.toCore()
        return next(machine.failed(request.id, kind, delivery, failure.detail, host.clock.now()))
    }

    private fun log(
        what: String,
        more: Any = "",
    ) = host.log(label, what, more)
}

private fun HostStep.progress(): CoreProgress? =
    when (this) {
        is HostStep.Send -> progress
        is HostStep.Wait -> progress
        is HostStep.Done, is HostStep.Failed -> null
    }

/** Whether the request must go out on a connection that carried nothing before. */
internal val CoreHttpRequest.freshConnection: Boolean get() = retryClass == RetryClass.ONCE

private fun CoreHttpRequest.toPublic(): HttpRequest =
    HttpRequest(
        method = method,
        url = url,
        headers = headers.associate { it.name to it.value },
        body = body,
        timeoutMs = timeoutMs.toLong(),
        connectTimeoutMs = connectTimeoutMs.toLong(),
        freshConnection = freshConnection,
        endpoint = endpoint,
    )

private fun direct(body: ByteArray): ByteBuffer =
    ByteBuffer.allocateDirect(body.size).put(body).flip() as ByteBuffer
