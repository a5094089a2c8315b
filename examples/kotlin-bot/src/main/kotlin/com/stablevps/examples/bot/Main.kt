package com.stablevps.examples.bot

import com.github.ajalt.clikt.command.parse
import com.github.ajalt.clikt.core.CliktError
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.system.exitProcess

private const val LONGEST_FAREWELL_S = 10L

fun main(arguments: Array<String>) {
    exitProcess(untilSignalled { run(arguments) })
}

private suspend fun run(arguments: Array<String>): Int {
    val bot = bot(RealWorlds(System.getenv()))
    return try {
        bot.parse(arguments)
        0
    } catch (end: CliktError) {
        bot.echoFormattedHelp(end)
        end.statusCode
    }
}

/**
 * Runs until the end, or until Ctrl-C or SIGTERM cancels it. The process then ends as one that was
 * ended by that signal, after everything that was under way had its turn to end well.
 */
private fun untilSignalled(work: suspend () -> Int): Int {
    val ended = CountDownLatch(1)
    val all = Job()
    val farewell =
        thread(start = false) {
            all.cancel()
            ended.await(LONGEST_FAREWELL_S, TimeUnit.SECONDS)
        }
    Runtime.getRuntime().addShutdownHook(farewell)
    return try {
        runBlocking(all) { work() }
    } catch (_: CancellationException) {
        System.err.println("kotlin-bot: ended; the next keep goes on from here")
        0
    } finally {
        ended.countDown()
    }
}
