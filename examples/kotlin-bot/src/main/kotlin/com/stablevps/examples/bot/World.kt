package com.stablevps.examples.bot

import com.stablevps.Clock
import com.stablevps.InvalidInputException
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import java.nio.file.Path

/** What the commands use: the service, the time, and the ledger. */
internal interface World {
    val client: StableVps
    val clock: Clock
    val store: LedgerStore

    /** Runs what changes the ledger, as the only process that does so. */
    suspend fun <T> alone(block: suspend () -> T): T

    /** Watches until it is cancelled. */
    suspend fun watch(looks: suspend () -> Unit)
}

/** Opens worlds. */
internal fun interface Worlds {
    suspend fun with(
        files: Files,
        block: suspend (World) -> Unit,
    )

    /** The file that lists the fleet, and the file that records what was bought. */
    class Files(
        val fleet: Path,
        val state: Path,
    )
}

/** The service itself, with the key and the address from the environment. */
internal class RealWorlds(
    private val environment: Map<String, String>,
) : Worlds {
    override suspend fun with(
        files: Worlds.Files,
        block: suspend (World) -> Unit,
    ) {
        val key =
            environment["STABLEVPS_API_KEY"] ?: throw UserError("STABLEVPS_API_KEY must hold the API key")
        client(key).use { block(RealWorld(it, LedgerFile(files.state))) }
    }

    private fun client(key: String): StableVps =
        try {
            StableVps(key, StableVpsOptions(baseUrl = environment["STABLEVPS_BASE_URL"]))
        } catch (unusable: InvalidInputException) {
            throw UserError("the environment's ${unusable.message}")
        }
}

private class RealWorld(
    override val client: StableVps,
    override val store: LedgerFile,
) : World {
    override val clock: Clock = Clock.SYSTEM

    override suspend fun <T> alone(block: suspend () -> T): T = store.lock().use { block() }

    override suspend fun watch(looks: suspend () -> Unit) = looks()
}
