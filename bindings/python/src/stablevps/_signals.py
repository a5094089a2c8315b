"""Requests in the calling thread that a signal such as Ctrl-C ends at once.

Python runs signal handlers between two of its own instructions, never while native code waits for
a server. But it writes a byte to the wake-up descriptor as soon as a signal arrives. A thread reads
that descriptor, and closes the connection that the main thread waits on.

Where something else listens on that descriptor, such as an event loop, it keeps it: another thread
then sends the request.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from functools import partial

from ._native.stablevps_ffi import HttpHost, Interrupter, Machine

_listen = partial(signal.set_wakeup_fd, warn_on_full_buffer=False)


class SignalWatch:
    """Ends the main thread's requests when a signal arrives, in one process."""

    def __init__(self) -> None:
        self._interrupter = Interrupter()  # type: ignore[no-untyped-call]
        self._woken, self._wake = _pair()
        # Signals that arrive while this looks who listens come here.
        self._passed_over, self._probe = _pair()
        self._passed_over.setblocking(False)
        self._ours = {-1, self._wake.fileno(), self._probe.fileno()}

    @classmethod
    def of_this_thread(cls) -> SignalWatch | None:
        """One for the main thread of the main interpreter. No signal is ever handled in another.

        The module ``threading`` may take another thread for the main one: Python itself is asked.
        """
        watch = cls()
        found: list[int] = []
        try:
            found.extend(map(_listen, (watch._probe.fileno(),)))
            watch._give_back(found[0])
        except ValueError:
            watch._close()
            return None
        threading.Thread(target=watch._watch, name="stablevps-signals", daemon=True).start()
        return watch

    def exchange(self, host: HttpHost, machine: Machine) -> str:
        """Sends the machine's request in this thread; empty where another thread must do it."""
        found: list[int] = []
        try:
            # One call both replaces the descriptor and keeps the one before: no signal handler can
            # raise in between.
            found.extend(map(_listen, (self._probe.fileno(),)))
            if found[0] not in self._ours:
                return ""
            _listen(self._wake.fileno())
            return host.exchange_here(machine, self._interrupter)
        finally:
            if found:
                self._give_back(found[0])

    def _close(self) -> None:
        for end in (self._woken, self._wake, self._passed_over, self._probe):
            end.close()

    def _give_back(self, descriptor: int) -> None:
        """Lets whoever listened before listen again."""
        if descriptor == -1:
            _listen(-1)
        elif descriptor not in self._ours:
            signal.set_wakeup_fd(descriptor)
            with suppress(OSError):
                while signals := self._passed_over.recv(4096):
                    _pass_on(descriptor, signals)
        # Else this is a signal handler, in the midst of another exchange, which still listens.

    def _watch(self) -> None:
        while self._woken.recv(4096):
            self._interrupter.interrupt()


def _pass_on(descriptor: int, signals: bytes) -> None:
    """Writes to whoever listens on a wake-up descriptor. On Windows a socket is no file."""
    if sys.platform == "win32":
        with suppress(OSError):
            _send(descriptor, signals)
            return
    os.write(descriptor, signals)


def _send(descriptor: int, signals: bytes) -> None:
    """Sends on a socket of somebody else's, who keeps it."""
    listener = socket.socket(fileno=descriptor)
    try:
        listener.send(signals)
    finally:
        listener.detach()


def _pair() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    return ours, theirs


class _Here(threading.local):
    """What a thread knows of itself. A forked child begins anew, with one thread."""

    process = 0
    watch: SignalWatch | None = None


_here = _Here()


def exchange_here(host: HttpHost, machine: Machine) -> str:
    """Sends the machine's request in this thread; empty where another thread must do it."""
    if _here.process != os.getpid():
        _here.watch = SignalWatch.of_this_thread()
        _here.process = os.getpid()
    if _here.watch is None:
        return host.exchange_here(machine, Interrupter())  # type: ignore[no-untyped-call]
    return _here.watch.exchange(host, machine)
