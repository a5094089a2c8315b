package com.stablevps.examples.bot

import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.help
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.help
import com.github.ajalt.clikt.parameters.options.option
import com.stablevps.Vps

/** `status`: the fleet, and whether it is complete and well. */
internal class Status : BotCommand("status", "Shows the fleet. The exit code says whether all is well.") {
    override suspend fun run(world: World): Verdict {
        val fleet = setup.fleet()
        val ledger = Ledger(world.store)
        echo(statusOf(fleet, ledger, world.client.vps.list()))
        val isMissing = fleet.any { ledger[it.name] == null }
        val report = Report(world.clock) { echo(it, err = true) }
        val verdict = Health(world.client, ledger, report).look(fleet)
        return Verdict.worst(listOf(verdict, if (isMissing) Verdict.LATER else Verdict.FINE))
    }
}

/** `list`: everything in the account. */
internal class ListAll : BotCommand("list", "Lists every VPS of the account, the fleet's and others.") {
    override suspend fun run(world: World): Verdict {
        val ledger = Ledger(world.store)
        val header = listOf("ID", "NAME", "TERMS", "STATUS", "PAYMENT", "ADDRESS", "PAID UNTIL")
        val rows =
            world.client.vps.list().map { vps ->
                val name = ledger.ownerOf(vps.id) ?: "-"
                listOf(vps.id, name, "${termsOf(vps)}", "${vps.vpsStatus}", "${vps.status}") +
                    whereabouts(vps)
            }
        echo(table(listOf(header) + rows))
        return Verdict.FINE
    }
}

/** A command about one VPS of the fleet. */
internal abstract class MemberCommand(
    name: String,
    summary: String,
) : BotCommand(name, summary) {
    protected val name by argument().help("its name in the fleet's file")

    protected fun vpsId(ledger: Ledger): String {
        val member = ledger[name] as? Member.Bought
        return member?.vpsId ?: throw UserError("$name has no VPS")
    }
}

/** `reboot`. */
internal class Reboot : MemberCommand("reboot", "Restarts a VPS of the fleet.") {
    override suspend fun run(world: World): Verdict {
        world.client.vps.reboot(vpsId(Ledger(world.store)))
        echo("$name is restarting")
        return Verdict.FINE
    }
}

/** `credentials`. */
internal class Credentials : MemberCommand("credentials", "Shows how to sign in to a VPS of the fleet.") {
    private val reveal by option().flag().help("show the password")

    override suspend fun run(world: World): Verdict {
        val vps = world.client.vps.get(vpsId(Ledger(world.store)))
        val password = if (reveal) vps.rdpPassword?.reveal() else vps.rdpPassword
        val row = listOf(vps.ipAddress, vps.rdpUsername, password).map { "${it ?: "-"}" }
        echo(table(listOf(listOf("ADDRESS", "USER", "PASSWORD"), row)))
        return Verdict.FINE
    }
}

/** `retry`: a decision about an order whose outcome is not known. */
internal class Retry : MemberCommand("retry", "Makes the next keep look once more for a parked order.") {
    override suspend fun run(world: World): Verdict =
        world.alone {
            Ledger(world.store).retry(name)
            Verdict.FINE
        }
}

/** `assign`: the same, or a VPS that the account had before. */
internal class Assign : MemberCommand("assign", "Gives a VPS of the account to a name of the fleet.") {
    private val id by argument("vps-id").help("as list shows it")

    override suspend fun run(world: World): Verdict =
        world.alone {
            Ledger(world.store).assign(name, id, termsOf(world.client.vps.get(id)))
            Verdict.FINE
        }
}

/** `forget`: the same, so that another one is bought. */
internal class Forget :
    MemberCommand("forget", "Forgets a VPS or a parked order: the next keep buys another.") {
    override suspend fun run(world: World): Verdict =
        world.alone {
            Ledger(world.store).forget(name)
            Verdict.FINE
        }
}

/** The fleet, one VPS a line. */
internal fun statusOf(
    fleet: List<Wanted>,
    ledger: Ledger,
    listed: List<Vps>,
): String {
    val known = ledger.members()
    val wanted = fleet.associateBy { it.name }
    val header = listOf("NAME", "TERMS", "STATE", "ADDRESS", "PAID UNTIL", "ID")
    val rows =
        (wanted.keys + known.keys).map { name ->
            val member = known[name]
            val vps = listed.find { it.id == (member as? Member.Bought)?.vpsId }
            val terms = member?.terms ?: wanted.getValue(name).terms
            listOf(name, "$terms", stateOf(member, vps)) + whereabouts(vps) + (vps?.id ?: "-")
        }
    return table(listOf(header) + rows)
}

private fun stateOf(
    member: Member?,
    vps: Vps?,
): String =
    when (member) {
        null -> "missing"
        is Member.Ordering -> "ordering"
        is Member.Parked -> "waits for a decision"
        is Member.Bought -> trouble(member, vps, wanted = null) ?: "${vps?.vpsStatus}"
    }

private fun termsOf(it: Vps) = Terms(it.planId, it.billingCycle, it.location)

private fun termsOf(it: com.stablevps.VpsDetails) = Terms(it.planId, it.billingCycle, it.location)

private fun whereabouts(vps: Vps?) = listOf(vps?.ipAddress ?: "-", vps?.currentPeriodEnd?.toString() ?: "-")
