package com.stablevps

import com.stablevps.internal.ffi.Api
import com.stablevps.internal.ffi.ApiOptions
import com.stablevps.internal.ffi.Limits
import com.stablevps.internal.ffi.Machine
import com.stablevps.internal.ffi.Output
import com.stablevps.internal.ffi.PurchaseOptions
import java.io.Closeable
import java.security.SecureRandom
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

private const val DEFAULT_BASE_URL = "https://stablevps.com"

/** How long a purchase waits for its turn where its token alone knows its time. */
private val LONGEST_WAIT = 30.minutes

private val LONGEST_SPAN = 1_000_000_000_000.milliseconds

private const val MOST_RETRIES = 1000

private val random = SecureRandom()

/** A configured account, which every resource uses. */
internal class Session(
    private val apiKey: String?,
    private val options: StableVpsOptions,
) : Closeable {
    private val transport = options.transport ?: OkHttpTransport()
    private val host = Host(transport, options.clock, options.logger)
    private val seeds = options.randomSeed?.let(::AtomicLong)
    private val api = lazy { checked { Api(apiOptions()) } }
    private val account by lazy {
        val server = (options.baseUrl ?: DEFAULT_BASE_URL).trim().trimEnd('/')
        "${api.value.keyFingerprint()} $server"
    }

    /** Serves every call that says nothing of its own. */
    private val noLimits = lazy { Limits(null, null, 0, null) }

    init {
        if (!isAndroid) {
            api.value
        }
    }

    /** One call of an endpoint. */
    suspend fun <T> call(
        label: String,
        options: CallOptions,
        read: (Output) -> T,
        make: Api.(Limits) -> Machine,
    ): T {
        host.checkOpen()
        val machine = native { made(options, make) }
        return Driver(host, machine, label, read).run()
    }

    private fun made(
        options: CallOptions,
        make: Api.(Limits) -> Machine,
    ): Machine {
        val timeout = span("timeout", options.timeout)
        val deadline = span("deadline", options.deadline)
        if (timeout == null && deadline == null && seeds == null) {
            return checked { api.value.make(noLimits.value) }
        }
        val seed = seeds?.getAndIncrement()?.toULong()
        return Limits(timeout, deadline, host.clock.now(), seed).use {
            checked { api.value.make(it) }
        }
    }

    /** A purchase, or the wait for one. */
    suspend fun purchase(
        label: String,
        timeout: Duration?,
        onProgress: (suspend (Progress) -> Unit)?,
        make: Api.(seed: ULong, nowMs: Long) -> Machine,
    ): Provisioned {
        host.checkOpen()
        val seed = (seeds?.getAndIncrement() ?: random.nextLong()).toULong()
        val machine = native { checked { api.value.make(seed, host.clock.now()) } }
        val terms =
            Terms(native { account }, timeout ?: LONGEST_WAIT) { progress -> onProgress?.invoke(progress) }
        return Driver(host, machine, label) { (it as Output.Provisioned).v1.read() }.run(terms)
    }

    override fun close() {
        host.close()
        if (options.transport == null) {
            (transport as Closeable).close()
        }
        if (noLimits.isInitialized()) {
            noLimits.value.close()
        }
        if (api.isInitialized()) {
            api.value.close()
        }
    }

    private fun apiOptions(): ApiOptions =
        ApiOptions(
            apiKey = apiKey,
            baseUrl = options.baseUrl,
            auth = options.auth.value,
            userAgent = "stablevps-kotlin/$VERSION",
            maxRetries = options.maxRetries?.let(::retries),
            timeoutMs = span("timeout", options.timeout),
            connectTimeoutMs = span("connectTimeout", options.connectTimeout),
        )
}

private fun retries(count: Int): UInt {
    if (count < 0) {
        throw invalidInput("maxRetries", "must not be negative")
    }
    return count.coerceAtMost(MOST_RETRIES).toUInt()
}

/** A span in milliseconds, as the core takes it. */
internal fun span(
    field: String,
    value: Duration?,
    least: Int = 1,
): ULong? {
    if (value == null) {
        return null
    }
    if (value < Duration.ZERO || (least > 0 && value == Duration.ZERO)) {
        throw invalidInput(field, if (least > 0) "must be more than zero" else "must not be negative")
    }
    if (value >= LONGEST_SPAN) {
        throw invalidInput(field, "must be finite, and less than a billion seconds")
    }
    return value.inWholeMilliseconds.coerceAtLeast(least.toLong()).toULong()
}

internal fun WaitOptions.toCore(
    seed: ULong,
    nowMs: Long,
): PurchaseOptions =
    PurchaseOptions(
        nowMs = nowMs,
        seed = seed,
        preflight = null,
        maxSpend = null,
        waitFor = waitFor.value,
        timeoutMs = span("timeout", timeout),
        firstLookMs = span("firstLook", firstLook, least = 0),
        longestPauseMs = span("longestPause", longestPause),
        settleMs = null,
    )

internal fun ProvisionOptions.toCore(
    seed: ULong,
    nowMs: Long,
): PurchaseOptions =
    PurchaseOptions(
        nowMs = nowMs,
        seed = seed,
        preflight = preflight,
        maxSpend = maxSpend?.toPlainString(),
        waitFor = waitFor.value,
        timeoutMs = span("timeout", timeout),
        firstLookMs = span("firstLook", firstLook, least = 0),
        longestPauseMs = span("longestPause", longestPause),
        settleMs = span("settle", settle, least = 0),
    )
