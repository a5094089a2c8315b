package com.stablevps.testing

import com.stablevps.Secret
import java.math.BigDecimal
import java.time.Instant
import kotlin.time.Duration

/** The configuration of a simulated service. What is absent has the simulator's default. */
public class SimulatorConfig(
    /** What the wallet holds, in EUR: 100 by default. */
    public val balance: BigDecimal? = null,
    /** How long a VPS takes to become active, in virtual time: 2 min by default. */
    public val provisioning: Duration? = null,
    /** How much longer its address and password take: no time by default. */
    public val detailsDelay: Duration? = null,
    /** The account's first key; one made from the seed by default. */
    public val key: Secret? = null,
    /** The seed of its random choices. */
    public val seed: Long? = null,
    /** When its time begins. */
    public val now: Instant = Instant.parse("2026-01-01T00:00:00Z"),
    /** Whether to use the machine's own clock, such as for a demonstration. */
    public val realTime: Boolean = false,
    /**
     * Other fields of the simulator's own JSON, as maps, lists, texts, numbers and booleans, such as
     * `mapOf("vps" to listOf(mapOf("location" to "tokyo")))`.
     */
    public val more: Map<String, Any?> = emptyMap(),
) {
    /** Every default. */
    public constructor() : this(balance = null)

    /** A wallet that holds this much. */
    public constructor(balance: BigDecimal) : this(balance = balance, provisioning = null)

    internal fun toJson(): String =
        json(
            mapOf(
                "balance" to balance,
                "provisioning_ms" to provisioning?.inWholeMilliseconds,
                "details_delay_ms" to detailsDelay?.inWholeMilliseconds,
                "key" to key?.reveal(),
                "seed" to seed,
            ).filterValues { it != null } + more,
        )
}
