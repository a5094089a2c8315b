package com.stablevps

/** What every error has. */
internal class Facts(
    val code: String,
    val message: String,
    val fault: Fault,
    val next: Next,
    val attempts: Int,
    val endpoint: String?,
    val status: Int?,
    val serverMessage: String?,
    val token: String?,
    val vps: VpsDetails?,
)

/**
 * The root of every error of this package. No message contains a secret.
 *
 * A cancelled call does not throw one of these: it throws the coroutine's own `CancellationException`.
 */
public sealed class StableVpsException(
    facts: Facts,
) : RuntimeException(facts.message) {
    /** The name of the kind of error, the same in every language, such as `insufficient_funds`. */
    public val code: String = facts.code

    /** Whose fault it is. */
    public val fault: Fault = facts.fault

    /** What to do next. */
    public val next: Next = facts.next

    /** How many requests were made. */
    public val attempts: Int = facts.attempts

    /** The endpoint as the documentation writes it, such as `POST /vps`. */
    public val endpoint: String? = facts.endpoint

    /** The HTTP status of the last response. */
    public val status: Int? = facts.status

    /** The service's own message, without secrets. */
    public val serverMessage: String? = facts.serverMessage

    /** The token from which [VpsResource.resume] continues the purchase. */
    public val token: String? = facts.token

    /** The VPS as it was last seen. */
    public val vps: VpsDetails? = facts.vps
}
