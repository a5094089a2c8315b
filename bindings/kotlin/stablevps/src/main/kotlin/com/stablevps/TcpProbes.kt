package com.stablevps

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runInterruptible
import java.io.Closeable
import java.io.IOException
import java.net.ConnectException
import java.net.InetSocketAddress
import java.net.NoRouteToHostException
import java.net.SocketTimeoutException
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.SocketChannel
import kotlin.time.Duration

/** Connects to all of them with TCP, side by side in one thread, and closes the connections. */
internal suspend fun connectAll(
    targets: List<ProbeTarget>,
    within: Duration,
): List<ProbeOutcome> =
    runInterruptible(Dispatchers.IO) {
        try {
            TcpProbes(targets, within).use { it.run() }
        } catch (_: IOException) {
            if (Thread.interrupted()) throw InterruptedException()
            List(targets.size) { ProbeOutcome.NOT_TRIED }
        }
    }

private class TcpProbes(
    private val targets: List<ProbeTarget>,
    private val within: Duration,
) : Closeable {
    /** A connection on its way. */
    private class Attempt(
        val number: Int,
        val channel: SocketChannel,
        val until: Long,
    )

    private val selector = Selector.open()
    private val outcomes = Array(targets.size) { ProbeOutcome.NOT_TRIED }

    /** The oldest first, which is the one whose time is over first. */
    private val underWay = LinkedHashSet<Attempt>()

    fun run(): List<ProbeOutcome> {
        val waiting = targets.indices.iterator()
        while (waiting.hasNext() || underWay.isNotEmpty()) {
            while (waiting.hasNext() && underWay.size < MOST_PROBES) {
                begin(waiting.next())
            }
            if (underWay.isNotEmpty()) await()
        }
        return outcomes.asList()
    }

    /** Waits until the next of them ends. Interrupting the thread ends the wait. */
    private fun await() {
        val left = underWay.first().until - System.nanoTime()
        // Rounded up, or the last millisecond would be spent awake.
        if (left > 0) selector.select((left + 999_999) / 1_000_000)
        if (Thread.interrupted()) throw InterruptedException()
        for (key in selector.selectedKeys()) {
            val attempt = key.attachment() as Attempt
            try {
                if (attempt.channel.finishConnect()) end(attempt, ProbeOutcome.ANSWERED)
            } catch (failure: Exception) {
                end(attempt, outcomeOf(failure))
            }
        }
        selector.selectedKeys().clear()
        val now = System.nanoTime()
        underWay.filter { it.until - now <= 0 }.forEach { end(it, ProbeOutcome.SILENT) }
    }

    private fun begin(number: Int) {
        val channel =
            try {
                SocketChannel.open()
            } catch (_: IOException) {
                return
            }
        val attempt = Attempt(number, channel, System.nanoTime() + within.inWholeNanoseconds)
        underWay += attempt
        try {
            channel.configureBlocking(false)
            val target = targets[number]
            if (channel.connect(InetSocketAddress(target.address, target.port))) {
                end(attempt, ProbeOutcome.ANSWERED)
            } else {
                channel.register(selector, SelectionKey.OP_CONNECT, attempt)
            }
        } catch (failure: Exception) {
            end(attempt, outcomeOf(failure))
        }
    }

    private fun end(
        attempt: Attempt,
        outcome: ProbeOutcome,
    ) {
        outcomes[attempt.number] = outcome
        underWay -= attempt
        runCatching { attempt.channel.close() }
    }

    override fun close() {
        underWay.toList().forEach { end(it, ProbeOutcome.NOT_TRIED) }
        selector.close()
    }
}

/**
 * What a failure to connect says. What fails on this machine says nothing about the VPS, and Java has classes of their own
 * for what fails on the other side.
 */
internal fun outcomeOf(failure: Exception): ProbeOutcome {
    val isTheirs =
        failure is ConnectException || failure is NoRouteToHostException || failure is SocketTimeoutException
    // On some platforms it is the same class, with the system's own words.
    val isOwn = listOf("Network is", "ENETUNREACH", "ENETDOWN").any(failure.message.orEmpty()::contains)
    return if (isTheirs && !isOwn) ProbeOutcome.SILENT else ProbeOutcome.NOT_TRIED
}
