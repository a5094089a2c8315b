package com.stablevps.examples.bot

import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.help
import com.github.ajalt.clikt.parameters.options.option
import com.stablevps.ProvisionOptions
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlin.time.Duration

/** `keep`: buys what is missing, and watches the fleet. */
internal class Keep :
    BotCommand("keep", "Buys what the fleet lacks, and checks its health.", isFirst = true) {
    private val maxSpend by option(metavar = "EUR")
        .convert { it.toBigDecimalOrNull() ?: fail("$it is not an amount") }
        .help("the most that the fleet may cost in all")
    private val watch by time().help("then check again at this interval, such as 5m")
    private val rebootStuck by option().flag().help("with --watch: reboot what is active and hangs")
    private val timeout by time().help("how long a purchase may take: 30m by default")
    private val firstLook by time().help("when to look at a new VPS for the first time: after 5s by default")
    private val longestPause by time().help("the longest pause between two looks: 15s by default")
    private val settle by time().help("how long an order whose reply was lost is looked for: 90s by default")

    private fun time() =
        option(metavar = "TIME").convert { text ->
            Duration.parseOrNull(text)?.takeIf { it.isPositive() } ?: fail("$text is not a time such as 5m")
        }

    private fun settings() =
        PurchaseSettings(
            maxSpend,
            ProvisionOptions(
                timeout = timeout,
                firstLook = firstLook,
                longestPause = longestPause,
                settle = settle,
            ),
        )

    override suspend fun run(world: World): Verdict {
        val fleet = setup.fleet()
        val report = Report(world.clock) { echo(it) }
        val keeper = Keeper(world.client, report, settings())
        val health = Health(world.client, report)
        val verdict = Verdict.worst(listOf(keeper.complete(fleet), health.look(fleet)))
        echo(statusOf(fleet, Members.of(world.client, fleet), world.client.vps.list()))
        watch?.let { every ->
            world.watch {
                coroutineScope {
                    launch { Desktops(world.client, fleet, report, rebootStuck).watch(every) }
                    while (true) {
                        world.clock.sleep(every)
                        keeper.complete(fleet)
                        health.look(fleet)
                    }
                }
            }
        }
        return verdict
    }
}
