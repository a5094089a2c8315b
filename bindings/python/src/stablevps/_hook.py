"""What an ``on_event`` gets: requests and purchases, beside the events of watches."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from ._models import Delivery, FailureKind, Phase
from ._values import Model

if TYPE_CHECKING:
    from .events import ClientEvent

OnEvent: TypeAlias = "Callable[[ClientEvent], object]"
"""Called with what a client does."""


class RequestDone(Model, frozen=True, kw_only=True):
    """A request is over. It holds no key, and nothing of a body."""

    name: ClassVar[str] = "request_done"

    call: str
    """The method that made it, such as ``vps.list``."""
    endpoint: str
    """The endpoint as the documentation writes it, such as ``GET /vps``."""
    method: str
    """``GET``, ``POST`` or ``DELETE``."""
    url: str
    """The absolute URL."""
    attempt: int
    """Which attempt of its call it is, from 1."""
    retry_of: str | None = None
    """The code of the error that the attempt before ended with, such as ``rate_limited``."""
    status: int | None = None
    """The status of the reply; ``None`` where there is none."""
    failure: FailureKind | None = None
    """Why there is no reply."""
    delivery: Delivery | None = None
    """Whether a request without a reply may have arrived."""
    duration: float
    """How many seconds it took."""
    received: int = 0
    """How many bytes the reply's body has, without any content coding."""
    request_id: str | None = None
    """The service's own name for the request, where it sends one in ``x-request-id``."""


class PhaseChanged(Model, frozen=True, kw_only=True):
    """A purchase is in another phase than before, or at its end."""

    name: ClassVar[str] = "phase_changed"

    call: str
    """The method that runs the purchase, such as ``vps.provision``."""
    purchase: int
    """Which purchase of this process it is: calls are numbered."""
    phase: Phase
    """The phase that begins. ``ENDED`` comes last, but not where something else ends the wait."""
    vps_id: str | None = None
    """The VPS, once it is known."""
    elapsed: float
    """How many seconds ago the purchase began, in whatever process."""
    error: str | None = None
    """The code of the error that the purchase ended with."""


class Hook:
    """A client's ``on_event``, whose faults stay its own."""

    def __init__(self, on_event: OnEvent) -> None:
        called = getattr(on_event, "__call__", None)  # noqa: B004
        if inspect.iscoroutinefunction(on_event) or inspect.iscoroutinefunction(called):
            raise TypeError("on_event must not be asynchronous: nothing awaits it")
        if not callable(on_event):
            raise TypeError("on_event must be a function")
        self._on_event = on_event
        self._has_failed = False

    def tell(self, event: ClientEvent) -> None:
        """Calls it. The first exception is logged, and none goes further."""
        try:
            self._on_event(event)
        except Exception:
            if not self._has_failed:
                self._has_failed = True
                logging.getLogger("stablevps").exception(
                    "on_event raised at %s; what else it raises is not logged", event.name
                )
