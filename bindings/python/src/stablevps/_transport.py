"""How requests reach the service. Every part can be replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from ._models import ProbeOutcome

__all__ = [
    "AsyncClock",
    "AsyncHttpTransport",
    "AsyncProber",
    "Clock",
    "HttpRequest",
    "HttpResponse",
    "HttpTransport",
    "ProbeTarget",
    "Prober",
    "TransportFailure",
]


def always() -> bool:
    """Of a request that may begin at any time."""
    return True


class HttpRequest(Struct, frozen=True, kw_only=True):
    """One request, complete. A transport adds nothing but ``Host`` and ``Content-Length``."""

    method: str
    """``GET``, ``POST`` or ``DELETE``."""
    url: str
    """The absolute URL, percent-encoded."""
    headers: Mapping[str, str]
    """The headers. One of them carries the key."""
    body: bytes | None
    """The JSON body, if there is one."""
    timeout: float
    """How many seconds the whole exchange may take."""
    connect_timeout: float
    """How many seconds it may take to connect."""
    fresh_connection: bool
    """True for a request that must not be sent twice: no pooled connection, no hidden retry."""
    endpoint: str
    """The endpoint as the documentation writes it, such as ``POST /vps``."""
    may_begin: Callable[[], bool] = always
    """Whether the request may still begin: a recorded order may not once its time is over. A
    transport asks right before it writes the first byte. Where this says no, it writes nothing, and
    raises a :class:`TransportFailure` of the kind ``timeout`` that was ``not_sent``."""

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {self.url})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("method", self.method), ("url", self.url)]


class HttpResponse(Struct, frozen=True):
    """A complete response, whatever its status."""

    status: int
    """The status code."""
    headers: Mapping[str, str]
    """The headers, in any case."""
    body: bytes
    """The body, decoded from any content coding."""

    def __repr__(self) -> str:
        return f"HttpResponse({self.status}, {len(self.body)} bytes)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("status", self.status)]


class TransportFailure(Exception):
    """Raised by a transport when there is no complete response.

    ``delivery`` is ``"not_sent"`` only where it is certain that not one byte of the request
    reached the server, for instance when the connection was refused; otherwise ``"unknown"``.
    ``kind`` is one of dns, connect, tls, proxy, timeout, io, too_large, cancelled.
    """

    def __init__(self, kind: str, delivery: str, detail: str = "") -> None:
        super().__init__(f"{kind} ({delivery}): {detail}")
        self.kind = kind
        self.delivery = delivery
        self.detail = detail

    def __reduce__(self) -> Any:
        return (type(self), (self.kind, self.delivery, self.detail))


def too_late() -> TransportFailure:
    """What becomes of a request that may not begin any more."""
    return TransportFailure("timeout", "not_sent", "its time to begin was over")


class HttpTransport(Protocol):
    """Sends one request. It must not follow redirects and must not retry."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """Returns the response, or raises :class:`TransportFailure`."""
        ...

    def close(self) -> None:
        """Releases connections."""
        ...


class AsyncHttpTransport(Protocol):
    """Sends one request. It must not follow redirects and must not retry."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Returns the response, or raises :class:`TransportFailure`."""
        ...

    async def aclose(self) -> None:
        """Releases connections."""
        ...


class Clock(Protocol):
    """The time, and waiting, for a client."""

    def now_ms(self) -> int:
        """The time of day in epoch milliseconds: only written down."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds of a clock that nobody sets: all waits and limits are measured by it."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


class AsyncClock(Protocol):
    """The time, and waiting, for an asynchronous client."""

    def now_ms(self) -> int:
        """The time of day in epoch milliseconds: only written down."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds of a clock that nobody sets: all waits and limits are measured by it."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


class ProbeTarget(Struct, frozen=True):
    """Whom to connect to."""

    address: str
    """The address, or a host name."""
    port: int
    """The TCP port."""


class Prober(Protocol):
    """Finds out whether a VPS answers, such as with a request to a program on it."""

    def probe(self, target: ProbeTarget, within: float) -> ProbeOutcome:
        """Returns ``"answered"`` or ``"silent"`` within about so many seconds.

        ``"not_tried"`` is for faults of this machine and its network alone. An exception counts as
        that. This is called from several threads at once.
        """
        ...


class AsyncProber(Protocol):
    """Finds out whether a VPS answers, such as with a request to a program on it."""

    async def probe(self, target: ProbeTarget, within: float) -> ProbeOutcome:
        """Returns ``"answered"`` or ``"silent"`` within about so many seconds.

        ``"not_tried"`` is for faults of this machine and its network alone. An exception counts as
        that. It may be cancelled at any time.
        """
        ...
