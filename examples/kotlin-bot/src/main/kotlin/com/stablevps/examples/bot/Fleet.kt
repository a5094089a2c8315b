package com.stablevps.examples.bot

import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.PlanId
import com.stablevps.PurchaseRecord
import com.stablevps.Vps
import com.stablevps.price
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import java.io.IOException
import java.math.BigDecimal
import java.nio.file.Path
import kotlin.io.path.readText

/** What is ordered. Two orders on the same terms look alike in the account. */
internal data class Terms(
    val plan: PlanId,
    val cycle: BillingCycle,
    val location: Location,
) {
    override fun toString(): String = "$plan $cycle in $location"
}

internal val PurchaseRecord.terms: Terms get() = Terms(planId, billingCycle, location)

internal val Vps.terms: Terms get() = Terms(planId, billingCycle, location)

/** A VPS that is wanted, by its name in the fleet. */
internal data class Wanted(
    val name: String,
    val terms: Terms,
    /** The catalogue's price of one period, in EUR. */
    val price: BigDecimal,
    /** The VPS that a person assigned to it. Nothing is bought then. */
    val vpsId: String? = null,
)

/** A mistake of the user, described in one line. */
internal class UserError(
    message: String,
) : Exception(message)

@Serializable
private class FleetFile(
    val vps: List<Line>,
) {
    @Serializable
    class Line(
        val name: String,
        val plan: String,
        val cycle: String = BillingCycle.MONTHLY.value,
        val location: String,
        val vps: String? = null,
    )
}

private val NAME = Regex("[A-Za-z0-9][A-Za-z0-9._-]*")

/**
 * The fleet that a file declares.
 *
 * @throws UserError for a file that can't be read, or that asks for what can't be bought.
 */
internal fun readFleet(path: Path): List<Wanted> =
    try {
        wanted(Json.decodeFromString<FleetFile>(path.readText()).vps)
    } catch (unreadable: IOException) {
        throw UserError("$path can't be read: ${unreadable.javaClass.simpleName}")
    } catch (malformed: SerializationException) {
        throw UserError("$path: ${malformed.message?.lineSequence()?.first()}")
    } catch (wrong: UserError) {
        throw UserError("$path: ${wrong.message}")
    }

private fun wanted(lines: List<FleetFile.Line>): List<Wanted> {
    val names = HashSet<String>()
    val ids = HashSet<String>()
    return lines.map { line ->
        if (!NAME.matches(line.name)) {
            throw UserError("a name is letters, digits, dots, hyphens and underscores, not \"${line.name}\"")
        }
        if (!names.add(line.name)) {
            throw UserError("two VPS are called ${line.name}")
        }
        if (line.vps != null && !ids.add(line.vps)) {
            throw UserError("two names have the VPS ${line.vps}")
        }
        val (plan, cycle) = PlanId.of(line.plan) to BillingCycle.of(line.cycle)
        val price =
            price(plan, cycle) ?: throw UserError("${line.name}: $plan $cycle has no known price")
        Wanted(line.name, Terms(plan, cycle, Location.of(line.location)), price, line.vps)
    }
}
