package com.stablevps.tests

import com.stablevps.Secret
import com.stablevps.VpsStatus
import com.stablevps.testing.sampleProgress
import com.stablevps.testing.sampleProvisioned
import com.stablevps.testing.sampleVps
import com.stablevps.testing.sampleVpsDetails
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotEquals
import kotlin.test.assertNull
import kotlin.time.Duration.Companion.minutes

/** Models for previews and fakes, which need no service. */
internal class SamplesTest {
    @Test
    fun `a sample differs in what it is given`() {
        val vps =
            sampleVps(
                id = "mine",
                vpsStatus = VpsStatus.SUSPENDED,
                ipAddress = null,
                serverId = "zomro-1",
            )
        assertEquals(VpsStatus.SUSPENDED, vps.vpsStatus)
        assertEquals("zomro-1", vps.serverId?.value)
        assertNull(vps.ipAddress)
        assertNotEquals(sampleVps(), vps)
        assertEquals(sampleVps().createdAt, vps.createdAt)
    }

    @Test
    fun `samples agree with each other`() {
        val bought = sampleProvisioned()
        assertEquals(sampleVpsDetails(), bought.vps)
        assertEquals(bought.vps.id, sampleProgress().vpsId)
        assertEquals(bought.balanceAfter, bought.balanceBefore?.minus(bought.charged!!))
        assertEquals(2.minutes, bought.elapsed)
        assertEquals(Secret("sample password"), bought.vps.rdpPassword)
    }
}
