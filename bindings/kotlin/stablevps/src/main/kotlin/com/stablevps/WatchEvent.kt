// A class for every kind of event of a watch. Written by `cargo xtask generate` from the core's list.

package com.stablevps

import java.math.BigDecimal
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import com.stablevps.internal.ffi.WatchEvent as CoreWatchEvent
import com.stablevps.internal.ffi.WatchEventKind as CoreWatchEventKind

/** Something that [VpsResource.watch] tells. It holds no key and no password. */
public sealed interface WatchEvent {
    /** When, by the service's clock as far as its replies showed it. */
    public val at: Instant

    /** The name of its kind, the same in every language. */
    public val name: String

    /** An event that is about one VPS. */
    public sealed interface OfVps : WatchEvent {
        /** The VPS, by the list. */
        public val vps: Vps
    }

    /** The first list: these VPS are watched. */
    @ConsistentCopyVisibility
    public data class Started internal constructor(
        override val at: Instant,
        /** All of the account's, in the order of their ids. */
        public val vps: List<Vps>,
    ) : WatchEvent {
        override val name: String get() = "started"
    }

    /** A VPS is new in the list. */
    @ConsistentCopyVisibility
    public data class Added internal constructor(
        override val at: Instant,
        /** The VPS. */
        override val vps: Vps,
    ) : OfVps {
        override val name: String get() = "added"
    }

    /** A VPS is no longer listed, twice in a row. */
    @ConsistentCopyVisibility
    public data class Removed internal constructor(
        override val at: Instant,
        /** The VPS as it was last seen. */
        override val vps: Vps,
    ) : OfVps {
        override val name: String get() = "removed"
    }

    /** The machine's status is another. */
    @ConsistentCopyVisibility
    public data class StatusChanged internal constructor(
        override val at: Instant,
        /** The VPS as it is now. */
        override val vps: Vps,
        /** The status before. */
        public val before: VpsStatus,
    ) : OfVps {
        override val name: String get() = "status_changed"
    }

    /** The billing status is another. */
    @ConsistentCopyVisibility
    public data class BillingChanged internal constructor(
        override val at: Instant,
        /** The VPS as it is now. */
        override val vps: Vps,
        /** The status before. */
        public val before: BillingStatus,
    ) : OfVps {
        override val name: String get() = "billing_changed"
    }

    /** A VPS that should be up does not answer, while others do. */
    @ConsistentCopyVisibility
    public data class Unreachable internal constructor(
        override val at: Instant,
        /** The VPS. */
        override val vps: Vps,
        /** How many probes in a row it did not answer. */
        public val silentProbes: Int,
        /** How long it has been silent at least. */
        public val silent: Duration,
    ) : OfVps {
        override val name: String get() = "unreachable"

        /** How long it has been silent at least. */
        public val silentMs: Long get() = silent.inWholeMilliseconds
    }

    /** A VPS that was unreachable answers. */
    @ConsistentCopyVisibility
    public data class Reachable internal constructor(
        override val at: Instant,
        /** The VPS. */
        override val vps: Vps,
        /** How long it was silent. */
        public val silent: Duration,
        /** How often it was rebooted meanwhile. */
        public val reboots: Int,
    ) : OfVps {
        override val name: String get() = "reachable"

        /** How long it was silent. */
        public val silentMs: Long get() = silent.inWholeMilliseconds
    }

    /** So many are silent at once that it is taken for the network's fault. Nothing is rebooted for it. */
    @ConsistentCopyVisibility
    public data class ManySilent internal constructor(
        override val at: Instant,
        /** How many VPS do not answer that did before. */
        public val silent: Int,
        /** How many were probed. */
        public val probed: Int,
    ) : WatchEvent {
        override val name: String get() = "many_silent"
    }

    /** Who is silent is so by itself again. */
    @ConsistentCopyVisibility
    public data class ManySilentEnded internal constructor(
        override val at: Instant,
        /** How long that lasted. */
        public val lasted: Duration,
    ) : WatchEvent {
        override val name: String get() = "many_silent_ended"

        /** How long that lasted. */
        public val lastedMs: Long get() = lasted.inWholeMilliseconds
    }

