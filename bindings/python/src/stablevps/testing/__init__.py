"""The service in memory, with virtual time: test a bot without a network and without waiting.

>>> from stablevps.testing import Simulator
>>> simulator = Simulator(balance=50)
>>> with simulator.client() as client:
...     bought = client.vps.provision(plan_id="basic", billing_cycle="monthly", location="tokyo")
>>> simulator.state()["orders_placed"]
1

``pytest`` users get the fixtures ``stablevps_simulator`` and ``stablevps_client`` without doing
anything.
"""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

import msgspec

from .. import _errors
from .._async_client import AsyncClient
from .._client import Client
from .._native import stablevps_ffi
from .._transport import HttpRequest, HttpResponse, TransportFailure

__all__ = ["AsyncSimulatedClient", "SimulatedClient", "Simulator"]

START_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z: when a simulator's time begins, unless told otherwise."""


class Simulator:
    """A simulated service with one account, its own clock, and misbehaviour on demand.

    The keywords are the service's configuration: ``balance`` (EUR, default 100), ``seed``,
    ``provisioning_ms`` (virtual milliseconds until a VPS is active, default 120,000),
    ``details_delay_ms``, ``account``, ``vps`` (those that are there from the beginning) and
    ``faults``.

    :raises InvalidInputError: for a configuration that does not exist.
    """

    def __init__(self, *, now_ms: int = START_MS, **config: Any) -> None:
        try:
            self._model = stablevps_ffi.Simulator(msgspec.json.encode(config))
        except stablevps_ffi.Failure.Product as failure:  # type: ignore[attr-defined]
            raise _errors.from_json(failure.document) from None
        self._now_ms = now_ms
        self._lock = threading.Lock()

    @property
    def api_key(self) -> str:
        """A key of the account, with full scope."""
        return self._model.initial_key()

    @property
    def now_ms(self) -> int:
        """The virtual time, in epoch milliseconds."""
        return self._now_ms

    def advance(self, seconds: float) -> None:
        """Lets virtual time pass."""
        with self._lock:
            self._now_ms += round(seconds * 1000)

    def client(self, **options: Any) -> SimulatedClient:
        """A client of this service. The keywords are those of :class:`stablevps.Client`."""
        return SimulatedClient(self, **options)

    def async_client(self, **options: Any) -> AsyncSimulatedClient:
        """A client of this service for asyncio."""
        return AsyncSimulatedClient(self, **options)

    def fault(
        self, do: Any, *, method: str | None = None, path: str | None = None, **more: Any
    ) -> None:
        """Lets the next request that fits go wrong.

        >>> from stablevps.testing import Simulator
        >>> simulator = Simulator()
        >>> simulator.fault("lose_after", method="POST", path="/vps")
        >>> simulator.client().vps.provision(
        ...     plan_id="pro", billing_cycle="monthly", location="london"
        ... ).recovered
        True

        :param do: what goes wrong: ``"lose_before"``, ``"lose_after"``, ``"not_delivered"``,
            ``{"cut": {"keep": 10}}``, ``{"status": {"code": 500, "effect": "after"}}``,
            ``{"body": {"text": "..."}}``, ``{"patch": {"merge": {...}, "remove": [...]}}``,
            ``{"delay": {"ms": 100}}``, ``{"late_order": {"ms": 5000}}``,
            ``{"shape_order": {"vps_status": "suspended"}}``.
        :param method: only requests of that method.
        :param path: only requests to that path; ``*`` at its end stands for anything.
        :param more: ``skip``: how many fitting requests go well before; ``times``: how many go
            wrong, 1 by default.
        """
        skip = more.pop("skip", None)
        on = {"method": method, "path": path, "skip": skip}
        fault = {"on": {name: value for name, value in on.items() if value is not None}, "do": do}
        self.control({"fault": {**fault, **more}})

    def control(self, command: Any) -> Any:
        """Carries out a command: ``{"set_balance": {"amount": 5}}``, ``{"set_vps": {...}}``, ..."""
        answer = msgspec.json.decode(
            self._model.control(msgspec.json.encode(command), self._now_ms)
        )
        if isinstance(answer, dict) and set(answer) == {"error"}:
            raise _errors.invalid_input("command", answer["error"])
        return answer

    def state(self) -> dict[str, Any]:
        """What the service saw and holds: requests, orders, charges, balance, VPS, keys."""
        state: dict[str, Any] = self.control("state")
        return state

    def requests(self) -> list[dict[str, Any]]:
        """Every request that came in, without secrets."""
        requests: list[dict[str, Any]] = self.control("requests")["requests"]
        return requests

    def serve(self, request: HttpRequest) -> HttpResponse:
        """Serves one request at the present virtual time; raises where it was told to fail."""
        url = urlsplit(request.url)
        target = url.path + (f"?{url.query}" if url.query else "")
        reply = self._model.handle(
            request.method, target, dict(request.headers), request.body or b"", self._now_ms
        )
        self.advance(reply.delay_ms / 1000)
        if reply.delay_ms > request.timeout * 1000:
            raise TransportFailure("timeout", "unknown", "simulated")
        if reply.outcome == "reply":
            return HttpResponse(reply.status, reply.headers, reply.body)
        delivery = "not_sent" if reply.outcome == "not_delivered" else "unknown"
        kind = "connect" if reply.outcome == "not_delivered" else "io"
        raise TransportFailure(kind, delivery, "simulated")


class _Transport:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def send(self, request: HttpRequest) -> HttpResponse:
        return self._simulator.serve(request)

    def close(self) -> None:
        """There is nothing to let go of."""


class _AsyncTransport:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def send(self, request: HttpRequest) -> HttpResponse:
        return self._simulator.serve(request)

    async def aclose(self) -> None:
        """There is nothing to let go of."""


class _Clock:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def now_ms(self) -> int:
        return self._simulator.now_ms

    def sleep(self, seconds: float) -> None:
        self._simulator.advance(seconds)


class _AsyncClock:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def now_ms(self) -> int:
        return self._simulator.now_ms

    async def sleep(self, seconds: float) -> None:
        import asyncio

        self._simulator.advance(seconds)
        await asyncio.sleep(0)


class SimulatedClient(Client):
    """A :class:`stablevps.Client` of a simulated service."""

    simulator: Simulator
    """The service."""

    def __init__(self, simulator: Simulator, **options: Any) -> None:
        self.simulator = simulator
        options.setdefault("api_key", simulator.api_key)
        options.setdefault("random_seed", 1)
        super().__init__(transport=_Transport(simulator), clock=_Clock(simulator), **options)


class AsyncSimulatedClient(AsyncClient):
    """A :class:`stablevps.AsyncClient` of a simulated service."""

    simulator: Simulator
    """The service."""

    def __init__(self, simulator: Simulator, **options: Any) -> None:
        self.simulator = simulator
        options.setdefault("api_key", simulator.api_key)
        options.setdefault("random_seed", 1)
        super().__init__(
            transport=_AsyncTransport(simulator), clock=_AsyncClock(simulator), **options
        )
