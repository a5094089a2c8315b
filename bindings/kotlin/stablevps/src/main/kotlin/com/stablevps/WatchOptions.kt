package com.stablevps

import kotlin.time.Duration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** How an account is watched: [VpsResource.watch]. What is absent has its default. */
public class WatchOptions(
    /** The time from one look to the next: 60 s by default. */
    public val interval: Duration? = null,
    /** Which VPS are rebooted: none by default. */
    public val reboot: RebootPolicy = RebootPolicy.NEVER,
    /** Whether VPS are probed. Without probes only what the list shows is told, and nothing is rebooted. */
    public val probing: Boolean = true,
    /** The TCP port that is probed: 3389 by default, which is RDP's. */
    public val probePort: Int? = null,
    /** How long a VPS has to accept the connection: 5 s by default. */
    public val probeTimeout: Duration? = null,
    /** How many silences in a row make a VPS unreachable, from 1 to 1,000: 3 by default. */
    public val silentProbes: Int? = null,
    /** How long a VPS is left alone after the first reboot, which doubles with each further one: 5 min by default. */
    public val firstPatience: Duration? = null,
    /** The longest that a VPS is left alone after a reboot: an hour by default. */
    public val longestPatience: Duration? = null,
    /** VPS that are neither probed nor rebooted, by their ids. What the list shows of them is told all the same. */
    public val exclude: Collection<String> = emptyList(),
    /** How many days before the end of a period the renewal is told, from 0, which is never, to 3,650: 7 by default. */
    public val alarmDays: Int? = null,
    /** How long the watch lasts, from its beginning; without an end by default. */
    public val atMost: Duration? = null,
    /** What finds out whether a VPS answers; the client's by default. */
    public val prober: Prober? = null,
) {
    /** Every default. */
    public constructor() : this(interval = null)

    /** The same with another time from one look to the next. */
    public fun withInterval(interval: JavaDuration): WatchOptions =
        with(interval = interval.toKotlinDuration())

    /** The same with or without rebooting VPS that hang. */
    public fun withReboot(reboot: RebootPolicy): WatchOptions = with(reboot = reboot)

    /** The same with or without probes. */
    public fun withProbing(probing: Boolean): WatchOptions = with(probing = probing)

    /** The same with another port to probe. */
    public fun withProbePort(port: Int): WatchOptions = with(probePort = port)

    /** The same with another time in which a VPS has to accept the connection. */
    public fun withProbeTimeout(timeout: JavaDuration): WatchOptions =
        with(probeTimeout = timeout.toKotlinDuration())

    /** The same with another number of silences that make a VPS unreachable. */
    public fun withSilentProbes(silentProbes: Int): WatchOptions = with(silentProbes = silentProbes)

    /** The same with other times in which a VPS is left alone after a reboot. */
    public fun withPatience(
        first: JavaDuration,
        longest: JavaDuration,
    ): WatchOptions =
        with(firstPatience = first.toKotlinDuration(), longestPatience = longest.toKotlinDuration())

    /** The same without probing and rebooting these VPS. */
    public fun withExclude(ids: Collection<String>): WatchOptions = with(exclude = ids)

    /** The same with another time at which a renewal is told. */
    public fun withAlarmDays(days: Int): WatchOptions = with(alarmDays = days)

    /** The same with an end. */
    public fun withAtMost(span: JavaDuration): WatchOptions = with(atMost = span.toKotlinDuration())

    /** The same with another prober. */
    public fun withProber(prober: Prober?): WatchOptions = with(prober = prober)

    private fun with(
        interval: Duration? = this.interval,
        reboot: RebootPolicy = this.reboot,
        probing: Boolean = this.probing,
        probePort: Int? = this.probePort,
        probeTimeout: Duration? = this.probeTimeout,
        silentProbes: Int? = this.silentProbes,
        firstPatience: Duration? = this.firstPatience,
        longestPatience: Duration? = this.longestPatience,
        exclude: Collection<String> = this.exclude,
        alarmDays: Int? = this.alarmDays,
        atMost: Duration? = this.atMost,
        prober: Prober? = this.prober,
    ): WatchOptions =
        WatchOptions(
            interval,
            reboot,
            probing,
            probePort,
            probeTimeout,
            silentProbes,
            firstPatience,
            longestPatience,
            exclude,
            alarmDays,
            atMost,
            prober,
        )
}
