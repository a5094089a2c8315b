"""The built-in transport: HTTP in native code.

Requests that only read are sent in the calling thread when a connection is open: switching threads
is most of what a short call costs. All other requests are sent in threads of the transport.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ._core import checked, invalid_input
from ._native.stablevps_ffi import HttpHost, HttpOptions, Machine
from ._signals import exchange_here

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

SLICE_MS = 50
"""How long native code waits before Python checks for signals and cancellations."""

MOST_THREADS = 256


def _host(ca_file: str | None, proxy: str | None) -> HttpHost:
    ca_pem = None
    if ca_file is not None:
        try:
            with open(ca_file, "rb") as file:
                ca_pem = file.read()
        except OSError as error:
            raise invalid_input("ca_file", f"can't be read: {error.strerror}") from error
    return checked(HttpHost, HttpOptions(ca_pem=ca_pem, proxy=proxy))


class Ureq:
    """Sends requests, and blocks the calling thread until each is done or a signal arrives."""

    def __init__(self, *, ca_file: str | None, proxy: str | None) -> None:
        self._host = _host(ca_file, proxy)

    def exchange(self, machine: Machine) -> str:
        """Sends the request that the machine wants, if any; returns its next step."""
        try:
            step = exchange_here(self._host, machine)
            while not step:
                step = self._host.exchange(machine, SLICE_MS)
        except BaseException:
            self._host.abandon(machine)
            raise
        return step


class AsyncUreq:
    """Sends requests in threads, off the event loop."""

    def __init__(self, *, ca_file: str | None, proxy: str | None) -> None:
        self._host = _host(ca_file, proxy)
        self._threads: ThreadPoolExecutor | None = None
        self._process = os.getpid()

    async def exchange(self, machine: Machine) -> str:
        """Sends the request that the machine wants, if any; returns its next step."""
        import asyncio
        from threading import Event

        cancelled = Event()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor(), self._exchange, machine, cancelled)
        except BaseException:
            cancelled.set()
            raise

    def _exchange(self, machine: Machine, cancelled: Event) -> str:
        """Runs in a thread, which abandons the request itself. If another thread did so between two
        slices, the next slice would send the request again."""
        step = ""
        while not step and not cancelled.is_set():
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
