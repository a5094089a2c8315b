package com.stablevps.examples.bot.support

import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import kotlin.io.path.createTempFile
import kotlin.io.path.readText

private const val MAIN = "com.stablevps.examples.bot.support.QuickMainKt"

/** The program as a process of its own, by the [QuickClock]. */
internal class BotProcess(
    folder: Path,
    environment: Map<String, String>,
    vararg arguments: String,
) {
    private val output = createTempFile(folder, "output", ".txt")
    private val process: Process

    init {
        val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val java =
            ProcessHandle
                .current()
                .info()
                .command()
                .orElse("java")
        val builder = ProcessBuilder(java, "-cp", classes, MAIN, *arguments)
        builder.environment().keys.retainAll(setOf("PATH", "HOME", "TMPDIR", "SystemRoot", "TEMP"))
        builder.environment() += environment
        process =
            builder
                .directory(
                    folder.toFile(),
                ).redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
    }

    val printed: String get() = output.readText()

    /** What it ends with by itself. */
    fun exitCode(): Int = process.waitFor()

    /** Waits for either, and says whether the process still ran when that was reached. */
    fun runsUntil(reached: CompletableFuture<Unit>): Boolean {
        CompletableFuture.anyOf(reached, process.onExit()).join()
        return process.isAlive
    }

    /** SIGKILL. */
    fun kill() {
        process.destroyForcibly().waitFor()
    }

    /** SIGTERM. */
    fun terminate(): Int {
        process.destroy()
        return process.waitFor()
    }
}
