@file:UseSerializers(PlanIdText::class, BillingCycleText::class, LocationText::class)

package com.stablevps.examples.bot

import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.PlanId
import com.stablevps.price
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.UseSerializers
import java.io.IOException
import java.math.BigDecimal
import java.nio.file.Path
import kotlin.io.path.readText

/** What is ordered. Two orders on the same terms look alike in the account. */
@Serializable
internal data class Terms(
    val plan: PlanId,
    val cycle: BillingCycle,
    val location: Location,
) {
    override fun toString(): String = "$plan $cycle in $location"
}

/** A VPS that is wanted, by its name in the fleet. */
internal data class Wanted(
    val name: String,
    val terms: Terms,
    /** The catalogue's price of one period, in EUR. */
    val price: BigDecimal,
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
        val plan: PlanId,
        val cycle: BillingCycle = BillingCycle.MONTHLY,
        val location: Location,
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
        wanted(json.decodeFromString<FleetFile>(path.readText()).vps)
    } catch (unreadable: IOException) {
        throw UserError("$path can't be read: ${unreadable.javaClass.simpleName}")
    } catch (malformed: SerializationException) {
        throw UserError("$path: ${malformed.message?.lineSequence()?.first()}")
    } catch (wrong: UserError) {
        throw UserError("$path: ${wrong.message}")
    }

private fun wanted(lines: List<FleetFile.Line>): List<Wanted> {
    val names = HashSet<String>()
    return lines.map { line ->
        if (!NAME.matches(line.name)) {
            throw UserError("a name is letters, digits, dots, hyphens and underscores, not \"${line.name}\"")
        }
        if (!names.add(line.name)) {
            throw UserError("two VPS are called ${line.name}")
        }
        val price =
            price(line.plan, line.cycle)
                ?: throw UserError("${line.name}: ${line.plan} ${line.cycle} has no known price")
        Wanted(line.name, Terms(line.plan, line.cycle, line.location), price)
    }
}
