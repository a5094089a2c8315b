"""What a client tells: the events of a watch, and those that an ``on_event`` gets beside them.

>>> import stablevps
>>> from stablevps import events
>>> from stablevps.testing import Simulator
>>> with Simulator(vps=[{"id": "trader"}]).client() as client:
...     for event in client.vps.watch(at_most=3600):
...         match event:
...             case events.Started(vps=vps):
...                 print(len(vps), "VPS")
...             case events.Unreachable(vps=vps, silent=silent):
...                 print(vps.id, "does not answer for", silent, "s")
1 VPS

The classes of a watch's events are written by `cargo xtask generate` from the core's list. Their spans of time are in
seconds.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias

from ._event import Event, built
from ._hook import PhaseChanged, RequestDone
from ._models import BillingStatus, Vps, VpsStatus
from ._report import StableVPSError

__all__ = [
    "Added",
    "BillingChanged",
    "ClientEvent",
    "Event",
    "ListingFailed",
    "ListingRecovered",
    "ManySilent",
    "ManySilentEnded",
    "PeriodEnding",
    "PhaseChanged",
    "Reachable",
    "RebootRefused",
    "RebootSent",
    "RebootUnknown",
    "RebootWithheld",
    "Removed",
    "RequestDone",
    "Started",
    "StatusChanged",
    "StillSilent",
    "Unreachable",
    "WatchEvent",
]


class Started(Event, frozen=True, kw_only=True, rename="camel"):
    """The first list: these VPS are watched."""

    name: ClassVar[str] = "started"

    vps: tuple[Vps, ...]
    """All of the account's, in the order of their ids."""


class Added(Event, frozen=True, kw_only=True, rename="camel"):
    """A VPS is new in the list."""

    name: ClassVar[str] = "added"

    vps: Vps
    """The VPS."""


class Removed(Event, frozen=True, kw_only=True, rename="camel"):
    """A VPS is no longer listed, twice in a row."""

    name: ClassVar[str] = "removed"

    vps: Vps
    """The VPS as it was last seen."""


class StatusChanged(Event, frozen=True, kw_only=True, rename="camel"):
    """The machine's status is another."""

    name: ClassVar[str] = "status_changed"

    vps: Vps
    """The VPS as it is now."""

    before: VpsStatus
    """The status before."""


class BillingChanged(Event, frozen=True, kw_only=True, rename="camel"):
    """The billing status is another."""

    name: ClassVar[str] = "billing_changed"

    vps: Vps
    """The VPS as it is now."""

    before: BillingStatus
    """The status before."""


class Unreachable(Event, frozen=True, kw_only=True, rename="camel"):
    """A VPS that should be up does not answer, while others do."""

    name: ClassVar[str] = "unreachable"

    vps: Vps
    """The VPS."""

    silent_probes: int
    """How many probes in a row it did not answer."""

    silent: float
    """How long it has been silent at least."""


class Reachable(Event, frozen=True, kw_only=True, rename="camel"):
    """A VPS that was unreachable answers."""

    name: ClassVar[str] = "reachable"

    vps: Vps
    """The VPS."""

    silent: float
    """How long it was silent."""

    reboots: int
    """How often it was rebooted meanwhile."""


class ManySilent(Event, frozen=True, kw_only=True, rename="camel"):
    """So many are silent at once that it is taken for the network's fault. Nothing is rebooted for it."""

    name: ClassVar[str] = "many_silent"

    silent: int
    """How many VPS do not answer that did before."""

    probed: int
    """How many were probed."""


class ManySilentEnded(Event, frozen=True, kw_only=True, rename="camel"):
    """Who is silent is so by itself again."""

    name: ClassVar[str] = "many_silent_ended"

    lasted: float
    """How long that lasted."""


class RebootSent(Event, frozen=True, kw_only=True, rename="camel"):
    """The service took a reboot."""

    name: ClassVar[str] = "reboot_sent"

    vps: Vps
    """The VPS."""

    reboots: int
    """How often it was rebooted since it is silent, this one included."""

    silent: float
    """How long it has been silent."""

    patience: float
    """How long it is left alone now."""


