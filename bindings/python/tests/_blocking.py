"""An asynchronous client with the face of a synchronous one, so that one test can try both."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import AsyncIterator
from typing import Any

from stablevps import AsyncClient

RESOURCES = ("account", "keys", "purchases", "vps", "wallet")

_loop = asyncio.new_event_loop()
atexit.register(_loop.close)


class Blocking:
    """Runs each call of an asynchronous client to its end, all in the one event loop."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name == "close":
            return _blocking(self._client.aclose)
        value = getattr(self._client, name)
        return _Methods(value) if name in RESOURCES else value

    def __enter__(self) -> Blocking:
        return self

    def __exit__(self, *ending: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._client)


class _Methods:
    def __init__(self, resource: Any) -> None:
        self._resource = resource

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._resource, name)
        return _blocking(method)


class _Iterator:
    """An asynchronous iterator, asked from outside its event loop."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._iterator, name)

    def __iter__(self) -> _Iterator:
        return self

    def __next__(self) -> Any:
        try:
            return _loop.run_until_complete(anext(self._iterator))
        except StopAsyncIteration:
            raise StopIteration from None

    def __enter__(self) -> _Iterator:
        return self

    def __exit__(self, *ending: object) -> None:
        self.close()

    def close(self) -> None:
        _loop.run_until_complete(self._iterator.aclose())


def _blocking(method: Any) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        work = method(*arguments, **named)
        if isinstance(work, AsyncIterator):
            return _Iterator(work)
        assert asyncio.iscoroutine(work), method
        return _loop.run_until_complete(work)

    return call
