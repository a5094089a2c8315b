package com.stablevps.examples.bot

import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.PlanId
import com.stablevps.examples.bot.support.fleetOf
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.nio.file.Path
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

internal class FleetTest {
    @Test
    fun `a fleet is read with its prices`() {
        val line = """{"name": "a", "plan": "pro", "cycle": "yearly", "location": "newYork"}"""
        val terms = Terms(PlanId.PRO, BillingCycle.YEARLY, Location.NEW_YORK)
        assertEquals(listOf(Wanted("a", terms, "344.90".toBigDecimal())), fleetOf("""{"vps": [$line]}"""))
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = ';',
        quoteCharacter = '`',
        value = [
            """{"name": "a", "plan": "huge", "location": "tokyo"}; a: huge monthly has no known price""",
            """{"name": "a b", "plan": "pro", "location": "tokyo"}; a name is letters""",
            """{"name": "a", "plan": "pro", "place": "tokyo"}; place""",
            """{"name": "a", "plan": "pro"}; location""",
            """{"name": "a"; Unexpected JSON token""",
        ],
    )
    fun `a fleet that can't be had is refused in words`(
        line: String,
        words: String,
    ) {
        val error = assertFailsWith<UserError> { fleetOf("""{"vps": [$line]}""") }
        assertContains(error.message.orEmpty(), "fleet.json: ")
        assertContains(error.message.orEmpty(), words)
    }

    @Test
    fun `two of one name are refused`() {
        val line = """{"name": "a", "plan": "pro", "location": "tokyo"}"""
        val error = assertFailsWith<UserError> { fleetOf("""{"vps": [$line, $line]}""") }
        assertContains(error.message.orEmpty(), "two VPS are called a")
    }

    @Test
    fun `a file that is not there is named`() {
        val error = assertFailsWith<UserError> { readFleet(Path.of("nowhere.json")) }
        assertEquals("nowhere.json can't be read: NoSuchFileException", error.message)
    }
}