class RebootUnknown(Event, frozen=True, kw_only=True, rename="camel"):
    """A reboot's reply was lost: it may have been done. It counts as done."""

    name: ClassVar[str] = "reboot_unknown"

    vps: Vps
    """The VPS."""

    reboots: int
    """How often it was or may have been rebooted since it is silent, this one included."""

    patience: float
    """How long it is left alone now."""

    error: StableVPSError
    """What happened to the reply."""


class RebootRefused(Event, frozen=True, kw_only=True, rename="camel"):
    """A reboot that was due was refused or could not be sent. Nothing was done."""

    name: ClassVar[str] = "reboot_refused"

    vps: Vps
    """The VPS."""

    error: StableVPSError
    """Why."""

    again_in: float
    """How long until it is tried again, where it is still due then."""


class RebootWithheld(Event, frozen=True, kw_only=True, rename="camel"):
    """A reboot was due by the list, but ``GET /vps/:id`` shows that the VPS is not paid or not active."""

    name: ClassVar[str] = "reboot_withheld"

    vps: Vps
    """The VPS, by the list."""

    status: BillingStatus
    """The billing status that it shows itself."""

    vps_status: VpsStatus
    """The machine's status that it shows itself."""

    again_in: float
    """How long until it is looked at again, where a reboot is still due then."""


class StillSilent(Event, frozen=True, kw_only=True, rename="camel"):
    """A VPS is still silent at the end of the patience after a reboot."""

    name: ClassVar[str] = "still_silent"

    vps: Vps
    """The VPS."""

    reboots: int
    """How often it was or may have been rebooted since it is silent."""

    silent: float
    """How long it has been silent."""


class PeriodEnding(Event, frozen=True, kw_only=True, rename="camel"):
    """A paid period ends soon."""

    name: ClassVar[str] = "period_ending"

    vps: Vps
    """The VPS."""

    ends_at: datetime
    """When."""

    ends_in: float
    """How long until then; 0 where it is past."""

    renewal: Decimal | None = None
    """What the renewal costs by the prices that this version knows. None for a plan or cycle newer than it, and
    for a VPS that is canceled, which ends."""

    renewals: Decimal
    """What this renewal and those that fall due before it cost together."""

    balance: Decimal | None = None
    """What the wallet holds. None where it could not be read."""

    missing: Decimal | None = None
    """What the wallet lacks for all of them. None where it holds enough, or could not be read."""

    currency: str
    """The currency of all four."""


class ListingFailed(Event, frozen=True, kw_only=True, rename="camel"):
    """The list can't be read. Told once, until it can be again."""

    name: ClassVar[str] = "listing_failed"

    error: StableVPSError
    """Why."""

    next_look: float
    """How long until the next look."""


class ListingRecovered(Event, frozen=True, kw_only=True, rename="camel"):
    """The list can be read again."""

    name: ClassVar[str] = "listing_recovered"

    failed_looks: int
    """How many looks failed."""

    lasted: float
    """How long that lasted."""


WatchEvent: TypeAlias = (
    Started
    | Added
    | Removed
    | StatusChanged
    | BillingChanged
    | Unreachable
    | Reachable
    | ManySilent
    | ManySilentEnded
    | RebootSent
    | RebootUnknown
    | RebootRefused
    | RebootWithheld
    | StillSilent
    | PeriodEnding
    | ListingFailed
    | ListingRecovered
)
"""What a watch tells."""

_KINDS: dict[str, type[Event]] = {
    "started": Started,
    "added": Added,
    "removed": Removed,
    "status_changed": StatusChanged,
    "billing_changed": BillingChanged,
    "unreachable": Unreachable,
    "reachable": Reachable,
    "many_silent": ManySilent,
    "many_silent_ended": ManySilentEnded,
    "reboot_sent": RebootSent,
    "reboot_unknown": RebootUnknown,
    "reboot_refused": RebootRefused,
    "reboot_withheld": RebootWithheld,
    "still_silent": StillSilent,
    "period_ending": PeriodEnding,
    "listing_failed": ListingFailed,
    "listing_recovered": ListingRecovered,
}


ClientEvent: TypeAlias = RequestDone | PhaseChanged | WatchEvent
"""What an ``on_event`` is called with."""


def from_document(document: dict[str, Any]) -> WatchEvent:
    """The event that one of the core's describes."""
    event: WatchEvent = built(_KINDS[document["event"]], document)
    return event
