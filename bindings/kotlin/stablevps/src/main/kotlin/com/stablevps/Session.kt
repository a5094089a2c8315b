package com.stablevps

import com.stablevps.internal.ffi.Api
import com.stablevps.internal.ffi.ApiConfig
import com.stablevps.internal.ffi.Batch
import com.stablevps.internal.ffi.HostStep
import com.stablevps.internal.ffi.Machine
import com.stablevps.internal.ffi.Output
import com.stablevps.internal.ffi.Pacing
import com.stablevps.internal.ffi.Recording
import com.stablevps.internal.ffi.Request
import com.stablevps.internal.ffi.defaultConfig
import com.stablevps.internal.ffi.invalidInput
import java.io.Closeable
import java.util.concurrent.atomic.AtomicLong
import com.stablevps.internal.ffi.CallOptions as CoreCallOptions

/** A configured account, which every resource uses. */
internal class Session(
    private val apiKey: String?,
    private val options: StableVpsOptions,
) : Closeable {
    private val transport = options.transport ?: OkHttpTransport()
    private val host = Host(transport, options)
    private val seeds = options.randomSeed?.let(::AtomicLong)
    private val api = lazy { checked { Api(config()) } }

    init {
        if (!isAndroid) {
            api.value
        }
    }

    /** One call of an endpoint. */
    suspend fun <T> call(
        label: String,
        request: Request,
        options: CallOptions,
        read: (Output) -> T,
    ): T {
        host.checkOpen()
        val machine = native { begin(request, options.toCore()) }
        return Driver(host, machine, label) { read((it as HostStep.Done).output) }.run()
    }

    /** A purchase, or the wait for a VPS. The request is made where the core may be called. */
    suspend fun purchase(
        label: String,
        onProgress: (suspend (Progress) -> Unit)?,
        seat: Seat? = null,
        request: () -> Request,
    ): Provisioned {
        host.checkOpen()
        val machine = native { begin(request(), CallOptions().toCore(), seat?.batch) }
        val read = { step: HostStep -> ((step as HostStep.Done).output as Output.Provisioned).v1.read() }
        return Driver(host, machine, label, read = read).run(onProgress, seat?.leave)
    }

    /** What orders are bought together in. */
    suspend fun batch(options: BatchOptions): Batch {
        host.checkOpen()
        return native { checked { api.value.batch(options.toCore()) } }
    }

    /** How far orders are that are bought together. */
    fun progress(batch: Batch): BatchProgress = batch.progress(host.clock.instant()).read()

    /** A watch. Its options are checked where the core may be called, before anything is sent. */
    suspend fun watch(options: WatchOptions): WatchRun {
        host.checkOpen()
        val machine = native { begin(Request.WatchVps(options.toCore()), CallOptions().toCore()) }
        return WatchRun(host, machine, options)
    }

    /** How a purchase is recorded, if it is. */
    fun recording(
        idempotencyKey: String?,
        whenHeld: WhenHeld,
    ): Recording? =
        when {
            options.store != null -> Recording(idempotencyKey, whenHeld.toCore())
            idempotencyKey == null -> null
            else -> throw invalidInput("idempotency_key", "needs a client with a store").toException()
        }

    /** A question to the store. */
    suspend fun <T> question(
        label: String,
        request: Request,
        options: CallOptions,
        read: (Output) -> T,
    ): T {
        checkStore()
        return call(label, request, options, read)
    }

    /** Refuses what only a client with a store can do. */
    fun checkStore() {
        if (options.store == null) {
            val reason = "is missing: recorded purchases need a client with one"
            throw invalidInput("store", reason).toException()
        }
    }

    private fun begin(
        request: Request,
        options: CoreCallOptions,
        batch: Batch? = null,
    ): Machine {
        val seed = seeds?.getAndIncrement()?.toULong()
        val (now, time) = host.clock.instant() to host.clock.now()
        return checked {
            batch?.begin(request, options, seed, now, time)
                ?: api.value.begin(request, options, seed, now, time)
        }
    }

    override fun close() {
        host.close()
        if (options.transport == null) {
            (transport as Closeable).close()
        }
        if (api.isInitialized()) {
            api.value.close()
        }
    }

    /** What is bought by a clock that is not the machine's is known to the clients of that clock alone. */
    private fun world(baseUrl: String): String? {
        val clock = options.clock
        return host.world ?: if (clock === Clock.SYSTEM) null else "${Worlds.of(clock)} $baseUrl"
    }

    private fun config(): ApiConfig {
        val default = defaultConfig()
        val baseUrl = options.baseUrl ?: default.baseUrl
        return default.copy(
            apiKey = apiKey,
            baseUrl = baseUrl,
            auth = options.auth.toCore(),
            userAgent = "stablevps-kotlin/$VERSION",
            maxRetries = options.maxRetries?.toLong() ?: default.maxRetries,
            timeoutMs = options.timeout?.toMillis() ?: default.timeoutMs,
            connectTimeoutMs = options.connectTimeout?.toMillis() ?: default.connectTimeoutMs,
            world = world(baseUrl),
            account = options.account,
            app = options.app,
            pacing = if (options.pacing) Pacing.ON else Pacing.OFF,
        )
    }
}
