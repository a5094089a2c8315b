"""The service in memory, with virtual time: test a bot without a network and without waiting.

>>> from stablevps.testing import Simulator
>>> simulator = Simulator(balance=50)
>>> with simulator.client() as client:
...     bought = client.vps.provision(plan_id="basic", billing_cycle="monthly", location="tokyo")
>>> simulator.state()["orders_placed"]
1

Previews and fakes need no service: a function for each model makes one of defaults.

>>> from stablevps.testing import sample_vps
>>> sample_vps(vps_status="suspended").ip_address
'203.0.113.10'

pytest finds the fixtures ``stablevps_simulator`` and ``stablevps_client`` by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn, TypeAlias
from urllib.parse import urlsplit

import msgspec

from .._async_client import AsyncClient
from .._async_probing import AsyncProbing
from .._client import Client
from .._core import checked, invalid_input
from .._models import ProbeOutcome
from .._native import stablevps_ffi
from .._probing import IsEnded, Outcomes, Probing
from .._transport import HttpRequest, HttpResponse, ProbeTarget, TransportFailure
from .._values import HiddenBytes, HiddenText, Secret
from . import _samples
from ._samples import *  # noqa: F403
from ._world import World

__all__ = ["AsyncSimulatedClient", "FaultAction", "SimulatedClient", "Simulator"]
__all__ += _samples.__all__

FaultAction: TypeAlias = Literal["lose_before", "lose_after", "not_delivered"] | Mapping[str, Any]
"""What can happen to a request: see :meth:`Simulator.fault`."""

START_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z: when a simulator's time begins by default."""

# Money may be a Decimal, and a header's value a subclass of str.
_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


class Simulator:
    """A simulated service with one account, its own clock, and misbehaviour on demand.

    The keywords are the service's configuration: ``balance`` (EUR, default 100), ``seed``,
    ``provisioning_ms`` (virtual milliseconds until a VPS is active, default 120,000),
    ``details_delay_ms``, ``account``, ``vps`` (the VPS that exist at the beginning) and ``faults``.

    :raises InvalidInputError: for an unknown or unusable configuration.
    """

    def __init__(self, *, now_ms: int = START_MS, **config: Any) -> None:
        self._model = checked(stablevps_ffi.Simulator, _encode(config))
        self._world = World(now_ms)

    @property
    def api_key(self) -> str:
        """A key of the account, with full scope."""
        return self._model.initial_key()

    @property
    def now_ms(self) -> int:
        """The virtual time, in epoch milliseconds."""
        return self._world.now_ms

    def advance(self, seconds: float) -> None:
        """Advances the virtual time."""
        self._world.advance(round(seconds * 1000))

    def client(self, **options: Any) -> SimulatedClient:
        """A client of this service. The keywords are those of :class:`stablevps.Client`."""
        return SimulatedClient(self, **options)

    def async_client(self, **options: Any) -> AsyncSimulatedClient:
        """A client of this service for asyncio."""
        return AsyncSimulatedClient(self, **options)

    def fault(
        self, do: FaultAction, *, method: str | None = None, path: str | None = None, **more: Any
    ) -> None:
        """Makes the next matching request fail or misbehave.

        >>> from stablevps.testing import Simulator
        >>> simulator = Simulator()
        >>> simulator.fault("lose_after", method="POST", path="/vps")
        >>> simulator.client().vps.provision(
        ...     plan_id="pro", billing_cycle="monthly", location="london"
        ... ).recovered
        True

        :param do: what happens: ``"lose_before"``, ``"lose_after"``, ``"not_delivered"``,
            ``{"cut": {"keep": 10}}``, ``{"status": {"code": 500, "effect": "after"}}``,
            ``{"body": {"text": "..."}}``, ``{"patch": {"merge": {...}, "remove": [...]}}``,
            ``{"delay": {"ms": 100}}``, ``{"late_order": {"ms": 5000}}``,
            ``{"shape_order": {"vps_status": "suspended"}}``.
        :param method: only requests of that method.
        :param path: only requests to that path; ``*`` at its end matches anything.
        :param more: ``skip``: how many matching requests are served normally first; ``times``: how
            many misbehave, 1 by default.
        """
        skip = more.pop("skip", None)
        on = {"method": method and method.upper(), "path": path, "skip": skip}
        fault = {"on": {name: value for name, value in on.items() if value is not None}, "do": do}
        self.control({"fault": {**fault, **more}})

    def hang(self, id: str) -> None:
        """A VPS hangs: it does not answer a watch until it is rebooted or stopped."""
        self.control({"set_vps": {"id": id, "hangs": True}})

    def probe(self, target: ProbeTarget) -> ProbeOutcome:
        """Whether the VPS at an address answers."""
        of_address = [vps for vps in self.state()["vps"] if vps["ip_address"] == target.address]
        return "answered" if any(vps["answers"] for vps in of_address) else "silent"

    def control(self, command: Any) -> Any:
        """Carries out a command: ``{"set_balance": {"amount": 5}}``, ``{"set_vps": {...}}``, ..."""
        answer = msgspec.json.decode(self._model.control(_encode(command), self.now_ms))
        if isinstance(answer, dict) and set(answer) == {"error"}:
            raise invalid_input("command", answer["error"])
        return answer

    def state(self) -> dict[str, Any]:
        """The state of the service: requests, orders, charges, balance, VPS, keys."""
        state: dict[str, Any] = self.control("state")
        return state

    def requests(self) -> list[dict[str, Any]]:
        """Every request that the service received, without secrets."""
        requests: list[dict[str, Any]] = self.control("requests")["requests"]
        return requests

    def serve(self, request: HttpRequest) -> HttpResponse:
        """Serves one request at the current virtual time; raises where a fault says so."""
        reply = self._handle(request)
        self._world.sleep(reply.delay_ms)
        return self._outcome(request, reply)

    async def serve_in_loop(self, request: HttpRequest) -> HttpResponse:
        """The same in an event loop."""
        reply = self._handle(request)
        await self._world.sleep_in_loop(reply.delay_ms)
        return self._outcome(request, reply)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a Simulator can't be copied or pickled: make another one")

    def _handle(self, request: HttpRequest) -> stablevps_ffi.SimulatedReply:
        url = urlsplit(request.url)
        target = url.path + (f"?{url.query}" if url.query else "")
        headers = {name: HiddenText(value) for name, value in request.headers.items()}
        head = HiddenBytes(_encode((request.method, target, headers)))
        return _hidden(self._model.handle(head, request.body or b"", self.now_ms))

    def _outcome(self, request: HttpRequest, reply: stablevps_ffi.SimulatedReply) -> HttpResponse:
        if reply.delay_ms > request.timeout * 1000:
            raise TransportFailure("timeout", "unknown", "simulated")
        if reply.outcome == "reply":
            return HttpResponse(reply.status, reply.headers, reply.body)
        delivery = "not_sent" if reply.outcome == "not_delivered" else "unknown"
        kind = "connect" if reply.outcome == "not_delivered" else "io"
        raise TransportFailure(kind, delivery, "simulated")


