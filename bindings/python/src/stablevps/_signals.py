"""Requests in the calling thread that a signal such as Ctrl-C ends at once.

Python runs signal handlers between two of its own instructions, never while native code waits for
a server. But it writes a byte to the wake-up descriptor as soon as a signal arrives. A thread reads
that descriptor, and closes the connection that the main thread waits on.
"""

from __future__ import annotations

import os
import signal
import socket
import threading

from ._native.stablevps_ffi import HttpHost, Interrupter, Machine


class SignalWatch:
    """Ends the main thread's requests when a signal arrives, in one process."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._interrupter = Interrupter()  # type: ignore[no-untyped-call]
        self._displaced = -1
        self._woken, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        threading.Thread(target=self._watch, name="stablevps-signals", daemon=True).start()

    def exchange(self, host: HttpHost, machine: Machine) -> str:
        """Sends the machine's request in this thread; empty where another thread must do it."""
        displaced = signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        try:
            if displaced != -1:
                # Something else, such as an event loop, listens for signals and must get them.
                self._displaced = displaced
                return ""
            return host.exchange_here(machine, self._interrupter)
        finally:
            signal.set_wakeup_fd(displaced)

    def _watch(self) -> None:
        while signals := self._woken.recv(4096):
            self._interrupter.interrupt()
            if self._displaced != -1:
                try:
                    os.write(self._displaced, signals)
                except OSError:
                    # Its owner has closed it.
                    self._displaced = -1


_watch: SignalWatch | None = None


def exchange_here(host: HttpHost, machine: Machine) -> str:
    """Sends the machine's request in this thread; empty where another thread must do it."""
    global _watch
    if threading.current_thread() is not threading.main_thread():
        # No signal is ever handled in this thread.
        return host.exchange_here(machine, Interrupter())  # type: ignore[no-untyped-call]
    if _watch is None or _watch.process != os.getpid():
        # A forked child has none of its parent's threads.
        _watch = SignalWatch()
    return _watch.exchange(host, machine)
