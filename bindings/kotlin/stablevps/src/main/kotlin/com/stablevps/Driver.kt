package com.stablevps

import com.stablevps.internal.ffi.Machine
import com.stablevps.internal.ffi.Output
import com.stablevps.internal.ffi.Request
import com.stablevps.internal.ffi.Step
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import java.nio.ByteBuffer
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** What machines are driven with. */
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
            // A purchase that was made is worth more than a line about it.
        }
    }
}

/** What only a purchase has. */
internal class Terms(
    val account: String,
    /** How long the whole may take, as far as that is known here. */
    val timeout: Duration,
    /** Told of every step, and waited for before it is carried out. */
    val tell: suspend (Progress) -> Unit,
)

/** What a machine says after a reply: a step, or the end with what was made of the result. */
private sealed interface Next<out T> {
    class Go(
        val step: Step,
    ) : Next<Nothing>

    class End<T>(
        val result: T,
    ) : Next<T>
}

/** How one of the core's machines is driven: it says what to do next, and this does it. */
internal class Driver<T>(
    private val host: Host,
    private val machine: Machine,
    private val label: String,
    private val read: (Output) -> T,
) {
    private var turn: Turn? = null

    /** Carries it out, and lets go of the machine. */
    suspend fun run(terms: Terms? = null): T {
        try {
            var next: Next<T> = Next.Go(ask())
            while (true) {
                next =
                    when (next) {
                        is Next.End -> return next.result.also { log("done") }
                        is Next.Go -> after(if (terms == null) next.step else told(next.step, terms))
                    }
            }
        } finally {
            turn?.end()
            machine.close()
        }
    }

    private suspend fun ask(): Step = native { machine.next(host.clock.now()) }

    private suspend fun after(step: Step): Next<T> =
        when (step) {
            is Step.Send -> {
                log("sending ", step.request.endpoint)
                exchange(step.request)
            }

            is Step.Wait -> {
                log("waiting, ms: ", step.delayMs)
                host.clock.sleep(step.delayMs.toLong().milliseconds)
                Next.Go(ask())
            }

            else -> {
                judged(step)
            }
        }

    /** What is at its end becomes its result; it happens wherever the reply was read. */
    private fun judged(step: Step): Next<T> =
        when (step) {
            is Step.Done -> Next.End(read(step.output))
            is Step.Failed -> throw step.error.toException()
            else -> Next.Go(step)
        }

    /** Tells of a step, once it is this purchase's turn, and gives what is to be done by then. */
    private suspend fun told(
        step: Step,
        terms: Terms,
    ): Step {
        val progress = step.progress() ?: return step
        if (progress.exclusive && turn == null) {
            awaitTurn(terms)
            // What was asked before may no longer be so.
            return told(ask(), terms)
        }
        terms.tell(progress.read())
        currentCoroutineContext().ensureActive()
        if (!progress.exclusive) {
            // Not before the token that names the VPS was handed out.
            turn?.end()
            turn = null
        }
        // What was told may have taken its time.
        return ask()
    }

    private suspend fun awaitTurn(terms: Terms) {
        val turn = Turn(terms.account).also { turn = it }
        if (!turn.comesWithin(terms.timeout, host.clock)) {
            currentCoroutineContext().ensureActive()
            val token = native { machine.snapshot(host.clock.now()) }
            throw late("the other purchases of this account", token)
        }
    }

    /** Sends a request and tells the machine what came of it. */
    private suspend fun exchange(request: Request): Next<T> {
        host.checkOpen()
        val failure =
            try {
                return if (host.transport is OkHttpTransport) {
                    host.transport.exchange(request) { status, headers, body ->
                        answered(request, status, headers, body)
                    }
                } else {
                    val reply = host.transport.send(request.toPublic())
                    native { answered(request, reply.status, reply.headers, direct(reply.body)) }
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
                // Its words may hold a URL or a header, its name does not.
                TransportFailure(FailureKind.IO, Delivery.UNKNOWN, unknown.javaClass.simpleName)
            }
        currentCoroutineContext().ensureActive()
        val kind = failure.kind.toSent()
        val delivery = failure.delivery.toSent()
        return native {
            judged(machine.missed(request.id, kind, delivery, failure.detail, host.clock.now()))
        }
    }

    private fun answered(
        request: Request,
        status: Int,
        headers: Map<String, String>,
        body: ByteBuffer,
    ): Next<T> = judged(machine.answer(request.id, status.toUShort(), headers, body, host.clock.now()))

    private fun log(
        what: String,
        more: Any = "",
    ) = host.log(label, what, more)
}

private fun Step.progress() =
    when (this) {
        is Step.Send -> progress
        is Step.Wait -> progress
        is Step.Done, is Step.Failed -> null
    }

private fun Request.toPublic(): HttpRequest =
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
