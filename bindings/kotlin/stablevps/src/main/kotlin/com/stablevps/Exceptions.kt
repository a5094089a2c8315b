// An exception for every kind of error. Written by `cargo xtask generate` from the core's list.

package com.stablevps

import java.math.BigDecimal
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import com.stablevps.internal.ffi.ErrorKind as CoreErrorKind

/** An argument was refused before anything was sent. */
public class InvalidInputException internal constructor(
    facts: Facts,
    /** The argument. */
    public val field: String,
    /** What it must be. */
    public val reason: String,
) : StableVpsException(facts)

/** The service refused a parameter (400 and the other refusals of its kind). */
public class BadRequestException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** The key is missing, invalid or expired (401). */
public class UnauthorizedException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** The wallet does not hold enough (402), or was seen not to before ordering. */
public class InsufficientFundsException internal constructor(
    facts: Facts,
    /** What is needed. */
    public val required: BigDecimal?,
    /** What there is. */
    public val available: BigDecimal?,
    /** How much is missing. */
    public val shortfall: BigDecimal?,
    /** The currency of all three. */
    public val currency: String?,
) : StableVpsException(facts)

/** A read-only key was used for a change (403). */
public class ReadOnlyKeyException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** There is no such resource in this account (404). */
public class NotFoundException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** The account has as many API keys as it may have (429 when creating one). */
public class KeyLimitReachedException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** Too many requests (429). */
public class RateLimitedException internal constructor(
    facts: Facts,
    /** Time that the service asks to wait. */
    public val retryAfter: Duration?,
) : StableVpsException(facts) {
    /** Milliseconds that the service asks to wait. */
    public val retryAfterMs: Long? get() = retryAfter?.inWholeMilliseconds
}

/** The service failed (5xx). */
public open class ServerException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** The VPS provider behind the service failed (502). */
public class ProviderException internal constructor(
    facts: Facts,
) : ServerException(facts)

/** The service answered something that the documentation does not allow. */
public class UnexpectedResponseException internal constructor(
    facts: Facts,
    /** Where in the body, such as `vps[3].createdAt`. */
    public val place: String,
    /** What is wrong there. */
    public val reason: String,
    /** The reply's content type. */
    public val contentType: String?,
    /** The beginning of a body that is not JSON, without secrets. */
    public val excerpt: String?,
) : StableVpsException(facts)

/** No response arrived, and nothing was changed by the request. */
public class TransportException internal constructor(
    facts: Facts,
    /** Where it broke. */
    public val kind: FailureKind,
    /** Whether the request may have reached the service. */
    public val delivery: Delivery,
    /** The HTTP stack's words. */
    public val detail: String,
) : StableVpsException(facts)

/** A request that must not be repeated may or may not have taken effect. */
public class OutcomeUnknownException internal constructor(
    facts: Facts,
    /** What happened to its reply. */
    public val reason: String,
    /** How to find out what became of it. */
    public val advice: String,
) : StableVpsException(facts)

/** The time allowed for the whole was over. */
public class DeadlineExceededException internal constructor(
    facts: Facts,
    /** What was being waited for. */
    public val waitingFor: String,
) : StableVpsException(facts)

/** The price is above the limit that the caller set. Nothing was ordered. */
public class OverBudgetException internal constructor(
    facts: Facts,
    /** The catalogue's price. */
    public val price: BigDecimal,
    /** The caller's limit. */
    public val maxSpend: BigDecimal,
) : StableVpsException(facts)

/** The VPS was bought, and its receipt shows a higher price than the limit that the caller set. */
public class PriceAboveLimitException internal constructor(
    facts: Facts,
    /** What the receipt says. */
    public val charged: BigDecimal,
    /** The caller's limit. */
    public val maxSpend: BigDecimal,
) : StableVpsException(facts)

/** The VPS was bought but can't become usable. */
public class ProvisioningFailedException internal constructor(
    facts: Facts,
    /** The status that ended the wait. */
    public val vpsStatus: VpsStatus,
) : StableVpsException(facts)

/** The order's reply was lost, and the order was seen not to have been placed. */
public class NotPlacedException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** The order's reply was lost, and what became of the order could not be told. */
public class UnresolvedException internal constructor(
    facts: Facts,
    /** Why not. */
    public val reason: String,
    /** VPS that may be the one ordered. */
    public val candidates: List<Vps>,
) : StableVpsException(facts)

/** The purchase of that idempotency key goes on elsewhere. */
public class PurchaseInProgressException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** The idempotency key was used for another order. */
public class IdempotencyMismatchException internal constructor(
    facts: Facts,
    /** What differs. */
    public val field: String,
) : StableVpsException(facts)

/** The store of purchases failed. */
public class StoreException internal constructor(
    facts: Facts,
    /** The database's words. */
    public val detail: String,
) : StableVpsException(facts)

/** A token can't be resumed. */
public class StaleTokenException internal constructor(
    facts: Facts,
    /** Why not. */
    public val reason: String,
) : StableVpsException(facts)

