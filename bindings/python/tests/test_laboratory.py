"""Every fault below HTTP, for every transport: an order goes out once, and no error of an order
that arrived says that it may be made again."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from _blocking import Blocking

import stablevps
from stablevps.httpx import AsyncHttpxTransport, HttpxTransport

VARIABLE = "STABLEVPS_LABORATORY_BIN"
ORDER: Any = {"plan_id": "prime", "billing_cycle": "monthly", "location": "london"}
TRANSPORTS = ["Client", "AsyncClient", "Client with httpx", "AsyncClient with httpx"]


class Laboratory:
    """A server that misbehaves below HTTP at the first order."""

    def __init__(self, path: str) -> None:
        self._process = subprocess.Popen(
            [path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[-1]

    def ask(self, path: str) -> Any:
        end = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/_laboratory/{path}", timeout=10) as reply:
                    return json.load(reply)
            except OSError:
                # A fault refuses every connection for a second.
                if time.monotonic() > end:
                    raise

    def end(self) -> None:
        self._process.communicate("", 10)


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    path = os.environ.get(VARIABLE)
    if not path:
        reason = f"{VARIABLE} does not say where the stablevps-laboratory program is"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    served = Laboratory(path)
    yield served
    served.end()


def connected(how: str, key: str, url: str) -> Any:
    options: Any = {"base_url": url, "timeout": 1.0, "connect_timeout": 1.0}
    if how == "Client":
        return stablevps.Client(key, **options)
    if how == "AsyncClient":
        return Blocking(stablevps.AsyncClient(key, **options))
    if how == "Client with httpx":
        return stablevps.Client(key, transport=HttpxTransport(), **options)
    return Blocking(stablevps.AsyncClient(key, transport=AsyncHttpxTransport(), **options))


@pytest.mark.parametrize("call", ["provision", "create"])
@pytest.mark.parametrize("how", TRANSPORTS)
def test_an_order_goes_out_once_whatever_happens_below_http(
    laboratory: Laboratory, how: str, call: str
) -> None:
    rows: list[str] = []
    faults = laboratory.ask("faults")
    assert len(faults) > 10
    for fault in faults:
        if (call, fault) == ("provision", "route_lost"):
            continue  # It has a test of its own.
        armed = laboratory.ask(f"arm/{fault}")
        with connected(how, armed["key"], armed["url"]) as client:
            client.wallet.get()
            error: stablevps.StableVPSError | None = None
            outcome = "bought"
            try:
                if call == "create":
                    client.vps.create(**ORDER)
                else:
                    waits = {"first_look": 0.01, "longest_pause": 0.05, "settle": 5.0}
                    bought = client.vps.provision(**ORDER, **waits)
                    outcome = "recovered" if bought.recovered else "bought"
            except stablevps.StableVPSError as caught:
                error, outcome = caught, f"{caught.code}: {caught.next}"
        state = laboratory.ask("state")
        rows.append(f"{how:24} {call:10} {fault:20} -> {state['orders']} {outcome}")
        print(rows[-1])
        assert state["orders"] == state["vps"] == 1, rows[-1]
        assert error is None or error.next != "retry", rows[-1]
        assert call == "create" or error is None, "a purchase finds its order"


@pytest.mark.parametrize("how", TRANSPORTS)
def test_a_purchase_that_lost_its_route_is_resumed(laboratory: Laboratory, how: str) -> None:
    if "route_lost" not in laboratory.ask("faults"):
        pytest.skip("a network namespace needs root on Linux")
    armed = laboratory.ask("arm/route_lost")
    with connected(how, armed["key"], armed["url"]) as client:
        waits = {"first_look": 0.01, "longest_pause": 0.05, "settle": 5.0}
        with pytest.raises(stablevps.StableVPSError) as caught:
            client.vps.provision(**ORDER, **waits, timeout=3.0)
        assert caught.value.next == "resume"
        assert laboratory.ask("state")["orders"] == 1
        laboratory.ask("restore")
        assert client.vps.resume(caught.value.token).recovered
    state = laboratory.ask("state")
    assert state["orders"] == state["vps"] == 1
