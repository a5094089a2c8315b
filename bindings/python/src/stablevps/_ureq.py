"""The built-in transport: HTTP in native code.

Requests that only read are sent in the calling thread when a connection is open: switching threads
is most of what a short call costs. All other requests are sent in threads of the transport.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ._core import checked, encode, invalid_input
from ._native.stablevps_ffi import HttpHost, Machine, monotonic_ms
from ._signals import exchange_here
from ._values import Document

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    from ._closing import Closing
    from ._machine import Call
    from ._transport import AsyncClock, Clock

SLICE_MS = 50
"""How long native code waits before Python checks for signals and cancellations."""

MOST_THREADS = 256


class _Ureq:
    """What both kinds of client share.

    :param clock: the clock of a client that has its own; by default the machine's.
    """

    def __init__(
        self, *, ca_file: str | None, proxy: str | None, clock: Clock | AsyncClock | None
    ) -> None:
        options: dict[str, Any] = {}
        if proxy is not None:
            options["proxy"] = proxy
        if ca_file is not None:
            try:
                with open(ca_file, encoding="ascii", errors="replace") as file:
                    options["caPem"] = file.read()
            except OSError as error:
                raise invalid_input("ca_file", f"can't be read: {error.strerror}") from error
        self._host = checked(HttpHost, encode(options))
        self._clock = clock
        self._is_closed = False

    def close(self) -> None:
        """Closes the connections, and ends the threads and whatever is under way."""
        self._is_closed = True
        self._host.close()

    def _begin(self, machine: Machine) -> Document:
        """Sends the machine's request in this thread, if that can be."""
        return Document("" if self._clock is not None else exchange_here(self._host, machine))

    def _slice(self, machine: Machine) -> Document:
        """Waits for the request, for a short time; empty while it is under way."""
        if self._clock is None:
            return Document(self._host.exchange(machine, SLICE_MS))
        return Document(self._host.exchange_at(machine, SLICE_MS, self._clock.monotonic_ms()))

    def _abandoned(self, machine: Machine) -> Document:
        """Gives the request up; for the machine it stays outstanding."""
        self._host.abandon(machine)
        return Document(machine.step(0))

    def _is_settled(self, machine: Machine) -> bool:
        """Waits for a watch's request, for a short time. It gives no step: a watch's events are
        given once."""
        clock = self._clock
        now_ms = monotonic_ms() if clock is None else clock.monotonic_ms()
        return self._host.settle(machine, SLICE_MS, now_ms)


class Ureq(_Ureq):
    """Sends requests, and blocks the calling thread until each is done or a signal arrives."""

    def exchange(self, machine: Machine, closing: Closing | None = None) -> Document:
        """Sends the request that the machine wants, if any; returns its next step.

        :param closing: what ends it beside the client.
        """
        try:
            # Only the transport's own threads let go of a request before its time.
            step = self._begin(machine) if closing is None else Document("")
            while not step.text and not self._is_closed:
                if closing is not None and closing.is_closed:
                    break
                step = self._slice(machine)
        except BaseException:
            self._host.abandon(machine)
            raise
        return step if step.text else self._abandoned(machine)

    def settle(self, call: Call[Any], is_ended: Callable[[], bool]) -> None:
        """Sends the request that a watch wants, until it is answered or the watch is ended."""
        machine = call.machine
        try:
            while not self._is_settled(machine):
                if self._is_closed or is_ended():
                    return
        finally:
            self._host.abandon(machine)

    def rest(self, call: Call[Any]) -> None:
        """Has nothing to wait for: no request outlives its :meth:`settle`."""


class AsyncUreq(_Ureq):
    """Sends requests in threads, off the event loop."""

    _threads: ThreadPoolExecutor | None = None
    _process = 0

    def close(self) -> None:
        """Closes the connections, and ends the threads and whatever is under way."""
        super().close()
        if self._threads is not None and self._process == os.getpid():
            self._threads.shutdown(wait=False)

    async def exchange(self, machine: Machine, closing: object = None) -> Document:
        """Sends the request that the machine wants, if any; returns its next step.

        :param closing: what ends it beside the client, by cancelling the task.
        """
        import asyncio
        from threading import Event

        cancelled = Event()
        loop = asyncio.get_running_loop()
        try:
            work = loop.run_in_executor(self._executor(), self._exchange, machine, cancelled)
        except RuntimeError:
            # Another thread has closed the client.
            return self._abandoned(machine)
        try:
            return await work
        except BaseException:
            cancelled.set()
            raise

    async def settle(self, call: Call[Any], is_ended: Callable[[], bool]) -> None:
        """Sends the request that a watch wants, until it is answered or this is cancelled."""
        import asyncio
        from threading import Event

        cancelled = Event()
        try:
            call.thread = self._executor().submit(self._settle, call.machine, cancelled)
        except RuntimeError:
            # Another thread has closed the client.
            return
        try:
            await asyncio.wrap_future(call.thread)
        except BaseException:
            cancelled.set()
            raise
        call.thread = None

    async def rest(self, call: Call[Any]) -> None:
        """Waits for the thread of a :meth:`settle` that was cancelled, which ends soon."""
        import asyncio

        if call.thread is not None:
            await asyncio.wait({asyncio.wrap_future(call.thread)})
            call.thread = None

    def _settle(self, machine: Machine, cancelled: Event) -> None:
        """Runs in a thread, as :meth:`_exchange` does."""
        try:
            while not self._is_settled(machine):
                if self._is_closed or cancelled.is_set():
                    return
        finally:
            self._host.abandon(machine)

    def _exchange(self, machine: Machine, cancelled: Event) -> Document:
        """Runs in a thread, which abandons the request itself. If another thread did so between two
        slices, the next slice would send the request again."""
        step = Document("")
        while not step.text and not cancelled.is_set() and not self._is_closed:
            step = self._slice(machine)
        return step if step.text else self._abandoned(machine)

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None or self._process != os.getpid():
            from concurrent.futures import ThreadPoolExecutor

            # A forked child has none of its parent's threads.
            self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="stablevps")
            self._process = os.getpid()
        return self._threads
