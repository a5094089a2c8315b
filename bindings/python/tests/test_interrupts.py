"""Exceptions at any instant: of signal handlers, and of other threads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("_tortured.py")

PROCESSES = int(os.environ.get("STABLEVPS_TORTURED_PROCESSES", "60"))
"""How many processes are interrupted. 2,000 of them take about half an hour on two processors."""

TIMES = 40
"""How often each is interrupted."""

WAYS = ["SIGINT", "SIGALRM", "SIGTERM", "thread"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")


def tortured(how: str, seed: int, times: int, *more: str) -> tuple[str, str]:
    """How a process ended, and what it said."""
    command = [sys.executable, "-X", "faulthandler", PROGRAM, how, seed, times, *more]
    ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120)
    if ended.returncode == 0:
        return "well", ended.stdout
    return f"with {ended.returncode}", f"{command[4:7]}: {ended.stdout}{ended.stderr}"


def test_no_interruption_aborts_locks_the_account_or_loses_an_order() -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(lambda n: tortured(WAYS[n % len(WAYS)], n, TIMES), range(PROCESSES)))
    assert Counter(how for how, _ in ends) == {"well": PROCESSES}, [
        said for how, said in ends if how != "well"
    ][:3]
    interrupted = sum(int(said.split()[1]) for _, said in ends)
    assert interrupted > PROCESSES, "purchases were interrupted"


@pytest.mark.parametrize("how", WAYS)
def test_no_interruption_over_a_socket_loses_an_order(how: str, program: Any) -> None:
    service = program("--speed", "1000", "--provisioning-ms", "1000", "--balance", "1000000")
    assert tortured(how, 1, 8, service.key, service.url)[0] == "well"
    assert service.state()["orders_placed"] == len(service.state()["vps"])


def test_no_interruption_with_a_store_buys_twice_under_a_key_or_locks_it(tmp_path: Path) -> None:
    processes = max(len(WAYS), PROCESSES // 5)

    def stored(n: int) -> tuple[str, str]:
        return tortured(WAYS[n % len(WAYS)], n, TIMES // 2, "", "", str(tmp_path / f"{n}.db"))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(stored, range(processes)))
    assert Counter(how for how, _ in ends) == {"well": processes}, [
        said for how, said in ends if how != "well"
    ][:3]
    assert sum(int(said.split()[1]) for _, said in ends) > processes, "purchases were interrupted"
