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
        val members = Members.of(world.client, fleet)
        echo(statusOf(fleet, members, world.client.vps.list()))
        val isMissing = fleet.any { members[it.name] == null }
        val report = Report(world.clock) { echo(it, err = true) }
        val verdict = Health(world.client, report).look(fleet)
        return Verdict.worst(listOf(verdict, if (isMissing) Verdict.LATER else Verdict.FINE))
    }
}

/** `list`: everything in the account. */
internal class ListAll : BotCommand("list", "Lists every VPS of the account, the fleet's and others.") {
    override suspend fun run(world: World): Verdict {
        val owners = Members.of(world.client, setup.fleet()).owners
        val header = listOf("ID", "NAME", "TERMS", "STATUS", "PAYMENT", "ADDRESS", "PAID UNTIL")
        val rows =
            world.client.vps.list().map { vps ->
                val name = owners[vps.id] ?: "-"
                listOf(vps.id, name, "${vps.terms}", "${vps.vpsStatus}", "${vps.status}") +
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

    protected suspend fun vpsId(world: World): String {
        val members = Members.of(world.client, setup.fleet())
        return members[name]?.vpsId ?: throw UserError("$name has no VPS")
    }
}

/** `reboot`. */
internal class Reboot : MemberCommand("reboot", "Restarts a VPS of the fleet.") {
    override suspend fun run(world: World): Verdict {
        world.client.vps.reboot(vpsId(world))
        echo("$name is restarting")
        return Verdict.FINE
    }
}

/** `credentials`. */
internal class Credentials : MemberCommand("credentials", "Shows how to sign in to a VPS of the fleet.") {
    private val reveal by option().flag().help("show the password")

    override suspend fun run(world: World): Verdict {
        val vps = world.client.vps.get(vpsId(world))
        val password = if (reveal) vps.rdpPassword?.reveal() else vps.rdpPassword
        val row = listOf(vps.ipAddress, vps.rdpUsername, password).map { "${it ?: "-"}" }
        echo(table(listOf(listOf("ADDRESS", "USER", "PASSWORD"), row)))
        return Verdict.FINE
    }
}

/** `forget`: a decision about an order whose outcome is not known, or about a VPS that is not wanted any more. */
internal class Forget :
    MemberCommand("forget", "Forgets a VPS or an undecided order: the next keep buys another.") {
    override suspend fun run(world: World): Verdict {
        val purchase = Members.of(world.client, setup.fleet()).lastPurchase(name)
        val key = purchase?.idempotencyKey ?: throw UserError("nothing was bought for $name")
        world.client.purchases.forget(key)
        return Verdict.FINE
    }
}

/** The fleet, one VPS a line. */
internal fun statusOf(
    fleet: List<Wanted>,
    members: Members,
    listed: List<Vps>,
): String {
    val wanted = fleet.associateBy { it.name }
    val header = listOf("NAME", "TERMS", "STATE", "ADDRESS", "PAID UNTIL", "ID")
    val rows =
        (wanted.keys + members.all.keys).map { name ->
            val member = members[name]
            val vps = member?.vpsId?.let { id -> listed.find { it.id == id } }
            val terms = vps?.terms ?: member?.purchase?.terms ?: wanted.getValue(name).terms
            listOf(name, "$terms", stateOf(member, vps)) + whereabouts(vps) + (vps?.id ?: "-")
        }
    return table(listOf(header) + rows)
}

private fun stateOf(
    member: Member?,
    vps: Vps?,
): String =
    when {
        member == null -> "missing"
        member.isUnresolved -> "waits for a decision"
        member.vpsId == null -> "ordering"
        else -> trouble(member, vps, wanted = null) ?: "${vps?.vpsStatus}"
    }

private fun whereabouts(vps: Vps?) = listOf(vps?.ipAddress ?: "-", vps?.currentPeriodEnd?.toString() ?: "-")
