package com.stablevps.tests

import com.stablevps.OpenEnum
import com.stablevps.Secret
import com.stablevps.ServerId
import com.stablevps.StableVpsException
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.math.BigDecimal
import java.time.Instant
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter
import kotlin.reflect.KProperty1
import kotlin.reflect.full.declaredMemberProperties
import kotlin.time.Duration

private val TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC)

/** A result as a JSON document, read through its public properties. */
internal fun document(value: Any?): JsonElement =
    when (value) {
        null -> JsonNull
        is String -> JsonPrimitive(value)
        is Number -> if (value is BigDecimal) JsonPrimitive(value.toPlainString()) else JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        is Instant -> JsonPrimitive(TIME.format(value))
        is Secret -> JsonPrimitive(value.reveal())
        is ServerId -> JsonPrimitive(value.value)
        is OpenEnum -> JsonPrimitive(value.value)
        is Enum<*> -> JsonPrimitive(value.name.lowercase())
        is List<*> -> JsonArray(value.map(::document))
        else -> JsonObject(properties(value))
    }

/** Documents have spans in milliseconds, which are properties, too. */
private fun properties(value: Any): Map<String, JsonElement> =
    value::class
        .declaredMemberProperties
        .map {
            @Suppress("UNCHECKED_CAST")
            it as KProperty1<Any, *>
        }.filter { it.visibility == kotlin.reflect.KVisibility.PUBLIC }
        .associate { it.name to it.get(value) }
        .filterValues { it !is Duration }
        .filterKeys { it != "retryAfter" }
        .mapValues { document(it.value) }

/** An error as a JSON document, read through its public properties. */
internal fun errorDocument(error: StableVpsException): JsonObject {
    val sometimes =
        mapOf(
            "endpoint" to error.endpoint,
            "status" to error.status,
            "serverMessage" to error.serverMessage,
            "token" to error.token,
            "vps" to error.vps,
        ).filterValues { it != null }
    val always =
        mapOf(
            "code" to error.code,
            "message" to error.message,
            "fault" to error.fault,
            "next" to error.next,
            "attempts" to error.attempts,
        )
    return JsonObject(
        (always + sometimes).mapValues {
            document(it.value)
        } + ("details" to JsonObject(properties(error))),
    )
}
