"""Whole list calls and imports, ours and others' side by side; one JSON line a figure.

The argument is the simulator's program. Times are the CPU time of this process, all its threads
included, over a keep-alive connection to loopback; each round measures every contender in turn.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
import msgspec
import pydantic
import requests
import urllib3

import stablevps

ROUNDS = 15
IMPORT_ROUNDS = 15
CALLS = {1: 300, 10: 250, 100: 100, 1000: 15}
"""How many calls a round makes, by the number of VPS."""
LIMITS = {
    "requests + pydantic": {1: 0.20, 10: 0.20, 100: 0.25, 1000: 0.40},
    "urllib3 + msgspec": {1000: 1.20},
}
IMPORT_LIMIT = 0.40


class PydanticVps(pydantic.BaseModel):
    id: str
    planId: str
    billingCycle: str
    status: str
    vpsStatus: str
    ipAddress: str | None = None
    location: str
    rdpUsername: str | None = None
    serverId: str | None = None
    currentPeriodEnd: datetime | None = None
    createdAt: datetime


class PydanticList(pydantic.BaseModel):
    vps: list[PydanticVps]
    total: int


class StructVps(msgspec.Struct, rename="camel"):
    id: str
    plan_id: str
    billing_cycle: str
    status: str
    vps_status: str
    location: str
    created_at: datetime
    ip_address: str | None = None
    rdp_username: str | None = None
    server_id: str | None = None
    current_period_end: datetime | None = None


class StructList(msgspec.Struct):
    vps: list[StructVps]
    total: int


@contextmanager
def service(program: str, vps: int) -> Iterator[tuple[str, str]]:
    arguments = [program, "--port", "0", "--vps", str(vps), "--until-stdin-closes"]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None and running.stdin is not None
        url = running.stdout.readline().split()[-1]
        key = running.stdout.readline().split()[-1]
        yield url, key
        running.stdin.close()


def contenders(url: str, key: str) -> dict[str, Callable[[], int]]:
    target = f"{url}/api/v1/vps"
    headers = {"Authorization": f"Bearer {key}"}
    ours = stablevps.Client(key, base_url=url)
    session = requests.Session()
    session.headers.update(headers)
    client = httpx.Client(headers=headers)
    pool = urllib3.PoolManager(headers=headers)
    decoder = msgspec.json.Decoder(StructList)

    def requests_pydantic() -> int:
        reply = session.get(target, timeout=30)
        reply.raise_for_status()
        return len(PydanticList.model_validate_json(reply.content).vps)

    def requests_json() -> int:
        reply = session.get(target, timeout=30)
        reply.raise_for_status()
        return len(reply.json()["vps"])

    def httpx_pydantic() -> int:
        reply = client.get(target, timeout=30)
        reply.raise_for_status()
        return len(PydanticList.model_validate_json(reply.content).vps)

    def urllib3_msgspec() -> int:
        return len(decoder.decode(pool.request("GET", target, timeout=30).data).vps)

    return {
        "stablevps": lambda: len(ours.vps.list()),
        "requests + pydantic": requests_pydantic,
        "requests + json": requests_json,
        "httpx + pydantic": httpx_pydantic,
        "urllib3 + msgspec": urllib3_msgspec,
    }


def spent(call: Callable[[], int], times: int, expected: int) -> float:
    gc.collect()
    begun = time.process_time()
    for _ in range(times):
        assert call() == expected
    return (time.process_time() - begun) / times


def report(
    what: str, ours: float, theirs: float, name: str, limit: float | None, ratio: float
) -> None:
    row: dict[str, Any] = {"what": what, "ours": f"{ours * 1e6:.0f} us", "against": name}
    row |= {"theirs": f"{theirs * 1e6:.0f} us", "ratio": ratio, "limit": limit}
    print(json.dumps(row), flush=True)


def measure_calls(program: str, rounds: int) -> None:
    for size, times in CALLS.items():
        with service(program, size) as (url, key):
            runners = contenders(url, key)
            times = times if rounds > 1 else 1
            seen: dict[str, list[float]] = {name: [] for name in runners}
            for call in runners.values():
                spent(call, times, size)
            for _ in range(rounds):
                for name, call in runners.items():
                    seen[name].append(spent(call, times, size))
        ours = seen.pop("stablevps")
        for name, theirs in seen.items():
            ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
            report(
                f"list call, {size} VPS",
                statistics.median(ours),
                statistics.median(theirs),
                name,
                LIMITS.get(name, {}).get(size),
                ratio,
            )


def measure_imports(rounds: int) -> None:
    seen: dict[str, list[float]] = {"stablevps": [], "requests": []}
    for _ in range(rounds):
        for name, times in seen.items():
            code = f"from time import process_time as t; a = t(); import {name}; print(t() - a)"
            run = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            times.append(float(run.stdout))
    ours, theirs = seen["stablevps"], seen["requests"]
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    report(
        "import stablevps",
        statistics.median(ours),
        statistics.median(theirs),
        "import requests",
        IMPORT_LIMIT,
        ratio,
    )


def main() -> None:
    rounds = 1 if "--smoke" in sys.argv else ROUNDS
    measure_calls(sys.argv[1], rounds)
    measure_imports(1 if rounds == 1 else IMPORT_ROUNDS)


if __name__ == "__main__":
    main()
