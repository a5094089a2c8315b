package com.stablevps.testing

import com.stablevps.Clock
import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.HttpRequest
import com.stablevps.HttpResponse
import com.stablevps.HttpTransport
import com.stablevps.InternalStableVpsApi
import com.stablevps.ProbeOutcome
import com.stablevps.ProbeTarget
import com.stablevps.Prober
import com.stablevps.Secret
import com.stablevps.Simulated
import com.stablevps.StableVps
import com.stablevps.StableVpsBlocking
import com.stablevps.StableVpsOptions
import com.stablevps.TransportFailure
import com.stablevps.testing.internal.ffi.SimulatorException
import java.io.Closeable
import java.net.URI
import java.time.Instant
import java.util.UUID
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.toKotlinDuration
import com.stablevps.testing.internal.ffi.Simulator as Model
import java.time.Duration as JavaDuration

/**
 * The service in memory, with virtual time: test a program without a network and without waiting.
 *
 * ```kotlin
 * val simulator = Simulator()
 * val bought = simulator.client().vps.provision(PlanId.BASIC, BillingCycle.MONTHLY, Location.TOKYO)
 * check(simulator.state().ordersPlaced == 1)
 * ```
 *
 * It has one account, and fails on demand ([fault]). Within `runTest` its time is the test's own.
 *
 * @throws IllegalArgumentException for a configuration that it does not understand.
 */
