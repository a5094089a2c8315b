@file:UseSerializers(MoneyText::class)

package com.stablevps.examples.bot

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers
import java.math.BigDecimal

/**
 * What is known of a name. Without an entry, nothing was ordered.
 *
 * ```
 *          the token is on disk        receipt, or found by looking         usable
 * nothing ----------------------> Ordering ----------------> Bought (token) ------> Bought
 *    ^                               | |
 *    '-- not placed, or refused -----' '-- outcome unknown --> Parked
 * ```
 */
@Serializable
internal sealed interface Member {
    val terms: Terms

    /** What it costs or may cost, in EUR: the charge, and before it is known, the price. */
    val cost: BigDecimal

    /** The order may have been sent. Resuming from the token finds out. */
    @Serializable
    @SerialName("ordering")
    data class Ordering(
        override val terms: Terms,
        override val cost: BigDecimal,
        val token: String,
    ) : Member

    /** It has a VPS. While there is a token, it is not ready yet. */
    @Serializable
    @SerialName("bought")
    data class Bought(
        override val terms: Terms,
        override val cost: BigDecimal,
        val vpsId: String,
        val token: String? = null,
    ) : Member

    /** The order may have been made, and a person must look. */
    @Serializable
    @SerialName("parked")
    data class Parked(
        override val terms: Terms,
        override val cost: BigDecimal,
        val token: String,
        val problem: String,
    ) : Member
}
