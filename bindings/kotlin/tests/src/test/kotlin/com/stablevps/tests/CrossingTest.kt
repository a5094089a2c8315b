package com.stablevps.tests

import com.stablevps.Phase
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** One language finishes a purchase that another began. */
internal class CrossingTest {
    private class Other(
        val language: String,
        val command: List<String>,
    ) {
        fun run(vararg words: String): String {
            val process =
                ProcessBuilder(command + words).redirectError(ProcessBuilder.Redirect.INHERIT).start()
            val printed = process.inputReader().readText().trim()
            assertEquals(0, process.waitFor(), "$language ended badly")
            return printed
        }
    }

    private fun others(): List<Other> {
        val named = Json.parseToJsonElement(variable("STABLEVPS_CROSSING")).jsonArray.map { it.jsonObject }
        assertTrue(named.isNotEmpty())
        return named.map { one ->
            val command = one.getValue("command").jsonArray.map { it.jsonPrimitive.content }
            Other(one.getValue("language").jsonPrimitive.content, command)
        }
    }

    private fun eachOther(test: (Other, Service) -> Unit): List<DynamicTest> =
        others().map { other ->
            DynamicTest.dynamicTest(
                other.language,
            ) { Service("--provisioning-ms", "0").use { test(other, it) } }
        }

    @TestFactory
    fun `a purchase that another language began is finished here`() =
        eachOther { other, service ->
            val token = other.run("begin", service.url, service.key, "polling")
            val bought = runBlocking { service.client().vps.resume(token) }
            assertEquals("19.49", "${bought.charged}")
            assertEquals("1", "${service.state()["orders_received"]}")
        }

    @TestFactory
    fun `a purchase that was begun here is finished by another language`() =
        eachOther { other, service ->
            val token = runBlocking { begun(service, Phase.POLLING) }
            val printed = other.run("finish", service.url, service.key, token)
            assertEquals("${service.boughtId()} 19.49 false", printed)
            assertEquals("1", "${service.state()["orders_received"]}")
        }

    @TestFactory
    fun `an order whose reply this process did not see is found by another language`() =
        eachOther { other, service ->
            val slow = """{"fault":{"on":{"method":"POST","path":"/vps"},"do":{"delay":{"ms":600000}}}}"""
            service.control(slow)
            val token = runBlocking { begun(service, Phase.ORDERING, isOrderAwaited = true) }
            val printed = other.run("finish", service.url, service.key, token)
            assertEquals("${service.boughtId()} 19.49 true", printed)
            assertEquals("1", "${service.state()["orders_received"]}")
        }

    private fun Service.boughtId(): String {
        val (vps) = state().getValue("vps").jsonArray
        return (vps as JsonObject).getValue("id").jsonPrimitive.content
    }

    /** The token of a purchase that was given up in that phase. */
    private suspend fun begun(
        service: Service,
        phase: Phase,
        isOrderAwaited: Boolean = false,
    ): String =
        kotlinx.coroutines.coroutineScope {
            val token = CompletableDeferred<String>()
            val purchase =
                launch(Dispatchers.Default) {
                    service.client().buy { if (it.phase == phase) it.token?.let(token::complete) }
                }
            token.await().also {
                while (isOrderAwaited && "${service.state()["orders_received"]}" == "0") {
                    // Until the order is there.
                }
                purchase.cancelAndJoin()
            }
        }
}
