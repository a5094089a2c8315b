package com.stablevps.tests

import com.stablevps.Auth
import com.stablevps.BillingCycle
import com.stablevps.Clock
import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.Location
import com.stablevps.OkHttpTransport
import com.stablevps.PlanId
import com.stablevps.Progress
import com.stablevps.ProvisionOptions
import com.stablevps.Provisioned
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import com.stablevps.TransportException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import okhttp3.OkHttpClient
import java.io.Closeable
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlin.test.assertFailsWith
import kotlin.time.Duration

internal const val KEY = "svps_live_a3f70123456789abcdef0123456789abcdef"
internal const val WALLET = """{"balance":12.5,"currency":"EUR"}"""

internal val PLAN = PlanId.PRIME
internal val CYCLE = BillingCycle.MONTHLY
internal val PLACE = Location.LONDON

/** What most tests buy. */
internal suspend fun StableVps.buy(
    options: ProvisionOptions = ProvisionOptions(),
    onProgress: (suspend (Progress) -> Unit)? = null,
): Provisioned = vps.provision(PLAN, CYCLE, PLACE, options, onProgress)

/** A client of a server. Without retries, a failure is reported at once. */
internal fun connected(
    url: String,
    retries: Int = 0,
    http: OkHttpClient? = null,
    timeout: Duration? = null,
    auth: Auth = Auth.BEARER,
    clock: Clock = Clock.SYSTEM,
): StableVps =
    StableVps(
        KEY,
        StableVpsOptions(
            baseUrl = url,
            maxRetries = retries,
            transport = http?.let(::OkHttpTransport),
            timeout = timeout,
            auth = auth,
            clock = clock,
        ),
    )

/** Where a call broke, and what was sent by then. */
internal suspend fun verdict(client: StableVps): Pair<FailureKind, Delivery> {
    val failure = assertFailsWith<TransportException> { client.wallet.get() }
    return failure.kind to failure.delivery
}

/** A variable that `cargo xtask test kotlin` sets. */
internal fun variable(name: String): String =
    checkNotNull(System.getenv(name)) { "$name is not set: run cargo xtask test kotlin" }

/** The simulator as a program of its own. */
internal class Service(
    vararg options: String,
) : Closeable {
    private val process: Process =
        ProcessBuilder(variable("STABLEVPS_SIMULATOR_BIN"), "--port", "0", "--until-stdin-closes", *options)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
    private val words = process.inputReader()
    private val http = HttpClient.newHttpClient()

    val url: String = word()
    val key: String = word()

    private fun word() = words.readLine().substringAfterLast(' ')

    fun client(): StableVps = StableVps(key, StableVpsOptions(baseUrl = url))

    fun state(): JsonObject = json(HttpRequest.newBuilder(URI("$url/_simulator/state")).build())

    fun control(command: String) {
        val body = HttpRequest.BodyPublishers.ofString(command)
        json(HttpRequest.newBuilder(URI("$url/_simulator/control")).POST(body).build())
    }

    private fun json(request: HttpRequest): JsonObject {
        val reply = http.send(request, HttpResponse.BodyHandlers.ofString())
        check(reply.statusCode() == 200) { reply.body() }
        return Json.parseToJsonElement(reply.body()).jsonObject
    }

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }
}
