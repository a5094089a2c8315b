package com.stablevps.examples.bot

import com.stablevps.PurchaseRecord
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import com.stablevps.examples.bot.support.BotProcess
import com.stablevps.examples.bot.support.FLEET_FILE
import com.stablevps.examples.bot.support.Gate
import com.stablevps.examples.bot.support.Gate.Moment
import com.stablevps.examples.bot.support.QuickClock
import com.stablevps.examples.bot.support.SimulatorProcess
import com.stablevps.examples.bot.support.fleetOf
import com.stablevps.examples.bot.support.storeIn
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.random.Random
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** A real process, killed at any moment and started again, over HTTP. */
@Timeout(120)
internal class KilledTest {
    @TempDir
    lateinit var folder: Path

    private val service = SimulatorProcess(KEY)
    private val gate = Gate(service.url)
    private val fleet = fleetOf()

    @AfterEach
    fun close() {
        gate.close()
        service.close()
    }

    private fun keep(): BotProcess {
        folder.resolve("fleet.json").writeText(FLEET_FILE)
        val environment = mapOf("STABLEVPS_API_KEY" to KEY, "STABLEVPS_BASE_URL" to gate.url)
        return BotProcess(
            folder,
            environment,
            "keep",
            *arrayOf("--first-look", "400ms", "--longest-pause", "1s", "--settle", "6s"),
        )
    }

    @ParameterizedTest
    @ValueSource(ints = [1, 2, 3])
    fun `killed again and again, it buys everything once`(seed: Int) {
        val random = Random(seed)
        var kills = 0
        repeat(MOST_KILLS) {
            val reached = gate.at(random.nextInt(1, MOST_REQUESTS), Moment.values().random(random))
            val process = keep()
            if (process.runsUntil(reached)) {
                process.kill()
                kills++
            }
        }
        assertTrue(kills > 0, "no process was killed")
        assertComplete()
    }

    @ParameterizedTest
    @EnumSource(Moment::class)
    fun `killed at its second order, it buys everything once`(moment: Moment) {
        val reached = gate.at(2, moment, "POST")
        val process = keep()
        assertTrue(process.runsUntil(reached), process.printed)
        process.kill()
        assertComplete()
    }

    @Test
    fun `on SIGTERM it ends cleanly, and the next process continues`() {
        val reached = gate.at(2, Moment.SERVED, "POST")
        val process = keep()
        assertTrue(process.runsUntil(reached), process.printed)

        assertEquals(TERMINATED, process.terminate())
        assertContains(process.printed, "the next keep continues from here")
        assertComplete()
    }

    private fun recorded(): List<PurchaseRecord> =
        storeIn(folder.resolve("fleet.db")).use { store ->
            val options = StableVpsOptions(baseUrl = gate.url, clock = QuickClock, store = store)
            StableVps(KEY, options).use { runBlocking { it.purchases.list() } }
        }

    private fun assertComplete() {
        gate.open()
        val last = keep()
        assertEquals(0, last.exitCode(), last.printed)
        val owners = Members(fleet, recorded()).owners
        assertEquals(fleet.map { it.name }.toSet(), owners.values.toSet())
        assertEquals(fleet.size to owners.keys, service.state())
        for (file in folder.listDirectoryEntries()) {
            assertFalse(KEY in file.readText(Charsets.ISO_8859_1), "the key is in $file")
        }
    }

    private companion object {
        const val KEY = "svps_live_kept_out_of_every_output_and_file"
        const val MOST_KILLS = 3
        const val MOST_REQUESTS = 18
        const val TERMINATED = 128 + 15
    }
}
