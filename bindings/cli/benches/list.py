"""Whole commands, ours and others' side by side; one JSON line a figure.

The arguments are `svps` and the simulator's program. Times are wall time from the start of a process to
its end, with 10 VPS over loopback; each round measures every contender in turn.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

ROUNDS = 41
START_LIMIT_MS = 15.0
LIMITS = {"curl -s URL | jq": 1.0, "a Python script with requests": 0.15}
SCRIPT = """
import os, requests
url = os.environ["STABLEVPS_BASE_URL"] + "/api/v1/vps"
headers = {"Authorization": "Bearer " + os.environ["STABLEVPS_API_KEY"]}
for vps in requests.get(url, headers=headers, timeout=30).json()["vps"]:
    print(vps["id"], vps["planId"], vps["location"], vps["vpsStatus"], vps.get("ipAddress"))
"""
CURL = 'curl -s "$STABLEVPS_BASE_URL/api/v1/vps" -H "Authorization: Bearer $STABLEVPS_API_KEY" | jq'


@contextmanager
def service(program: str) -> Iterator[dict[str, str]]:
    arguments = [program, "--port", "0", "--vps", "10", "--until-stdin-closes"]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None and running.stdin is not None
        url = running.stdout.readline().split()[-1]
        key = running.stdout.readline().split()[-1]
        yield {**os.environ, "STABLEVPS_BASE_URL": url, "STABLEVPS_API_KEY": key}
        running.stdin.close()


def wall(command: list[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1e3


def row(what: str, ours: float, against: str, theirs: float, ratio: float, limit: float) -> None:
    figures = {"what": what, "ours": f"{ours:.1f} ms", "against": against}
    figures |= {"theirs": f"{theirs:.1f} ms", "ratio": ratio, "limit": limit}
    print(json.dumps(figures), flush=True)


def main() -> None:
    svps, simulator = sys.argv[1:3]
    contenders = {
        "curl -s URL | jq": ["sh", "-c", CURL],
        "a Python script with requests": [sys.executable, "-c", SCRIPT],
    }
    with service(simulator) as environment:
        ours: list[float] = []
        theirs: dict[str, list[float]] = {name: [] for name in contenders}
        for turn in range(ROUNDS + 1):
            measured = wall([svps, "list"], environment)
            others = {name: wall(command, environment) for name, command in contenders.items()}
            if turn > 0:  # The first warms the disk's cache.
                ours.append(measured)
                for name, time_of in others.items():
                    theirs[name].append(time_of)
        for name, seen in theirs.items():
            ratio = statistics.median(a / b for a, b in zip(ours, seen, strict=True))
            row(
                "svps list, 10 VPS",
                statistics.median(ours),
                name,
                statistics.median(seen),
                ratio,
                LIMITS[name],
            )
        start = statistics.median(wall([svps, "plans"], environment) for _ in range(ROUNDS))
        row("svps, start", start, "limit", START_LIMIT_MS, start / START_LIMIT_MS, 1.0)


if __name__ == "__main__":
    main()