    /** The service took a reboot. */
    @ConsistentCopyVisibility
    public data class RebootSent internal constructor(
        override val at: Instant,
        /** The VPS. */
        override val vps: Vps,
        /** How often it was rebooted since it is silent, this one included. */
        public val reboots: Int,
        /** How long it has been silent. */
        public val silent: Duration,
        /** How long it is left alone now. */
        public val patience: Duration,
    ) : OfVps {
        override val name: String get() = "reboot_sent"

        /** How long it has been silent. */
        public val silentMs: Long get() = silent.inWholeMilliseconds

        /** How long it is left alone now. */
        public val patienceMs: Long get() = patience.inWholeMilliseconds
    }

    /** A reboot's reply was lost: it may have been done. It counts as done. */
    @ConsistentCopyVisibility
    public data class RebootUnknown internal constructor(
        override val at: Instant,
        /** The VPS. */
        override val vps: Vps,
        /** How often it was or may have been rebooted since it is silent, this one included. */
        public val reboots: Int,
        /** How long it is left alone now. */
        public val patience: Duration,
        /** What happened to the reply. */
        public val error: StableVpsException,
    ) : OfVps {
        override val name: String get() = "reboot_unknown"

        /** How long it is left alone now. */
        public val patienceMs: Long get() = patience.inWholeMilliseconds
    }

    /** A reboot that was due was refused or could not be sent. Nothing was done. */
    @ConsistentCopyVisibility
    public data class RebootRefused internal constructor(
        override val at: Instant,
        /** The VPS. */
        override val vps: Vps,
        /** Why. */
        public val error: StableVpsException,
        /** How long until it is tried again, where it is still due then. */
        public val againIn: Duration,
    ) : OfVps {
        override val name: String get() = "reboot_refused"

        /** How long until it is tried again, where it is still due then. */
        public val againInMs: Long get() = againIn.inWholeMilliseconds
    }

    /** A reboot was due by the list, but `GET /vps/:id` shows that the VPS is not paid or not active. */
    @ConsistentCopyVisibility
    public data class RebootWithheld internal constructor(
        override val at: Instant,
        /** The VPS, by the list. */
        override val vps: Vps,
        /** The billing status that it shows itself. */
        public val status: BillingStatus,
        /** The machine's status that it shows itself. */
        public val vpsStatus: VpsStatus,
        /** How long until it is looked at again, where a reboot is still due then. */
        public val againIn: Duration,
    ) : OfVps {
        override val name: String get() = "reboot_withheld"

        /** How long until it is looked at again, where a reboot is still due then. */
        public val againInMs: Long get() = againIn.inWholeMilliseconds
    }

    /** A VPS is still silent at the end of the patience after a reboot. */
    @ConsistentCopyVisibility
    public data class StillSilent internal constructor(
        override val at: Instant,
        /** The VPS. */
        override val vps: Vps,
        /** How often it was or may have been rebooted since it is silent. */
        public val reboots: Int,
        /** How long it has been silent. */
        public val silent: Duration,
    ) : OfVps {
        override val name: String get() = "still_silent"

        /** How long it has been silent. */
        public val silentMs: Long get() = silent.inWholeMilliseconds
    }

    /** A paid period ends soon. */
    @ConsistentCopyVisibility
    public data class PeriodEnding internal constructor(
        override val at: Instant,
        /** The VPS. */
        override val vps: Vps,
        /** When. */
        public val endsAt: Instant,
        /** How long until then; 0 where it is past. */
        public val endsIn: Duration,
        /**
         * What the renewal costs by the prices that this version knows. None for a plan or cycle newer than it, and
         * for a VPS that is canceled, which ends.
         */
        public val renewal: BigDecimal?,
        /** What this renewal and those that fall due before it cost together. */
        public val renewals: BigDecimal,
        /** What the wallet holds. None where it could not be read. */
        public val balance: BigDecimal?,
        /** What the wallet lacks for all of them. None where it holds enough, or could not be read. */
        public val missing: BigDecimal?,
        /** The currency of all four. */
        public val currency: String,
    ) : OfVps {
        override val name: String get() = "period_ending"

        /** How long until then; 0 where it is past. */
        public val endsInMs: Long get() = endsIn.inWholeMilliseconds
    }

    /** The list can't be read. Told once, until it can be again. */
    @ConsistentCopyVisibility
    public data class ListingFailed internal constructor(
        override val at: Instant,
        /** Why. */
        public val error: StableVpsException,
        /** How long until the next look. */
        public val nextLook: Duration,
    ) : WatchEvent {
        override val name: String get() = "listing_failed"

        /** How long until the next look. */
        public val nextLookMs: Long get() = nextLook.inWholeMilliseconds
    }

