"""What five hundred purchases cost that wait for their VPS in one process.

It measures the CPU time of both clients, with their transport, against the simulated service on
loopback. The argument is the simulator's program. One JSON line a figure.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import stablevps

PURCHASES = 500
SETTLING = 30.0
"""Once all of them wait, their pauses grow for so many seconds."""
MEASURED = 60.0
"""For how many seconds it is measured then."""
LIMIT = 1.0
"""Of a core, in a hundred."""
ORDER: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}


@contextmanager
def service() -> Iterator[tuple[str, str]]:
    arguments = ["--port", "0", "--until-stdin-closes", "--balance", "1000000"]
    arguments += ["--provisioning-ms", "3600000"]
    process = subprocess.Popen(
        [sys.argv[1], *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None and process.stdout is not None
    url, key = (process.stdout.readline().split()[-1] for _ in range(2))
    try:
        yield url, key
    finally:
        process.stdin.close()
        process.wait()


class Waiting:
    """Counts the purchases that wait for their VPS."""

    def __init__(self) -> None:
        self.polling: set[str] = set()
        self.all = threading.Event()

    def note(self, progress: stablevps.Progress) -> None:
        if progress.vps_id is not None:
            self.polling.add(progress.vps_id)
            if len(self.polling) == PURCHASES:
                self.all.set()


def report(what: str, cpu: float, took: float) -> None:
    part = cpu / took * 100
    row = {
        "what": f"Python, {what}: {PURCHASES} that wait",
        "ours": f"{part:.2f} % of a core",
        "against": "limit",
        "theirs": f"{LIMIT} %",
        "ratio": part / LIMIT,
        "limit": 1.0,
    }
    print(json.dumps(row))


async def tasks(url: str, key: str) -> None:
    waiting = Waiting()
    async with stablevps.AsyncClient(key, base_url=url) as client:
        one = lambda: client.vps.provision(**ORDER, on_progress=waiting.note)  # noqa: E731
        running = [asyncio.ensure_future(one()) for _ in range(PURCHASES)]
        while not waiting.all.is_set():
            await asyncio.sleep(0.5)
        await asyncio.sleep(SETTLING)
        cpu, begun = time.process_time(), time.monotonic()
        await asyncio.sleep(MEASURED)
        report("asyncio", time.process_time() - cpu, time.monotonic() - begun)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def threads(url: str, key: str) -> None:
    waiting = Waiting()
    with stablevps.Client(key, base_url=url) as client:

        def one() -> None:
            with suppress(stablevps.StableVPSError):
                client.vps.provision(**ORDER, on_progress=waiting.note)

        for _ in range(PURCHASES):
            threading.Thread(target=one, daemon=True).start()
        waiting.all.wait()
        time.sleep(SETTLING)
        cpu, begun = time.process_time(), time.monotonic()
        time.sleep(MEASURED)
        report("threads", time.process_time() - cpu, time.monotonic() - begun)


with service() as (url, key):
    asyncio.run(tasks(url, key))
with service() as (url, key):
    threads(url, key)
