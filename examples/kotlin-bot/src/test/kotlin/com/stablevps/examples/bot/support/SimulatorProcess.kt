package com.stablevps.examples.bot.support

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

/** The service, simulated by a program of its own. */
internal class SimulatorProcess(
    key: String,
) : AutoCloseable {
    private val process =
        ProcessBuilder(
            checkNotNull(System.getenv("STABLEVPS_SIMULATOR_BIN")) {
                "STABLEVPS_SIMULATOR_BIN must name the simulator's program"
            },
            *arrayOf("--key", key, "--balance", "1000", "--port", "0"),
            *arrayOf("--provisioning-ms", "200", "--until-stdin-closes"),
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()

    val url: String =
        process.inputStream
            .bufferedReader()
            .lineSequence()
            .firstOrNull()
            ?.removePrefix("listening on ")
            ?: error("the simulator ended before it listened")

    /** How many orders took effect, and the ids of all VPS. */
    fun state(): Pair<Int, Set<String>> {
        val request = HttpRequest.newBuilder(URI("$url/_simulator/state")).build()
        val reply = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString())
        val state: JsonObject = Json.parseToJsonElement(reply.body()).jsonObject
        val ids =
            state.getValue("vps").jsonArray.map {
                it.jsonObject
                    .getValue("id")
                    .jsonPrimitive.content
            }
        return state.getValue("orders_placed").jsonPrimitive.int to ids.toSet()
    }

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }
}
