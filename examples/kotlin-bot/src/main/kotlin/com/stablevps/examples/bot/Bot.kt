package com.stablevps.examples.bot

import com.github.ajalt.clikt.command.SuspendingCliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.ProgramResult
import com.github.ajalt.clikt.core.obj
import com.github.ajalt.clikt.core.requireObject
import com.github.ajalt.clikt.core.subcommands
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.help
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.types.path
import com.stablevps.StableVpsException
import java.nio.file.Path

/** The program with all its commands. */
internal fun bot(worlds: Worlds): Bot =
    Bot(worlds).subcommands(Keep(), Status(), ListAll(), Reboot(), Credentials(), Forget())

/** The options that every command has. */
internal class Bot(
    private val worlds: Worlds,
) : SuspendingCliktCommand("kotlin-bot") {
    private val fleet by option().path().default(Path.of("fleet.json")).help("the file that lists the fleet")
    private val state by option().path().help("the database of what was bought; next to it by default")
    private val simulate by option().flag().help("use a service in memory: no network, no money")

    override fun help(context: Context) = "Keeps a declared fleet of VPS."

    override suspend fun run() {
        val beside = fleet.resolveSibling("${fleet.fileName.toString().removeSuffix(".json")}.db")
        val files = Worlds.Files(fleet, state ?: beside)
        currentContext.obj = Setup(files, if (simulate) SimulatedWorlds() else worlds, simulate)
    }
}

internal class Setup(
    private val files: Worlds.Files,
    private val worlds: Worlds,
    val isSimulated: Boolean,
) {
    /** The fleet that is wanted, read when it is needed. */
    fun fleet(): List<Wanted> = readFleet(files.fleet)

    suspend fun with(block: suspend (World) -> Unit) = worlds.with(files, block)
}

/** One of the program's commands. A failure ends it with one line and its exit code. */
internal abstract class BotCommand(
    name: String,
    private val summary: String,
    private val isFirst: Boolean = false,
) : SuspendingCliktCommand(name) {
    protected val setup by requireObject<Setup>()

    override fun help(context: Context) = summary

    protected abstract suspend fun run(world: World): Verdict

    final override suspend fun run() {
        var verdict = Verdict.FINE
        val problem =
            try {
                setup.with { world ->
                    if (setup.isSimulated && !isFirst) {
                        bought(world)
                    }
                    verdict = run(world)
                }
                null
            } catch (error: UserError) {
                verdict = Verdict.PERSON
                error.message
            } catch (error: StableVpsException) {
                verdict = Verdict.of(error)
                error.message
            }
        problem?.let { echo("kotlin-bot: $it", err = true) }
        throw ProgramResult(verdict.exitCode)
    }

    /** A simulation begins with nothing: the fleet is bought before any other command. */
    private suspend fun bought(world: World) {
        val silent = Report(world.clock) {}
        Keeper(world.client, silent, PurchaseSettings()).complete(setup.fleet())
    }
}
