"""An asynchronous client with the face of a synchronous one, so that one test can try both."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from stablevps import AsyncClient


class Blocking:
    """Runs each call of an asynchronous client to its end, in an event loop of its own."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name == "close":
            return _blocking(self._client.aclose)
        value = getattr(self._client, name)
        return _Methods(value) if name in ("keys", "vps", "account", "wallet") else value

    def __enter__(self) -> Blocking:
        return self

    def __exit__(self, *ending: object) -> None:
        asyncio.run(self._client.aclose())

    def __repr__(self) -> str:
        return repr(self._client)


class _Methods:
    def __init__(self, resource: Any) -> None:
        self._resource = resource

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._resource, name)
        assert inspect.iscoroutinefunction(method), name
        return _blocking(method)


def _blocking(method: Any) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        async def run() -> Any:
            return await method(*arguments, **named)

        return asyncio.run(run())

    return call
