package com.stablevps

import com.stablevps.internal.ffi.ErrorKind
import com.stablevps.internal.ffi.Failure
import com.stablevps.internal.ffi.Report

/** Calls the core; what it refuses becomes the package's own error. */
internal inline fun <T> checked(call: () -> T): T =
    try {
        call()
    } catch (failure: Failure.Product) {
        throw failure.report.toException()
    }

/** The exception of what the core reports. */
internal fun Report.toException(): StableVpsException {
    val kind = kind
    if (kind is ErrorKind.InvalidInput) {
        val field = spelled(kind.field)
        return kind.copy(field = field).toException(facts("$field ${kind.reason}"))
    }
    if (kind is ErrorKind.IdempotencyMismatch) {
        val field = spelled(kind.field)
        return kind.copy(field = field).toException(facts(message.replace(kind.field, field)))
    }
    return kind.toException(facts(message))
}

private fun Report.facts(message: String): Facts =
    Facts(
        code = kind.code,
        message = message,
        fault = Fault.entries[fault.ordinal],
        next = Next.entries[next.ordinal],
        attempts = attempts.toInt(),
        endpoint = endpoint,
        status = status?.toInt(),
        serverMessage = serverMessage,
        token = token,
        vps = vps?.read(),
    )

/** The core's names of arguments as this package spells them. */
private fun spelled(field: String): String =
    field.replace(Regex("_([a-z])")) { it.groupValues[1].uppercase() }
