package com.stablevps.examples.bot

import com.stablevps.Clock
import com.stablevps.InvalidInputException
import com.stablevps.SqliteStore
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import com.stablevps.Store
import java.nio.file.Path
import java.sql.DriverManager

/** What the commands use: the service, and the time. */
internal interface World {
    val client: StableVps
    val clock: Clock

    /** Watches until it is cancelled. */
    suspend fun watch(looks: suspend () -> Unit)
}

/** Opens worlds. */
internal fun interface Worlds {
    suspend fun with(
        files: Files,
        block: suspend (World) -> Unit,
    )

    /** The file that lists the fleet, and the database that records what was bought. */
    class Files(
        val fleet: Path,
        val state: Path,
    )
}

/** The service itself, with the key and the address from the environment. */
internal class RealWorlds(
    private val environment: Map<String, String>,
    private val clock: Clock = Clock.SYSTEM,
) : Worlds {
    override suspend fun with(
        files: Worlds.Files,
        block: suspend (World) -> Unit,
    ) {
        val key =
            environment["STABLEVPS_API_KEY"] ?: throw UserError("STABLEVPS_API_KEY must hold the API key")
        SqliteStore { DriverManager.getConnection("jdbc:sqlite:${files.state}") }.use { store ->
            client(key, store).use { block(RealWorld(it, clock)) }
        }
    }

    private fun client(
        key: String,
        store: Store,
    ): StableVps =
        try {
            val address = environment["STABLEVPS_BASE_URL"]
            StableVps(key, StableVpsOptions(baseUrl = address, clock = clock, store = store))
        } catch (unusable: InvalidInputException) {
            throw UserError("the environment's ${unusable.message}")
        }
}

private class RealWorld(
    override val client: StableVps,
    override val clock: Clock,
) : World {
    override suspend fun watch(looks: suspend () -> Unit) = looks()
}
