"""A configured account, which begins calls. Both clients have one."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from . import _arguments
from ._arguments import flag, milliseconds, text, whole, without_none
from ._core import checked, encode
from ._hook import Hook, OnEvent
from ._machine import Call, reader
from ._models import Progress
from ._native.stablevps_ffi import Api, Batch
from ._values import Secret
from ._version import VERSION

T = TypeVar("T")


class HasTime(Protocol):
    """A clock of either kind."""

    def now_ms(self) -> int:
        """The time of day in epoch milliseconds."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds of a clock that nobody sets."""
        ...


_worlds: WeakKeyDictionary[object, str] = WeakKeyDictionary()
_numbers = itertools.count()


def _world(clock: object) -> str:
    """The name of a clock's world: clients with the same clock know what the others buy."""
    world: str | None = getattr(clock, "world", None)
    if world is not None:
        return world
    try:
        return _worlds.setdefault(clock, f"clock {next(_numbers)}")
    except TypeError:
        # It can't be told from others that are equal: it is nobody else's.
        return ""


class Session:
    """A configured account."""

    def __init__(
        self,
        api_key: Secret | None,
        *,
        base_url: str | None,
        account: str | None,
        auth: str,
        timeout: float,
        connect_timeout: float,
        max_retries: int,
        pacing: bool,
        app: str | None,
        random_seed: int | None,
        clock: object | None,
        on_event: OnEvent | None = None,
    ) -> None:
        self._hook = None if on_event is None else Hook(on_event)
        self._seed = None if random_seed is None else _arguments.seed(random_seed)
        config = {
            "apiKey": _arguments.api_key(api_key),
            "baseUrl": None if base_url is None else text("base_url", base_url),
            "auth": text("auth", auth),
            "userAgent": f"stablevps-python/{VERSION}",
            "maxRetries": whole("max_retries", max_retries),
            "pacing": "on" if flag("pacing", pacing) else "off",
            "app": None if app is None else text("app", app),
            "timeoutMs": milliseconds("timeout", timeout),
            "connectTimeoutMs": milliseconds("connect_timeout", connect_timeout),
            # What is bought by a clock that is not the machine's is nobody else's.
            "world": None if clock is None else _world(clock),
            "account": None if account is None else text("account", account),
        }
        self._api = checked(Api, encode(without_none(config)))

    def call(
        self,
        label: str,
        request: Any,
        result: type[T],
        clock: HasTime,
        *,
        options: dict[str, int] | None = None,
        within: str | None = None,
        on_progress: Callable[[Progress], Any] | None = None,
        batch: Batch | None = None,
    ) -> Call[T]:
        """Begins a call or a purchase: ``request`` is one of the core's, as JSON.

        :param batch: the orders with which it is bought together.
        """
        document = {"request": request, "options": options or {}}
        # Not of a generator that a program seeds or a fork copies.
        seed = int.from_bytes(os.urandom(8), "big") if self._seed is None else self._seed
        monotonic_ms = clock.monotonic_ms
        times = (monotonic_ms(), clock.now_ms())
        begin = self._api.begin if batch is None else batch.begin
        machine = checked(begin, encode(document), seed, *times)
        return Call(label, machine, reader(result, within), monotonic_ms, on_progress, self._hook)

    def batch(self, options: dict[str, Any]) -> Batch:
        """Orders that are bought together."""
        return checked(self._api.batch, encode(options))
