package com.stablevps.tests

import com.stablevps.Clock
import com.stablevps.Delivery
import com.stablevps.FailureKind
import com.stablevps.HttpRequest
import com.stablevps.HttpResponse
import com.stablevps.HttpTransport
import com.stablevps.TransportFailure
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import kotlin.time.Duration

/** The script of a scenario, as a transport and a clock. */
internal class Script(
    scenario: JsonObject,
) : HttpTransport,
    Clock {
    private val turns = ArrayDeque(scenario.getValue("script").jsonArray.map { it.jsonObject })
    private var time = scenario.getValue("now").jsonPrimitive.long
    private var passed = 0L

    /** The first difference from the script. */
    var fault: String? = null
        private set

    val isAtItsEnd: Boolean get() = turns.isEmpty()

    /** Right when the call begins; then somebody sets the clock, again and again. */
    override fun now(): Long = time.also { time = if (it == 0L) 2 * System.currentTimeMillis() else 0 }

    override fun monotonic(): Long = passed

    override suspend fun sleep(duration: Duration) {
        val wait = turns.removeFirstOrNull()?.get("wait")?.jsonObject
        expect("a wait of ${duration.inWholeMilliseconds}", "a wait of ${wait?.get("delayMs")}")
        passed += duration.inWholeMilliseconds
    }

    override suspend fun send(request: HttpRequest): HttpResponse {
        val turn = turns.removeFirstOrNull() ?: JsonObject(emptyMap())
        val wanted = turn["request"]?.jsonObject
        val named =
            wanted
                ?.get("headers")
                ?.jsonObject
                .orEmpty()
                .mapKeys { it.key.lowercase() }
        val made =
            JsonObject(
                mapOf(
                    "method" to JsonPrimitive(request.method),
                    "url" to JsonPrimitive(request.url),
                    "headers" to JsonObject(named.mapValues { JsonPrimitive(request.headers[it.key]) }),
                    "body" to (request.body?.let(Json::parseToJsonElement) ?: JsonNull),
                ),
            )
        expect(made, wanted?.let { JsonObject(it + ("headers" to JsonObject(named))) })
        turn["failed"]?.jsonObject?.let { throw failure(it) }
        val reply = turn["reply"]?.jsonObject ?: return HttpResponse(500, emptyMap(), ByteArray(0))
        return HttpResponse(
            status = reply.getValue("status").jsonPrimitive.int,
            headers = reply.getValue("headers").jsonObject.mapValues { it.value.jsonPrimitive.content },
            body =
                reply
                    .getValue("body")
                    .jsonPrimitive.content
                    .toByteArray(),
        )
    }

    private fun failure(failed: JsonObject): TransportFailure {
        fun text(name: String) = failed[name]?.jsonPrimitive?.contentOrNull.orEmpty()
        val kind = FailureKind.valueOf(text("kind").uppercase())
        return TransportFailure(kind, Delivery.valueOf(text("delivery").uppercase()), text("detail"))
    }

    private fun expect(
        made: Any,
        wanted: Any?,
    ) {
        if (made != wanted && fault == null) {
            fault = "$made\ninstead of $wanted"
        }
    }
}
