package com.stablevps.examples.bot

import com.stablevps.examples.bot.support.Rig
import com.stablevps.examples.bot.support.fleetOf
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import java.io.IOException
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.writeText
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

internal class LedgerTest {
    private val rig = Rig()
    private val ledger = Ledger(rig.store)
    private val fleet = fleetOf()
    private val eurusd = fleet[0]
    private val gold = fleet[1]

    @AfterEach
    fun close() = rig.close()

    @Test
    fun `an order is refused while another one is open`() {
        ledger.ordering(eurusd, "token", budget = null)
        val declined = assertFailsWith<Declined> { ledger.ordering(gold, "token", budget = null) }
        assertEquals("the order of eurusd is still open", declined.message)
        assertEquals(Verdict.LATER, declined.verdict)
        assertEquals(setOf("eurusd"), rig.members.keys)
    }

    @Test
    fun `a VPS belongs to one`() {
        ledger.ordering(eurusd, "token", budget = null)
        ledger.bought("eurusd", "vps", charged = null, token = null)
        ledger.ordering(gold, "token", budget = null)
        assertFailsWith<Declined> { ledger.bought("gold", "vps", charged = null, token = null) }
        assertFailsWith<Declined> { ledger.assign("hedge", "vps", gold.terms) }
        assertEquals("eurusd", ledger.ownerOf("vps"))
    }

    @Test
    fun `a budget counts what was charged, and prices where that is not known`() {
        ledger.ordering(eurusd, "token", budget = eurusd.price)
        assertEquals(eurusd.price, ledger.committed())
        ledger.bought("eurusd", "vps", charged = "25.00".toBigDecimal(), token = null)
        assertEquals("25.00".toBigDecimal(), ledger.committed())
        assertFailsWith<Declined> { ledger.checkRoom(gold, "37.48".toBigDecimal()) }
        ledger.checkRoom(gold, "37.49".toBigDecimal())
    }

    @Test
    fun `what can't be written did not happen`() {
        val full =
            object : LedgerStore by rig.store {
                override fun write(members: Map<String, Member>) = throw IOException("no space left")
            }
        val ledger = Ledger(full)
        assertFailsWith<IOException> { ledger.ordering(eurusd, "token", budget = null) }
        assertEquals(emptyMap(), ledger.members())
    }

    @Test
    fun `the file is what the next process reads, and the only one`() {
        ledger.ordering(eurusd, "token", budget = null)
        ledger.park("eurusd", "the outcome is not known")
        val parked = Member.Parked(eurusd.terms, eurusd.price, "token", "the outcome is not known")
        assertEquals(parked, rig.members["eurusd"])
        ledger.retry("eurusd")
        assertEquals(Member.Ordering(eurusd.terms, eurusd.price, "token"), rig.members["eurusd"])
        assertEquals(listOf("fleet.state.json"), rig.folder.listDirectoryEntries().map { it.name })
    }

    @Test
    fun `what a process left half written is of no account`() {
        ledger.ordering(eurusd, "token", budget = null)
        rig.folder.resolve("fleet.state.json.new").writeText("{\"ver")
        assertEquals(setOf("eurusd"), rig.members.keys)
        Ledger(rig.store).bought("eurusd", "vps", charged = null, token = null)
        assertEquals("vps", (rig.members["eurusd"] as Member.Bought).vpsId)
    }

    @Test
    fun `nothing is guessed from a damaged file or another version's`() {
        val file = rig.folder.resolve("fleet.state.json")
        val texts =
            mapOf(
                """{"version": 1""" to "is damaged",
                """{"version": 2, "members": {}}""" to "version",
            )
        for ((text, reason) in texts) {
            file.writeText(text)
            val error = assertFailsWith<UserError> { Ledger(rig.store) }
            assertContains(error.message.orEmpty(), reason)
        }
    }

    @Test
    fun `one process at a time`() {
        rig.store.lock().use {
            val refused = assertFailsWith<UserError> { rig.store.lock() }
            assertEquals("another process keeps this fleet", refused.message)
        }
        rig.store.lock().close()
    }
}
