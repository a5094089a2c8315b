"""The built-in transport: HTTP in native code.

Reading requests go out in the calling thread where a connection is kept: switching threads is most
of what a short call costs. Everything else runs on threads of the transport.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import _errors
from ._machine import checked
from ._native.stablevps_ffi import HttpHost, HttpOptions, Machine
from ._signals import exchange_here

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

SLICE_MS = 50
"""How long native code waits before Python may look at signals and cancellations."""

MOST_THREADS = 256


def _host(ca_file: str | None, proxy: str | None) -> HttpHost:
    ca_pem = None
    if ca_file is not None:
        try:
            with open(ca_file, "rb") as file:
                ca_pem = file.read()
        except OSError as error:
            raise _errors.invalid_input("ca_file", f"can't be read: {error.strerror}") from error
    return checked(HttpHost, HttpOptions(ca_pem=ca_pem, proxy=proxy))


class Ureq:
    """Carries requests out for a thread, which a signal can interrupt meanwhile."""

    def __init__(self, *, ca_file: str | None, proxy: str | None) -> None:
        self._host = _host(ca_file, proxy)

    def exchange(self, machine: Machine) -> str:
        """Carries out the request that the machine wants, if any; gives its next step."""
        try:
            step = exchange_here(self._host, machine)
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
        self._process = os.getpid()

    async def exchange(self, machine: Machine) -> str:
        """Carries out the request that the machine wants, if any; gives its next step."""
        import asyncio
        from threading import Event

        given_up = Event()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor(), self._exchange, machine, given_up)
        except BaseException:
            given_up.set()
            raise

    def _exchange(self, machine: Machine, given_up: Event) -> str:
        """In a thread. It alone gives the request up: were another thread to do it between two
        slices, the next slice would send the request again."""
        step = ""
        while not step and not given_up.is_set():
            step = self._host.exchange(machine, SLICE_MS)
        if not step:
            self._host.abandon(machine)
        return step

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None or self._process != os.getpid():
            from concurrent.futures import ThreadPoolExecutor

            # A forked child has none of its parent's threads.
            self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="stablevps")
            self._process = os.getpid()
        return self._threads
