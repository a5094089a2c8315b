package com.stablevps

import com.stablevps.internal.ffi.Preflight
import com.stablevps.internal.ffi.Probing
import com.stablevps.internal.ffi.defaultBatchOptions
import com.stablevps.internal.ffi.defaultProvisionOptions
import com.stablevps.internal.ffi.defaultWatchOptions
import kotlin.math.roundToLong
import kotlin.time.Duration
import kotlin.time.DurationUnit
import com.stablevps.internal.ffi.Auth as CoreAuth
import com.stablevps.internal.ffi.BatchOptions as CoreBatchOptions
import com.stablevps.internal.ffi.CallOptions as CoreCallOptions
import com.stablevps.internal.ffi.Delivery as CoreDelivery
import com.stablevps.internal.ffi.FailureKind as CoreFailureKind
import com.stablevps.internal.ffi.ProbeOutcome as CoreProbeOutcome
import com.stablevps.internal.ffi.ProvisionOptions as CoreProvisionOptions
import com.stablevps.internal.ffi.RebootPolicy as CoreRebootPolicy
import com.stablevps.internal.ffi.WaitLevel as CoreWaitLevel
import com.stablevps.internal.ffi.WatchOptions as CoreWatchOptions
import com.stablevps.internal.ffi.WhenHeld as CoreWhenHeld

// Options as the core takes them. The core checks them, and knows every default.

/** Loads the core, like everything here that asks for it. */
private val defaults by lazy { defaultProvisionOptions() }

internal fun CallOptions.toCore(): CoreCallOptions =
    CoreCallOptions(timeout?.toMillis(), deadline?.toMillis(), maxRetries = null)

internal fun WaitOptions.toCore(): CoreProvisionOptions =
    defaults.copy(
        waitFor = waitFor.toCore(),
        timeoutMs = timeout?.toMillis() ?: defaults.timeoutMs,
        firstLookMs = firstLook?.toMillis() ?: defaults.firstLookMs,
        longestPauseMs = longestPause?.toMillis() ?: defaults.longestPauseMs,
    )

internal fun ProvisionOptions.toCore(): CoreProvisionOptions =
    defaults.copy(
        preflight = if (preflight) Preflight.CHECK else Preflight.SKIP,
        checkFunds = checkFunds,
        maxSpend = maxSpend?.toPlainString(),
        waitFor = waitFor.toCore(),
        timeoutMs = timeout?.toMillis() ?: defaults.timeoutMs,
        firstLookMs = firstLook?.toMillis() ?: defaults.firstLookMs,
        longestPauseMs = longestPause?.toMillis() ?: defaults.longestPauseMs,
        settleMs = settle?.toMillis() ?: defaults.settleMs,
    )

internal fun BatchOptions.toCore(): CoreBatchOptions {
    val defaults = defaultBatchOptions()
    return CoreBatchOptions(maxSpend?.toPlainString(), atOnce?.toLong() ?: defaults.atOnce)
}

internal fun WatchOptions.toCore(): CoreWatchOptions {
    val defaults = defaultWatchOptions()
    return defaults.copy(
        intervalMs = interval?.toMillis() ?: defaults.intervalMs,
        probing = if (probing) Probing.ON else Probing.OFF,
        probePort = probePort?.toLong() ?: defaults.probePort,
        probeTimeoutMs = probeTimeout?.toMillis() ?: defaults.probeTimeoutMs,
        silentProbes = silentProbes?.toLong() ?: defaults.silentProbes,
        reboot = CoreRebootPolicy.entries[reboot.ordinal],
        firstPatienceMs = firstPatience?.toMillis() ?: defaults.firstPatienceMs,
        longestPatienceMs = longestPatience?.toMillis() ?: defaults.longestPatienceMs,
        exclude = exclude.toList(),
        alarmDays = alarmDays?.toLong() ?: defaults.alarmDays,
    )
}

/**
 * The nearest whole number of milliseconds, but never 0 for a span that is not: the core refuses what is too
 * short or too long. An infinite span is the largest number.
 */
internal fun Duration.toMillis(): Long {
    val nearest = toDouble(DurationUnit.MILLISECONDS).roundToLong()
    return if (nearest == 0L) compareTo(Duration.ZERO).toLong() else nearest
}

// The values of these have the order of the core's.

internal fun Auth.toCore(): CoreAuth = CoreAuth.entries[ordinal]

internal fun WaitLevel.toCore(): CoreWaitLevel = CoreWaitLevel.entries[ordinal]

internal fun WhenHeld.toCore(): CoreWhenHeld = CoreWhenHeld.entries[ordinal]

internal fun Delivery.toCore(): CoreDelivery = CoreDelivery.entries[ordinal]

internal fun FailureKind.toCore(): CoreFailureKind = CoreFailureKind.entries[ordinal]

internal fun ProbeOutcome.toCore(): CoreProbeOutcome = CoreProbeOutcome.entries[ordinal]
