package com.stablevps.examples.bot

import com.stablevps.examples.bot.support.BotProcess
import com.stablevps.examples.bot.support.FLEET_FILE
import com.stablevps.examples.bot.support.Gate
import com.stablevps.examples.bot.support.Gate.Moment
import com.stablevps.examples.bot.support.SimulatorProcess
import com.stablevps.examples.bot.support.fleetOf
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
            *arrayOf("--first-look", "20ms", "--longest-pause", "50ms", "--settle", "300ms"),
        )
    }

    @ParameterizedTest
    @ValueSource(ints = [1, 2, 3, 4, 5])
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

        val second = keep()
        assertEquals(2, second.exitCode())
        assertContains(second.printed, "another process keeps this fleet")

        assertEquals(TERMINATED, process.terminate())
        assertContains(process.printed, "the next keep continues from here")
        assertComplete()
    }

    private fun assertComplete() {
        gate.open()
        val last = keep()
        assertEquals(0, last.exitCode(), last.printed)
        val members = LedgerFile(folder.resolve("fleet.state.json")).read()
        val ids = members.values.map { (it as Member.Bought).vpsId }
        assertEquals(fleet.map { it.name }.toSet(), members.keys)
        assertEquals(fleet.size to ids.toSet(), service.state())
        assertEquals(fleet.size, ids.toSet().size)
        for (file in folder.listDirectoryEntries()) {
            assertFalse(KEY in file.readText(), "the key is in $file")
        }
    }

    private companion object {
        const val KEY = "svps_live_kept_out_of_every_output_and_file"
        const val MOST_KILLS = 4
        const val MOST_REQUESTS = 14
        const val TERMINATED = 128 + 15
    }
}
