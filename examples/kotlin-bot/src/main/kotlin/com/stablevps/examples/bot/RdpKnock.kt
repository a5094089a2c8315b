package com.stablevps.examples.bot

import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeoutOrNull
import java.net.InetSocketAddress
import java.nio.channels.AsynchronousSocketChannel
import java.nio.channels.CompletionHandler
import kotlin.coroutines.resume
import kotlin.time.Duration.Companion.seconds

private const val RDP_PORT = 3389
private val PATIENCE = 5.seconds

/** Connects to the port of remote desktops. */
internal class RdpKnock(
    private val port: Int = RDP_PORT,
) : Knock {
    override suspend fun isAnswered(address: String): Boolean {
        val door = InetSocketAddress(address, port)
        if (door.isUnresolved) {
            return false
        }
        return AsynchronousSocketChannel.open().use { channel ->
            withTimeoutOrNull(PATIENCE) { channel.connects(door) } ?: false
        }
    }

    // The end of the wait closes the channel, which ends the connection attempt.
    private suspend fun AsynchronousSocketChannel.connects(to: InetSocketAddress): Boolean =
        suspendCancellableCoroutine { waiting ->
            val handler =
                object : CompletionHandler<Void?, Unit> {
                    override fun completed(
                        result: Void?,
                        attachment: Unit,
                    ) = waiting.resume(true)

                    override fun failed(
                        failure: Throwable,
                        attachment: Unit,
                    ) = waiting.resume(false)
                }
            connect(to, Unit, handler)
        }
}
