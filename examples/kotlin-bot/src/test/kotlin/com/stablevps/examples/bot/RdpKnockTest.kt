package com.stablevps.examples.bot

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import java.net.InetAddress
import java.net.ServerSocket
import kotlin.test.assertEquals

internal class RdpKnockTest {
    @Test
    fun `an open port answers, and a closed one does not`() =
        runBlocking {
            val loopback = InetAddress.getLoopbackAddress()
            val door = ServerSocket(0, 1, loopback)
            val knock = RdpKnock(door.localPort)
            assertEquals(true, door.use { knock.isAnswered(loopback.hostAddress) })
            assertEquals(false, knock.isAnswered(loopback.hostAddress))
        }
}