/** The name of this kind, the same in every language. */
internal val CoreErrorKind.code: String
    get() =
        when (this) {
            is CoreErrorKind.InvalidInput -> "invalid_input"
            is CoreErrorKind.BadRequest -> "bad_request"
            is CoreErrorKind.Unauthorized -> "unauthorized"
            is CoreErrorKind.InsufficientFunds -> "insufficient_funds"
            is CoreErrorKind.ReadOnlyKey -> "read_only_key"
            is CoreErrorKind.NotFound -> "not_found"
            is CoreErrorKind.KeyLimitReached -> "key_limit_reached"
            is CoreErrorKind.RateLimited -> "rate_limited"
            is CoreErrorKind.Server -> "server"
            is CoreErrorKind.Provider -> "provider"
            is CoreErrorKind.UnexpectedResponse -> "unexpected_response"
            is CoreErrorKind.Transport -> "transport"
            is CoreErrorKind.OutcomeUnknown -> "outcome_unknown"
            is CoreErrorKind.DeadlineExceeded -> "deadline_exceeded"
            is CoreErrorKind.OverBudget -> "over_budget"
            is CoreErrorKind.PriceAboveLimit -> "price_above_limit"
            is CoreErrorKind.ProvisioningFailed -> "provisioning_failed"
            is CoreErrorKind.NotPlaced -> "not_placed"
            is CoreErrorKind.Unresolved -> "unresolved"
            is CoreErrorKind.PurchaseInProgress -> "purchase_in_progress"
            is CoreErrorKind.IdempotencyMismatch -> "idempotency_mismatch"
            is CoreErrorKind.Store -> "store"
            is CoreErrorKind.StaleToken -> "stale_token"
        }

/** The exception of this kind. */
internal fun CoreErrorKind.toException(facts: Facts): StableVpsException =
    when (this) {
        is CoreErrorKind.InvalidInput -> {
            InvalidInputException(
                facts,
                field,
                reason,
            )
        }

        is CoreErrorKind.BadRequest -> {
            BadRequestException(facts)
        }

        is CoreErrorKind.Unauthorized -> {
            UnauthorizedException(facts)
        }

        is CoreErrorKind.InsufficientFunds -> {
            InsufficientFundsException(
                facts,
                required?.let(::BigDecimal),
                available?.let(::BigDecimal),
                shortfall?.let(::BigDecimal),
                currency,
            )
        }

        is CoreErrorKind.ReadOnlyKey -> {
            ReadOnlyKeyException(facts)
        }

        is CoreErrorKind.NotFound -> {
            NotFoundException(facts)
        }

        is CoreErrorKind.KeyLimitReached -> {
            KeyLimitReachedException(facts)
        }

        is CoreErrorKind.RateLimited -> {
            RateLimitedException(
                facts,
                retryAfterMs?.toLong()?.milliseconds,
            )
        }

        is CoreErrorKind.Server -> {
            ServerException(facts)
        }

        is CoreErrorKind.Provider -> {
            ProviderException(facts)
        }

        is CoreErrorKind.UnexpectedResponse -> {
            UnexpectedResponseException(
                facts,
                place,
                reason,
                contentType,
                excerpt,
            )
        }

        is CoreErrorKind.Transport -> {
            TransportException(
                facts,
                FailureKind.entries[kind.ordinal],
                Delivery.entries[delivery.ordinal],
                detail,
            )
        }

        is CoreErrorKind.OutcomeUnknown -> {
            OutcomeUnknownException(
                facts,
                reason,
                advice,
            )
        }

        is CoreErrorKind.DeadlineExceeded -> {
            DeadlineExceededException(
                facts,
                waitingFor,
            )
        }

        is CoreErrorKind.OverBudget -> {
            OverBudgetException(
                facts,
                BigDecimal(price),
                BigDecimal(maxSpend),
            )
        }

        is CoreErrorKind.PriceAboveLimit -> {
            PriceAboveLimitException(
                facts,
                BigDecimal(charged),
                BigDecimal(maxSpend),
            )
        }

        is CoreErrorKind.ProvisioningFailed -> {
            ProvisioningFailedException(
                facts,
                VpsStatus.of(vpsStatus),
            )
        }

        is CoreErrorKind.NotPlaced -> {
            NotPlacedException(facts)
        }

        is CoreErrorKind.Unresolved -> {
            UnresolvedException(
                facts,
                reason,
                candidates.map { it.read() },
            )
        }

        is CoreErrorKind.PurchaseInProgress -> {
            PurchaseInProgressException(facts)
        }

        is CoreErrorKind.IdempotencyMismatch -> {
            IdempotencyMismatchException(
                facts,
                field,
            )
        }

        is CoreErrorKind.Store -> {
            StoreException(
                facts,
                detail,
            )
        }

        is CoreErrorKind.StaleToken -> {
            StaleTokenException(
                facts,
                reason,
            )
        }
    }
