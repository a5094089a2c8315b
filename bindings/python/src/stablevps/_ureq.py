"""The built-in transport: HTTP in native code, on threads of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _errors
from ._native.stablevps_ffi import Failure, HttpHost, HttpOptions, Machine

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

SLICE_MS = 50
"""How long native code waits before Python may look at signals: Ctrl-C is seen that soon."""

WHOLE_MS = 24 * 60 * 60 * 1000
MOST_THREADS = 256


def _host(ca_file: str | None, proxy: str | None) -> HttpHost:
    ca_pem = None
    if ca_file is not None:
        try:
            with open(ca_file, "rb") as file:
                ca_pem = file.read()
        except OSError as error:
            raise _errors.invalid_input("ca_file", f"can't be read: {error.strerror}") from error
    try:
        return HttpHost(HttpOptions(ca_pem=ca_pem, proxy=proxy))
    except Failure.Product as failure:  # type: ignore[attr-defined]
        raise _errors.from_json(failure.document) from None


class Ureq:
    """Carries requests out for a thread, which can be interrupted meanwhile."""

    def __init__(self, *, ca_file: str | None, proxy: str | None) -> None:
        self._host = _host(ca_file, proxy)

    def exchange(self, machine: Machine) -> bytes:
        """Carries out the request that the machine wants, if any; gives its next step."""
        try:
            step = self._host.exchange(machine, SLICE_MS)
            while not step:
                step = self._host.exchange(machine, SLICE_MS)
        except BaseException:
            self._host.abandon(machine)
            raise
        return step


class AsyncUreq:
    """Carries requests out off the event loop."""

    def __init__(self, *, ca_file: str | None, proxy: str | None) -> None:
        self._host = _host(ca_file, proxy)
        self._threads: ThreadPoolExecutor | None = None

    async def exchange(self, machine: Machine) -> bytes:
        """Carries out the request that the machine wants, if any; gives its next step."""
        import asyncio

        if self._threads is None:
            from concurrent.futures import ThreadPoolExecutor

            self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="stablevps")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._threads, self._host.exchange, machine, WHOLE_MS
            )
        except BaseException:
            # Wakes the thread, so that neither the loop nor the interpreter waits for it.
            self._host.abandon(machine)
            raise
