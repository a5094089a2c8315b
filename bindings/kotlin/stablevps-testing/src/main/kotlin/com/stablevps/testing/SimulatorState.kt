package com.stablevps.testing

import java.math.BigDecimal

/** What a simulator received and what it holds. */
public class SimulatorState internal constructor(
    /** All of it, as in the simulator's own JSON. Whole numbers are [Long]s, others [BigDecimal]s. */
    public val all: Map<String, Any?>,
) {
    /** How many orders it received. */
    public val ordersReceived: Int get() = (all.getValue("orders_received") as Number).toInt()

    /** How many of them took effect. */
    public val ordersPlaced: Int get() = (all.getValue("orders_placed") as Number).toInt()

    /** What the wallet holds. */
    public val balance: BigDecimal get() = BigDecimal("${all.getValue("balance")}")

    /** Every charge to the wallet. */
    public val charges: List<*> get() = all.getValue("charges") as List<*>

    /** Every VPS of the account. */
    @Suppress("UNCHECKED_CAST")
    public val vps: List<Map<String, Any?>> get() = all.getValue("vps") as List<Map<String, Any?>>

    override fun toString(): String = "SimulatorState($all)"
}