public class Simulator
    @JvmOverloads
    constructor(
        config: SimulatorConfig = SimulatorConfig(),
    ) : Closeable {
        private val model =
            try {
                Model(config.toJson())
            } catch (refused: SimulatorException.Configuration) {
                throw IllegalArgumentException(refused.reason)
            }
        private val world = UUID.randomUUID().toString()
        private val timeline = if (config.realTime) null else Timeline(config.now.toEpochMilli(), world)

        /** The service's clock, for [StableVpsOptions.clock]. */
        public val clock: Clock = timeline ?: Clock.SYSTEM

        /** The service as a transport, for [StableVpsOptions.transport]. */
        public val transport: HttpTransport =
            @OptIn(InternalStableVpsApi::class)
            object : HttpTransport, Prober, Simulated {
                override val world = this@Simulator.world

                override suspend fun send(request: HttpRequest) = serve(request)

                override suspend fun probe(
                    target: ProbeTarget,
                    within: Duration,
                ) = answer(target)
            }

        /** Whether VPS of the service answer, for [StableVpsOptions.prober]. The transport brings it along. */
        public val prober: Prober get() = transport as Prober

        /** A key of the account, with full scope. */
        public val apiKey: Secret get() = Secret(model.initialKey())

        /** The time of the service. */
        public val now: Instant get() = Instant.ofEpochMilli(clock.now())

        /** A client of this service. */
        @JvmOverloads
        public fun client(
            options: StableVpsOptions = StableVpsOptions(),
            apiKey: Secret = this.apiKey,
        ): StableVps =
            StableVps(
                apiKey,
                StableVpsOptions(
                    baseUrl = options.baseUrl,
                    auth = options.auth,
                    timeout = options.timeout,
                    connectTimeout = options.connectTimeout,
                    maxRetries = options.maxRetries,
                    transport = options.transport ?: transport,
                    logger = options.logger,
                    clock = if (options.clock === Clock.SYSTEM) clock else options.clock,
                    randomSeed = options.randomSeed ?: 1,
                    account = options.account,
                    store = options.store,
                    prober = options.prober ?: prober,
                    listener = options.listener,
                    app = options.app,
                    pacing = options.pacing,
                ),
            )

        /** The same for callers that block, such as Java. */
        @JvmOverloads
        public fun blockingClient(options: StableVpsOptions = StableVpsOptions()): StableVpsBlocking =
            client(options).blocking()

        /** Advances virtual time. Within `runTest`, a `delay` does so, too. */
        public fun advance(duration: Duration) {
            checkNotNull(timeline) { "time must be virtual to be advanced" }.advance(duration)
        }

        /** Advances virtual time. */
        public fun advance(duration: JavaDuration): Unit = advance(duration.toKotlinDuration())

        /**
         * Makes the next matching request fail.
         *
         * ```kotlin
         * simulator.fault("lose_after", method = "POST", path = "/vps")
         * ```
         *
         * @param what `"lose_before"`, `"lose_after"`, `"not_delivered"`, or a map such as
         *   `{cut: {keep: 10}}`, `{status: {code: 500, effect: "after"}}`, `{body: {text: "..."}}`,
         *   `{patch: {merge: {...}, remove: [...]}}`, `{delay: {ms: 100}}`, `{late_order: {ms: 5000}}`,
         *   `{shape_order: {vps_status: "suspended"}}`.
         * @param method only requests of that method.
         * @param path only requests to that path; `*` at its end stands for anything.
         * @param skip how many matching requests succeed before it.
         * @param times how many fail: 1 by default.
         */
        @JvmOverloads
        public fun fault(
            what: Any,
            method: String? = null,
            path: String? = null,
            skip: Int? = null,
            times: Int? = null,
        ) {
            val target = mapOf("method" to method, "path" to path, "skip" to skip).filterValues { it != null }
            val fault = mapOf("on" to target, "do" to what, "times" to times).filterValues { it != null }
            control(mapOf("fault" to fault))
        }

        /**
         * A VPS hangs: it does not answer a watch until it is rebooted or stopped.
         *
         * @throws IllegalArgumentException when the account has no such VPS.
         */
        public fun hang(id: String) {
            control(mapOf("set_vps" to mapOf("id" to id, "hangs" to true)))
        }

        /**
         * Carries out a command of the simulator's own JSON, such as
         * `mapOf("set_balance" to mapOf("amount" to 5))`.
         *
         * @throws IllegalArgumentException for a command that it does not understand.
         */
        public fun control(command: Any): Any? {
            val answer = parsed(model.control(json(command), clock.now()))
            if (answer is Map<*, *> && answer.keys == setOf("error")) {
                throw IllegalArgumentException("${answer["error"]}")
            }
            return answer
        }

        /** What the service received and what it holds. */
        @Suppress("UNCHECKED_CAST")
        public fun state(): SimulatorState = SimulatorState(control("state") as Map<String, Any?>)

        /** Every request that it received, without secrets. */
        @Suppress("UNCHECKED_CAST")
        public fun requests(): List<Map<String, Any?>> =
            (control("requests") as Map<String, Any?>).getValue("requests") as List<Map<String, Any?>>

        /** Frees the service's memory. */
        override fun close(): Unit = model.close()

        private fun answer(target: ProbeTarget): ProbeOutcome {
            val answers = state().vps.any { it["ip_address"] == target.address && it["answers"] == true }
            return if (answers) ProbeOutcome.ANSWERED else ProbeOutcome.SILENT
        }

        private suspend fun serve(request: HttpRequest): HttpResponse {
            val url = URI(request.url)
            val target = url.rawPath + url.rawQuery?.let { "?$it" }.orEmpty()
            val reply =
                model.handle(request.method, target, request.headers, request.body.orEmpty(), clock.now())
            val delayMs = reply.delayMs.toLong()
            if (delayMs > 0) {
                clock.sleep(minOf(delayMs, request.timeoutMs).milliseconds)
            }
            if (delayMs >= request.timeoutMs) {
                throw TransportFailure(FailureKind.TIMEOUT, Delivery.UNKNOWN)
            }
            return when (reply.outcome) {
                "reply" -> HttpResponse(reply.status.toInt(), reply.headers, reply.body)
                "not_delivered" -> throw TransportFailure(FailureKind.CONNECT, Delivery.NOT_SENT)
                else -> throw TransportFailure(FailureKind.IO, Delivery.UNKNOWN)
            }
        }
    }
