package com.stablevps.benches

import java.io.Closeable

/** The simulator's program, as long as this is open. */
internal class Service(
    program: String,
    options: List<String>,
) : Closeable {
    private val process =
        ProcessBuilder(listOf(program, "--port", "0", "--until-stdin-closes") + options)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
    private val words = process.inputReader()
    val url = word()
    val key = word()

    private fun word() = words.readLine().substringAfterLast(' ')

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }
}
