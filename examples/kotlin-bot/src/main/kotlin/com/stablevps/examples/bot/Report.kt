package com.stablevps.examples.bot

import com.stablevps.Clock
import com.stablevps.Phase
import com.stablevps.Progress
import com.stablevps.Provisioned
import java.time.Instant
import java.time.temporal.ChronoUnit

/** Prints changes, a line each, with the time and the name that it is about. */
internal class Report(
    private val clock: Clock,
    private val print: (String) -> Unit,
) {
    private val problems = HashMap<String, String>()
    private val printed = HashMap<String, String>()

    fun say(
        about: String,
        text: String,
    ) {
        val now = Instant.ofEpochMilli(clock.now()).truncatedTo(ChronoUnit.SECONDS)
        print("$now $about: $text")
    }

    /** Prints a problem, once for as long as it lasts. */
    fun problem(
        about: String,
        text: String,
    ) {
        if (problems.put(about, text) != text) {
            say(about, text)
        }
    }

    /** There is no problem, or no longer. */
    fun well(about: String) {
        if (problems.remove(about) != null) {
            say(about, "well again")
        }
    }

    /** Prints how far a purchase is, when that has changed. */
    fun progress(
        name: String,
        terms: Terms,
        progress: Progress,
    ) {
        val text =
            when (progress.phase) {
                Phase.PREFLIGHT, Phase.BASELINE, Phase.ENDED -> return
                Phase.ORDERING -> "ordering $terms"
                Phase.RECONCILING -> "the order may have been made, looking for it"
                Phase.POLLING -> "bought as ${progress.vpsId}, ${progress.lastStatus ?: "waiting"}"
            }
        if (printed.put(name, text) != text) {
            say(name, text)
        }
    }

    fun ready(
        name: String,
        bought: Provisioned,
    ) {
        val found = if (bought.recovered) ", found after its order's reply was lost" else ""
        val charged = bought.charged?.let { ", $it EUR charged" }.orEmpty()
        problems.remove(name)
        say(name, "ready at ${bought.vps.ipAddress} after ${bought.elapsed.inWholeSeconds} s$charged$found")
    }
}

/** Rows with aligned columns. */
internal fun table(rows: List<List<String>>): String {
    val widths = rows.first().indices.map { column -> rows.maxOf { it[column].length } }
    return rows.joinToString("\n") { row ->
        row.mapIndexed { column, cell -> cell.padEnd(widths[column]) }.joinToString("  ").trimEnd()
    }
}
