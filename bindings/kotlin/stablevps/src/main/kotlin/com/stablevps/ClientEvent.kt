package com.stablevps

import kotlin.time.Duration

/** What a client does, for metrics and traces: [StableVpsOptions.listener]. None of it holds a secret. */
public sealed interface ClientEvent {
    /** A request has ended, with a reply or without. */
    public class RequestEnded internal constructor(
        /** The call or the purchase that it belongs to, such as `vps.provision`. */
        public val operation: String,
        /** The endpoint as the documentation writes it, such as `GET /vps/:id`. */
        public val endpoint: String,
        /** `GET`, `POST` or `DELETE`. */
        public val method: String,
        /** Which attempt of its call it was, from 1. */
        public val attempt: Int,
        /** The code of the error that the attempt before ended with, such as `rate_limited`. */
        public val retryOf: String?,
        /** The HTTP status; `null` without a reply. */
        public val status: Int?,
        /** Why there is no reply; `null` where there is one. */
        public val failure: FailureKind?,
        /** Whether it may have reached the service, where there is no reply. */
        public val delivery: Delivery?,
        /** How long it took. */
        public val duration: Duration,
        /** The size of the reply's body, decompressed; 0 without a reply. */
        public val bytesReceived: Int,
        /** The service's own name of the request, if it sent one. */
        public val requestId: String?,
    ) : ClientEvent {
        /** How many milliseconds it took. */
        public val durationMs: Long get() = duration.inWholeMilliseconds

        override fun toString(): String = "RequestEnded($endpoint, ${status ?: failure}, $duration)"
    }

    /** A purchase, or a wait for a VPS, has reached another phase. */
    public class PhaseChanged internal constructor(
        /** The call that it belongs to, such as `vps.provision`. */
        public val operation: String,
        /** Where it is. [Phase.ENDED] comes last. */
        public val phase: Phase,
        /** The VPS, once it is known. */
        public val vpsId: String?,
        /** The time since the purchase began, in whatever process. */
        public val elapsed: Duration,
        /** The code of the error that it ended with. */
        public val error: String?,
    ) : ClientEvent {
        /** How many milliseconds ago the purchase began, in whatever process. */
        public val elapsedMs: Long get() = elapsed.inWholeMilliseconds

        override fun toString(): String = "PhaseChanged($operation, $phase, $vpsId, $elapsed)"
    }

    /** A watch has told something. */
    public class Watched internal constructor(
        /** What. */
        public val event: WatchEvent,
    ) : ClientEvent {
        override fun toString(): String = "Watched(${event.name})"
    }
}

/** Hears of what a client does. */
public fun interface ClientListener {
    /**
     * Called in the coroutine that does it, which waits for it: it should be quick. An exception is logged once, and changes
     * nothing else.
     */
    public fun onEvent(event: ClientEvent)
}