def _hidden(reply: stablevps_ffi.SimulatedReply) -> stablevps_ffi.SimulatedReply:
    reply.body = HiddenBytes(reply.body)
    return reply


class _Transport:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def send(self, request: HttpRequest) -> HttpResponse:
        return self._simulator.serve(request)

    def close(self) -> None:
        """Has nothing to release."""


class _AsyncTransport:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def send(self, request: HttpRequest) -> HttpResponse:
        return await self._simulator.serve_in_loop(request)

    async def aclose(self) -> None:
        """Has nothing to release."""


class _Probing(Probing):
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def probe_all(
        self, targets: Sequence[ProbeTarget], within: float, is_ended: IsEnded
    ) -> Outcomes | None:
        return [self._simulator.probe(target) for target in targets]


class _AsyncProbing(AsyncProbing):
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def probe(self, target: ProbeTarget, within: float) -> ProbeOutcome:
        return self._simulator.probe(target)


class _Clock:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.world = simulator._world.name

    def now_ms(self) -> int:
        return self._simulator.now_ms

    def monotonic_ms(self) -> int:
        return self._simulator.now_ms

    def sleep(self, seconds: float) -> None:
        self._simulator._world.sleep(round(seconds * 1000))


class _AsyncClock:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.world = simulator._world.name

    def now_ms(self) -> int:
        return self._simulator.now_ms

    def monotonic_ms(self) -> int:
        return self._simulator.now_ms

    async def sleep(self, seconds: float) -> None:
        await self._simulator._world.sleep_in_loop(round(seconds * 1000))


class SimulatedClient(Client):
    """A :class:`stablevps.Client` of a simulated service."""

    simulator: Simulator
    """The service."""

    def __init__(self, simulator: Simulator, **options: Any) -> None:
        self.simulator = simulator
        options.setdefault("api_key", Secret(simulator.api_key))
        options.setdefault("random_seed", 1)
        super().__init__(transport=_Transport(simulator), clock=_Clock(simulator), **options)
        if options.get("prober") is None:
            self._probing = _Probing(simulator)

    def _call(self, *arguments: Any, **named: Any) -> Any:
        with self.simulator._world.activity():
            return super()._call(*arguments, **named)

    def _run(self, *arguments: Any, **named: Any) -> Any:
        with self.simulator._world.activity():
            return super()._run(*arguments, **named)

    def _look(self, watch: Any) -> Any:
        with self.simulator._world.activity():
            return super()._look(watch)

    def _activity(self) -> Any:
        return self.simulator._world.activity()

    def _promise(self) -> Any:
        return self.simulator._world.promise().end


class AsyncSimulatedClient(AsyncClient):
    """A :class:`stablevps.AsyncClient` of a simulated service."""

    simulator: Simulator
    """The service."""

    def __init__(self, simulator: Simulator, **options: Any) -> None:
        self.simulator = simulator
        options.setdefault("api_key", Secret(simulator.api_key))
        options.setdefault("random_seed", 1)
        super().__init__(
            transport=_AsyncTransport(simulator), clock=_AsyncClock(simulator), **options
        )
        if options.get("prober") is None:
            self._probing = _AsyncProbing(simulator)

    async def _call(self, *arguments: Any, **named: Any) -> Any:
        with self.simulator._world.activity():
            return await super()._call(*arguments, **named)

    async def _run(self, *arguments: Any, **named: Any) -> Any:
        with self.simulator._world.activity():
            return await super()._run(*arguments, **named)

    async def _look(self, watch: Any) -> Any:
        with self.simulator._world.activity():
            return await super()._look(watch)
