"""Programs in processes of their own, for what can only be seen from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from typing import Any

BOUND = 15.0
"""How many seconds a process may take to end: far less than it would wait."""


INTERRUPTIBLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""Processes inherit that a signal is ignored, as a shell does with SIGINT for what it starts in the
background. Python then raises no ``KeyboardInterrupt`` either."""


class Child:
    """A Python program. It says ``ready`` when the moment has come that a test waits for."""

    def __init__(
        self, source: str, *arguments: Any, environment: Mapping[str, str] | None = None
    ) -> None:
        program = INTERRUPTIBLE + textwrap.dedent(source)
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-c", program, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        """Returns when the program says so."""
        self.wait_until("ready")

    def wait_until(self, words: str) -> None:
        """Returns when the program has said that next."""
        line = self._line()
        if line != words:
            raise AssertionError(f"not {words!r} but {line!r}: {self.end()}")

    def _line(self) -> str:
        """The next line, and not a byte more: what is read ahead, ``communicate`` does not find."""
        assert self._process.stdout is not None
        raw: Any = self._process.stdout.buffer.raw  # type: ignore[attr-defined]
        line = b""
        while (byte := raw.read(1)) not in (b"", b"\n"):
            line += byte
        return line.decode().rstrip("\r")

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> tuple[int, str, str]:
        """Waits for its end: its status, output and errors."""
        try:
            out, errors = self._process.communicate(timeout=BOUND)
        except subprocess.TimeoutExpired:
            self._kill()
            out, errors = self._process.communicate()
            raise AssertionError(f"still running after {BOUND} s: {out}{errors}") from None
        # Shown to pytest, and so to the watch for secrets.
        print(out, errors)
        return self._process.returncode, out, errors

    def _kill(self) -> None:
        """Ends its own children as well: they would hold its output open."""
        if os.name == "posix":
            os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()


def run(source: str, *arguments: Any, environment: Mapping[str, str] | None = None) -> str:
    """The output of a program that must end well."""
    status, out, errors = Child(source, *arguments, environment=environment).end()
    assert status == 0, errors
    return out


class Stopwatch:
    """How long something took."""

    def __enter__(self) -> Stopwatch:
        self._begun = time.monotonic()
        return self

    def __exit__(self, *ending: object) -> None:
        self.seconds = time.monotonic() - self._begun
