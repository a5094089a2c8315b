package com.stablevps.examples.bot

import com.github.ajalt.clikt.command.parse
import com.github.ajalt.clikt.core.CliktError
import com.stablevps.Clock
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.system.exitProcess

private const val LONGEST_SHUTDOWN_S = 10L

fun main(arguments: Array<String>) = main(arguments, Clock.SYSTEM)

internal fun main(
    arguments: Array<String>,
    clock: Clock,
) {
    exitProcess(untilSignalled { run(arguments, clock) })
}

private suspend fun run(
    arguments: Array<String>,
    clock: Clock,
): Int {
    val bot = bot(RealWorlds(System.getenv(), clock))
    return try {
        bot.parse(arguments)
        0
    } catch (end: CliktError) {
        bot.echoFormattedHelp(end)
        end.statusCode
    }
}

/**
 * Runs to the end, or until Ctrl-C or SIGTERM cancels it. The process then waits for what is under way, and
 * exits with the code of the signal.
 */
private fun untilSignalled(block: suspend () -> Int): Int {
    val ended = CountDownLatch(1)
    val all = Job()
    val shutdown =
        thread(start = false) {
            all.cancel()
            ended.await(LONGEST_SHUTDOWN_S, TimeUnit.SECONDS)
        }
    Runtime.getRuntime().addShutdownHook(shutdown)
    return try {
        runBlocking(all) { block() }
    } catch (_: CancellationException) {
        System.err.println("kotlin-bot: ended; the next keep continues from here")
        0
    } finally {
        ended.countDown()
    }
}
