package com.stablevps

import java.math.BigDecimal
import kotlin.time.Duration

/** Whose fault an error is. */
public enum class Fault {
    /** The caller's: other arguments, another key or more money would help. */
    CALLER,

    /** The service's, or its provider's. */
    SERVER,

    /** The network's, or a proxy's. */
    NETWORK,
}

/** Whether the same call may be made again; with a token, that means resuming from it. */
public enum class TryAgain {
    /** Safe, and it may succeed. */
    SAFE,

    /** Safe, but useless until something was changed. */
    USELESS,

    /** Dangerous: it may do the same thing twice. */
    UNSAFE,
}

/** What every error knows. */
internal class Facts(
    val code: String,
    val message: String,
    val fault: Fault,
    val tryAgain: TryAgain,
    val attempts: Int = 0,
    val endpoint: String? = null,
    val status: Int? = null,
    val serverMessage: String? = null,
    val token: String? = null,
    val vps: VpsDetails? = null,
)

/**
 * The root of every error of this package. Messages hold no secrets.
 *
 * Cancelling is no error of this package: it stays a `CancellationException`.
 */
public sealed class StableVpsException(
    facts: Facts,
) : RuntimeException(facts.message) {
    /** The error's name, the same in every language, such as `insufficient_funds`. */
    public val code: String = facts.code

    /** Whose fault it is. */
    public val fault: Fault = facts.fault

    /** Whether the same call may be made again; with a token, that means resuming from it. */
    public val tryAgain: TryAgain = facts.tryAgain

    /** How many requests were made. */
    public val attempts: Int = facts.attempts

    /** The endpoint as the documentation writes it, such as `POST /vps`. */
    public val endpoint: String? = facts.endpoint

    /** The HTTP status of the last reply. */
    public val status: Int? = facts.status

    /** The service's own words, without secrets. */
    public val serverMessage: String? = facts.serverMessage

    /** From where a purchase can be taken up again with [VpsResource.resume]. */
    public val token: String? = facts.token

    /** The VPS as it was last seen. */
    public val vps: VpsDetails? = facts.vps
}

/** An argument was refused before anything was sent. */
public class InvalidInputException internal constructor(
    facts: Facts,
    /** The argument, as this package spells it. */
    public val field: String,
    /** What it must be. */
    public val reason: String,
) : StableVpsException(facts)

/** The service refused a parameter (400). */
public class BadRequestException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** The API key is missing, invalid or expired (401). */
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

/** The account has as many API keys as it may have (429 on [Keys.create]). */
public class KeyLimitReachedException internal constructor(
    facts: Facts,
) : StableVpsException(facts)

/** Too many requests (429). */
public class RateLimitedException internal constructor(
    facts: Facts,
    /** How long the service asks to wait. */
    public val retryAfter: Duration?,
) : StableVpsException(facts) {
    /** How many milliseconds the service asks to wait. */
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

/** The service answered something that its documentation does not allow. */
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

/** No response arrived. */
public class TransportException internal constructor(
    facts: Facts,
    /** Where it broke. */
    public val kind: FailureKind,
    /** Whether the request may have reached the service. */
    public val delivery: Delivery,
    /** The HTTP stack's own words, without secrets. */
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

/** The price is above the highest that was accepted. Nothing was ordered. */
public class OverBudgetException internal constructor(
    facts: Facts,
    /** The catalogue's price. */
    public val price: BigDecimal,
    /** The limit that was set. */
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

/** A token can't be resumed. */
public class StaleTokenException internal constructor(
    facts: Facts,
    /** Why not. */
    public val reason: String,
) : StableVpsException(facts)
