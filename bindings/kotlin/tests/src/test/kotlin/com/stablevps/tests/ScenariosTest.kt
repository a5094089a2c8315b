package com.stablevps.tests

import com.stablevps.Auth
import com.stablevps.BillingCycle
import com.stablevps.CallOptions
import com.stablevps.Location
import com.stablevps.PlanId
import com.stablevps.ProvisionOptions
import com.stablevps.ResumeOptions
import com.stablevps.Scope
import com.stablevps.Secret
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.StableVpsOptions
import com.stablevps.WaitLevel
import com.stablevps.WaitOptions
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import java.io.File
import java.math.BigDecimal
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** Replays the conversations that every language's package must agree with, through the public facade. */
internal class ScenariosTest {
    @TestFactory
    fun `every scenario goes as in every other language`(): List<DynamicTest> {
        val files = File(variable("STABLEVPS_SCENARIOS")).listFiles { file -> file.extension == "json" }
        val scenarios = files.orEmpty().flatMap { Json.parseToJsonElement(it.readText()).jsonArray }
        assertTrue(scenarios.size >= 265, "only ${scenarios.size} scenarios")
        return scenarios.map { it.jsonObject }.map { scenario ->
            DynamicTest.dynamicTest(scenario.getValue("name").jsonPrimitive.content) {
                runTest { replay(scenario) }
            }
        }
    }

    private suspend fun replay(scenario: JsonObject) {
        val script = Script(scenario)
        val wanted = spelled(scenario.getValue("result").jsonObject)
        val got =
            try {
                client(scenario, script).use {
                    "ok" to
                        document(Arguments(scenario.getValue("call").jsonObject).call(it))
                }
            } catch (error: StableVpsException) {
                "error" to errorDocument(error)
            } catch (_: NumberFormatException) {
                // A text that is no number can't be passed here: the argument is a BigDecimal.
                assertTrue("$wanted".contains("\"field\":\"maxSpend\""), "$wanted")
                return
            }
        assertNull(script.fault)
        assertEquals(wanted, JsonObject(mapOf(got)))
        assertTrue(script.isAtItsEnd, "the conversation was not over")
    }

    private fun client(
        scenario: JsonObject,
        script: Script,
    ): StableVps {
        val values = Values(scenario.getValue("client").jsonObject)
        val auth = values.text("auth")
        return StableVps(
            values.text("apiKey"),
            StableVpsOptions(
                baseUrl = values.text("baseUrl"),
                auth = if (auth == "x-api-key") Auth.X_API_KEY else Auth.BEARER,
                timeout = values.span("timeoutMs"),
                maxRetries = values.number("maxRetries"),
                transport = script,
                clock = script,
                randomSeed =
                    scenario
                        .getValue("seed")
                        .jsonPrimitive.content
                        .toULong()
                        .toLong(),
            ),
        )
    }

    /** The names of arguments are Kotlin's own here. */
    private fun spelled(result: JsonObject): JsonObject {
        val error = result["error"]?.jsonObject ?: return result
        if (error.getValue("code").jsonPrimitive.content != "invalid_input") {
            return result
        }
        val details = error.getValue("details").jsonObject
        val sent = details.getValue("field").jsonPrimitive.content
        val field = sent.replace(Regex("_(.)")) { it.groupValues[1].uppercase() }
        val message = "$field ${details.getValue("reason").jsonPrimitive.content}"
        val changes = mapOf("message" to message).mapValues { JsonPrimitive(it.value) }
        return JsonObject(
            mapOf(
                "error" to
                    JsonObject(
                        error + changes +
                            ("details" to JsonObject(details + ("field" to JsonPrimitive(field)))),
                    ),
            ),
        )
    }
}

/** Values of a scenario, any of which may be absent. */
private open class Values(
    private val values: JsonObject,
) {
    fun text(name: String): String? = values[name]?.jsonPrimitive?.contentOrNull

    fun must(name: String): String = checkNotNull(text(name)) { name }

    fun number(name: String): Int? = values[name]?.jsonPrimitive?.int

    fun flag(name: String): Boolean? = values[name]?.jsonPrimitive?.boolean

    fun span(name: String): Duration? = values[name]?.jsonPrimitive?.long?.milliseconds
}

/** A call's arguments as this package takes them. */
private class Arguments(
    private val method: String,
    values: JsonObject,
) : Values(values) {
    constructor(call: JsonObject) : this(
        call.getValue("method").jsonPrimitive.content,
        call["args"]?.jsonObject ?: JsonObject(emptyMap()),
    )

    private val options get() = CallOptions(span("timeoutMs"), span("deadlineMs"))
    private val plan get() = PlanId.of(must("planId"))
    private val cycle get() = BillingCycle.of(must("billingCycle"))
    private val location get() = Location.of(must("location"))
    private val level get() = WaitLevel.valueOf((text("waitFor") ?: "ready").uppercase())

    suspend fun call(client: StableVps): Any =
        when (method) {
            "keys.create" -> {
                client.keys.create(
                    must("email"),
                    Secret(must("password")),
                    must("name"),
                    scope(),
                    number("expiresInDays"),
                    options,
                )
            }

            "keys.list" -> {
                client.keys.list(options)
            }

            "keys.revoke" -> {
                client.keys.revoke(must("keyId"), options)
            }

            "account.get" -> {
                client.account.get(options)
            }

            "wallet.get" -> {
                client.wallet.get(options)
            }

            "vps.list" -> {
                client.vps.list(options)
            }

            "vps.get" -> {
                client.vps.get(must("id"), options)
            }

            "vps.create" -> {
                client.vps.create(plan, cycle, location, options)
            }

            "vps.delete" -> {
                client.vps.delete(must("id"), options)
            }

            "vps.start" -> {
                client.vps.start(must("id"), options)
            }

            "vps.stop" -> {
                client.vps.stop(must("id"), options)
            }

            "vps.reboot" -> {
                client.vps.reboot(must("id"), options)
            }

            "vps.provision" -> {
                client.vps.provision(plan, cycle, location, provisioning())
            }

            "vps.wait_until_ready" -> {
                client.vps.waitUntilReady(must("id"), waiting())
            }

            "vps.resume" -> {
                client.vps.resume(must("token"), ResumeOptions(anyKey = flag("anyKey") ?: false))
            }

            else -> {
                error("there is no $method")
            }
        }

    private fun scope() = Scope.of(text("scope") ?: "full")

    private fun provisioning() =
        ProvisionOptions(
            maxSpend = text("maxSpend")?.let(::BigDecimal),
            timeout = span("timeoutMs"),
            waitFor = level,
            firstLook = span("firstLookMs"),
            longestPause = span("longestPauseMs"),
            settle = span("settleMs"),
            preflight = flag("preflight") ?: true,
            checkFunds = flag("checkFunds") ?: false,
        )

    private fun waiting() = WaitOptions(span("timeoutMs"), level, span("firstLookMs"), span("longestPauseMs"))
}
