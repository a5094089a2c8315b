package com.stablevps

import com.stablevps.internal.ffi.Failure
import com.stablevps.internal.ffi.Problem
import com.stablevps.internal.ffi.ProblemKind
import java.math.BigDecimal
import kotlin.time.Duration.Companion.milliseconds
import com.stablevps.internal.ffi.Delivery as SentDelivery
import com.stablevps.internal.ffi.FailureKind as SentFailureKind
import com.stablevps.internal.ffi.Fault as SentFault
import com.stablevps.internal.ffi.TryAgain as SentTryAgain

/** Calls the core; what it refuses becomes the package's own error. */
internal inline fun <T> checked(make: () -> T): T =
    try {
        make()
    } catch (failure: Failure.Product) {
        throw failure.problem.toException()
    }

/** An argument that this package itself can see is wrong. */
internal fun invalidInput(
    field: String,
    reason: String,
): InvalidInputException {
    val facts = Facts("invalid_input", "$field $reason", Fault.CALLER, TryAgain.USELESS)
    return InvalidInputException(facts, field, reason)
}

/** What a purchase ends with when its time is over before it could begin. */
internal fun late(
    waitingFor: String,
    token: String?,
): DeadlineExceededException {
    val message = "the time allowed was over while waiting for $waitingFor"
    val facts =
        Facts("deadline_exceeded", message, Fault.CALLER, TryAgain.SAFE, token = token)
    return DeadlineExceededException(facts, waitingFor)
}

/** The exception of an error's kind. */
internal fun Problem.toException(): StableVpsException {
    val facts = facts()
    return when (val kind = kind) {
        is ProblemKind.InvalidInput -> {
            invalidInput(spelled(kind.field), kind.reason)
        }

        is ProblemKind.BadRequest -> {
            BadRequestException(facts)
        }

        is ProblemKind.Unauthorized -> {
            UnauthorizedException(facts)
        }

        is ProblemKind.InsufficientFunds -> {
            kind.toException(facts)
        }

        is ProblemKind.ReadOnlyKey -> {
            ReadOnlyKeyException(facts)
        }

        is ProblemKind.NotFound -> {
            NotFoundException(facts)
        }

        is ProblemKind.KeyLimitReached -> {
            KeyLimitReachedException(facts)
        }

        is ProblemKind.RateLimited -> {
            RateLimitedException(facts, kind.retryAfterMs?.toLong()?.milliseconds)
        }

        is ProblemKind.Server -> {
            ServerException(facts)
        }

        is ProblemKind.Provider -> {
            ProviderException(facts)
        }

        is ProblemKind.UnexpectedResponse -> {
            UnexpectedResponseException(facts, kind.place, kind.reason, kind.contentType, kind.excerpt)
        }

        is ProblemKind.Transport -> {
            TransportException(facts, kind.kind.read(), kind.delivery.read(), kind.detail)
        }

        is ProblemKind.OutcomeUnknown -> {
            OutcomeUnknownException(facts, kind.reason, kind.advice)
        }

        is ProblemKind.DeadlineExceeded -> {
            DeadlineExceededException(facts, kind.waitingFor)
        }

        is ProblemKind.OverBudget -> {
            OverBudgetException(facts, BigDecimal(kind.price), BigDecimal(kind.maxSpend))
        }

        is ProblemKind.ProvisioningFailed -> {
            ProvisioningFailedException(facts, VpsStatus.of(kind.vpsStatus))
        }

        is ProblemKind.NotPlaced -> {
            NotPlacedException(facts)
        }

        is ProblemKind.Unresolved -> {
            UnresolvedException(facts, kind.reason, kind.candidates.map { it.read() })
        }

        is ProblemKind.StaleToken -> {
            StaleTokenException(facts, kind.reason)
        }

        // The core that ships with this package knows no kind that this package does not.
        is ProblemKind.Other -> {
            ServerException(facts)
        }
    }
}

private fun ProblemKind.InsufficientFunds.toException(facts: Facts) =
    InsufficientFundsException(
        facts,
        required = required?.let(::BigDecimal),
        available = available?.let(::BigDecimal),
        shortfall = shortfall?.let(::BigDecimal),
        currency = currency,
    )

private fun Problem.facts(): Facts =
    Facts(
        code = code,
        message = message,
        fault = fault.read(),
        tryAgain = tryAgain.read(),
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

private fun SentFault.read(): Fault =
    when (this) {
        SentFault.CALLER -> Fault.CALLER
        SentFault.SERVER -> Fault.SERVER
        SentFault.NETWORK -> Fault.NETWORK
    }

private fun SentTryAgain.read(): TryAgain =
    when (this) {
        SentTryAgain.SAFE -> TryAgain.SAFE
        SentTryAgain.USELESS -> TryAgain.USELESS
        SentTryAgain.UNSAFE -> TryAgain.UNSAFE
    }

private fun SentDelivery.read(): Delivery =
    when (this) {
        SentDelivery.NOT_SENT -> Delivery.NOT_SENT
        SentDelivery.UNKNOWN -> Delivery.UNKNOWN
    }

private fun SentFailureKind.read(): FailureKind = FailureKind.valueOf(name)

internal fun Delivery.toSent(): SentDelivery =
    when (this) {
        Delivery.NOT_SENT -> SentDelivery.NOT_SENT
        Delivery.UNKNOWN -> SentDelivery.UNKNOWN
    }

internal fun FailureKind.toSent(): SentFailureKind = SentFailureKind.valueOf(name)
