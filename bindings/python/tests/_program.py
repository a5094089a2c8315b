"""The simulator's program, and the commands it takes."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from typing import Any


class Program:
    """A simulator that listens on a socket of the loopback interface."""

    def __init__(self, path: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [path, "--port", "0", "--until-stdin-closes", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[-1]
        self.key = self._process.stdout.readline().split()[-1]

    def control(self, command: Any) -> Any:
        """Carries out a command of the simulator."""
        data = json.dumps(command).encode()
        with urllib.request.urlopen(f"{self.url}/_simulator/control", data, 10) as reply:
            return json.load(reply)

    def fault(self, do: Any, **on: Any) -> None:
        """Lets the next request that fits go wrong."""
        self.control({"fault": {"on": on, "do": do}})

    def state(self) -> Any:
        """What the simulator saw and holds."""
        return self.control("state")

    def end(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)
