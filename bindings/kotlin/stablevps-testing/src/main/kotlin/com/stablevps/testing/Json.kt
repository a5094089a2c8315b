package com.stablevps.testing

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.longOrNull
import java.math.BigDecimal

/** Maps, lists, texts, numbers and booleans as JSON. */
internal fun json(value: Any?): String = element(value).toString()

private fun element(value: Any?): JsonElement =
    when (value) {
        null -> JsonNull
        is String -> JsonPrimitive(value)
        is Number -> JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        is Map<*, *> -> JsonObject(value.entries.associate { (name, one) -> "$name" to element(one) })
        is Iterable<*> -> JsonArray(value.map(::element))
        else -> throw IllegalArgumentException("JSON has nothing for a ${value.javaClass.simpleName}")
    }

/** JSON as maps, lists, texts, [Long]s, [BigDecimal]s and booleans. */
internal fun parsed(text: String): Any? = value(Json.parseToJsonElement(text))

private fun value(element: JsonElement): Any? =
    when (element) {
        JsonNull -> {
            null
        }

        is JsonObject -> {
            element.mapValues { value(it.value) }
        }

        is JsonArray -> {
            element.map(::value)
        }

        is JsonPrimitive -> {
            if (element.isString) {
                element.content
            } else {
                element.booleanOrNull ?: element.longOrNull ?: BigDecimal(element.content)
            }
        }
    }