    /** The list can be read again. */
    @ConsistentCopyVisibility
    public data class ListingRecovered internal constructor(
        override val at: Instant,
        /** How many looks failed. */
        public val failedLooks: Int,
        /** How long that lasted. */
        public val lasted: Duration,
    ) : WatchEvent {
        override val name: String get() = "listing_recovered"

        /** How long that lasted. */
        public val lastedMs: Long get() = lasted.inWholeMilliseconds
    }
}

internal fun CoreWatchEvent.read(): WatchEvent = kind.read(Instant.ofEpochMilli(at))

private fun CoreWatchEventKind.read(at: Instant): WatchEvent =
    when (this) {
        is CoreWatchEventKind.Started -> {
            WatchEvent.Started(
                at,
                vps.map { it.read() },
            )
        }

        is CoreWatchEventKind.Added -> {
            WatchEvent.Added(
                at,
                vps.read(),
            )
        }

        is CoreWatchEventKind.Removed -> {
            WatchEvent.Removed(
                at,
                vps.read(),
            )
        }

        is CoreWatchEventKind.StatusChanged -> {
            WatchEvent.StatusChanged(
                at,
                vps.read(),
                VpsStatus.of(before),
            )
        }

        is CoreWatchEventKind.BillingChanged -> {
            WatchEvent.BillingChanged(
                at,
                vps.read(),
                BillingStatus.of(before),
            )
        }

        is CoreWatchEventKind.Unreachable -> {
            WatchEvent.Unreachable(
                at,
                vps.read(),
                silentProbes.toInt(),
                silentMs.toLong().milliseconds,
            )
        }

        is CoreWatchEventKind.Reachable -> {
            WatchEvent.Reachable(
                at,
                vps.read(),
                silentMs.toLong().milliseconds,
                reboots.toInt(),
            )
        }

        is CoreWatchEventKind.ManySilent -> {
            WatchEvent.ManySilent(
                at,
                silent.toInt(),
                probed.toInt(),
            )
        }

        is CoreWatchEventKind.ManySilentEnded -> {
            WatchEvent.ManySilentEnded(
                at,
                lastedMs.toLong().milliseconds,
            )
        }

        is CoreWatchEventKind.RebootSent -> {
            WatchEvent.RebootSent(
                at,
                vps.read(),
                reboots.toInt(),
                silentMs.toLong().milliseconds,
                patienceMs.toLong().milliseconds,
            )
        }

        is CoreWatchEventKind.RebootUnknown -> {
            WatchEvent.RebootUnknown(
                at,
                vps.read(),
                reboots.toInt(),
                patienceMs.toLong().milliseconds,
                error.toException(),
            )
        }

        is CoreWatchEventKind.RebootRefused -> {
            WatchEvent.RebootRefused(
                at,
                vps.read(),
                error.toException(),
                againInMs.toLong().milliseconds,
            )
        }

        is CoreWatchEventKind.RebootWithheld -> {
            WatchEvent.RebootWithheld(
                at,
                vps.read(),
                BillingStatus.of(status),
                VpsStatus.of(vpsStatus),
                againInMs.toLong().milliseconds,
            )
        }

        is CoreWatchEventKind.StillSilent -> {
            WatchEvent.StillSilent(
                at,
                vps.read(),
                reboots.toInt(),
                silentMs.toLong().milliseconds,
            )
        }

        is CoreWatchEventKind.PeriodEnding -> {
            WatchEvent.PeriodEnding(
                at,
                vps.read(),
                Instant.ofEpochMilli(endsAt),
                endsInMs.toLong().milliseconds,
                renewal?.let(::BigDecimal),
                BigDecimal(renewals),
                balance?.let(::BigDecimal),
                missing?.let(::BigDecimal),
                currency,
            )
        }

        is CoreWatchEventKind.ListingFailed -> {
            WatchEvent.ListingFailed(
                at,
                error.toException(),
                nextLookMs.toLong().milliseconds,
            )
        }

        is CoreWatchEventKind.ListingRecovered -> {
            WatchEvent.ListingRecovered(
                at,
                failedLooks.toInt(),
                lastedMs.toLong().milliseconds,
            )
        }
    }
