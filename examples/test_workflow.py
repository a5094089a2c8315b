"""The durable workflow buys one VPS for an order, at whatever moment its worker is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parent
PROGRAM = "STABLEVPS_SIMULATOR_BIN"

sys.path.append(str(EXAMPLES.parent / "bindings/python/tests"))

from _program import Program  # noqa: E402

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")

WORKER = """
import os, signal, sys
from pathlib import Path
from typing import Any

example, folder, url, key, last = sys.argv[1:]
sys.path.insert(0, example)
import main, stablevps
from stablevps.stores import SqliteStore, StoreOperation

def passes(moment: str) -> None:
    with open(Path(folder) / "moments", "a") as moments:
        moments.write(moment + "\\n")
    if moment == last:
        os.kill(os.getpid(), signal.SIGKILL)

class Doomed:
    def __init__(self) -> None:
        self.store = SqliteStore(Path(folder) / "purchases.db")
        self.number = 0

    def carry_out(self, operation: StoreOperation) -> str:
        self.number += 1
        passes(f"before operation {self.number}")
        answer = self.store.carry_out(operation)
        passes(f"after operation {self.number}")
        return answer

class Shop(main.Shop):
    def buy(self, *order: Any, **options: Any) -> str:
        passes("before the first step")
        id = super().buy(*order, settle=0.1, first_look=0.05, longest_pause=0.1)
        passes("after the first step")
        return id

    def hand_over(self, *order: Any) -> None:
        passes("before the second step")
        super().hand_over(*order)
        passes("after the second step")

client = stablevps.Client(key, base_url=url, store=Doomed(), timeout=3, connect_timeout=1)
passes("before the workflow")
main.work(Shop(client, Path(folder)), "order-1", "basic", "tokyo")
passes("after the workflow")
"""


@pytest.fixture
def service() -> Iterator[Program]:
    path = os.environ.get(PROGRAM)
    if not path:
        reason = f"{PROGRAM} does not say where the stablevps-simulator program is"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    service = Program(path, "--speed", "1000", "--provisioning-ms", "100", "--balance", "1000")
    yield service
    service.end()


def run(folder: Path, service: Program, last: str = "") -> tuple[int, str]:
    """Runs a worker that is killed at a moment; its status, and what it said of errors."""
    example = str(EXAMPLES / "python-workflow")
    command = [sys.executable, "-W", "error", "-c", WORKER, example, folder, service.url]
    done = subprocess.run(
        [*map(str, command), service.key, last],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return done.returncode, done.stderr


def time_passes(folder: Path) -> None:
    """The leases of a worker that was killed are over after two minutes: these are over now."""
    with sqlite3.connect(folder / "purchases.db") as db:
        db.execute("UPDATE stablevps_holders SET lease_until = 0")
    db.close()


def delivered(folder: Path) -> list[Any]:
    with sqlite3.connect(folder / "deliveries.db") as db:
        rows = db.execute("SELECT number, vps_id FROM deliveries").fetchall()
    db.close()
    return rows


def test_a_worker_that_is_killed_at_any_moment_buys_one_vps_for_an_order(
    service: Program, tmp_path: Path
) -> None:
    smooth = tmp_path / "smooth"
    smooth.mkdir()
    assert run(smooth, service) == (0, "")
    moments = (smooth / "moments").read_text().splitlines()
    assert {"after operation 6", "after the second step", "after the workflow"} <= set(moments)

    def killed(moment: str) -> tuple[str, list[Any], list[Any]]:
        path = os.environ[PROGRAM]
        own = Program(path, "--speed", "1000", "--provisioning-ms", "100", "--balance", "1000")
        folder = tmp_path / moment.replace(" ", "-")
        folder.mkdir()
        try:
            assert run(folder, own, moment)[0] == -signal.SIGKILL, moment
            time_passes(folder)
            status, errors = run(folder, own)
            assert status == 0, f"{moment}: {errors}"
            assert own.state()["orders_placed"] == 1, moment
            bought = [("order-1", vps["id"]) for vps in own.state()["vps"]]
            return moment, delivered(folder), bought
        finally:
            own.end()

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(killed, moments))
    for moment, rows, bought in ends:
        assert rows == bought and len(rows) == 1, moment
    assert delivered(smooth)[0][1] == service.state()["vps"][0]["id"]
