"""What all tests share: clients of both kinds, the simulator, and the watch for secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from _blocking import Blocking
from _program import Program
from _watch import Watch

from stablevps.testing import Simulator

PROGRAM_VARIABLE = "STABLEVPS_SIMULATOR_BIN"

watch = Watch()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Fails a test whose output shows a secret that was in use."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.passed:
        for title, text in report.sections:
            watch.saw(title, text)
    leaks = watch.leaks()
    if report.passed and call.when == "teardown" and leaks:
        report.outcome = "failed"
        report.longrepr = "secrets were shown:\n" + "\n".join(leaks)


@pytest.fixture(autouse=True)
def _watched() -> Iterator[None]:
    watch.begin()
    yield
    watch.end()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests reaches them."""
    names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"]
    for name in ["STABLEVPS_API_KEY", "SSL_CERT_FILE", *names, *map(str.lower, names)]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=["Client", "AsyncClient"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of client, one after the other."""
    name: str = request.param
    return name


@pytest.fixture
def connect(kind: str) -> Callable[..., Any]:
    """Makes a client of a simulator; an asynchronous one is driven from outside."""

    def connected(simulator: Simulator, **options: Any) -> Any:
        if kind == "Client":
            return simulator.client(**options)
        return Blocking(simulator.async_client(**options))

    return connected


@pytest.fixture
def simulator() -> Simulator:
    return Simulator()


@pytest.fixture
def client(connect: Callable[..., Any], simulator: Simulator) -> Any:
    return connect(simulator)


@pytest.fixture
def program() -> Iterator[Callable[..., Program]]:
    """Starts simulators that listen on sockets."""
    path = os.environ.get(PROGRAM_VARIABLE)
    if not path:
        reason = f"{PROGRAM_VARIABLE} does not say where the stablevps-simulator program is"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    running: list[Program] = []

    def start(*arguments: str) -> Program:
        running.append(Program(path, *arguments))
        return running[-1]

    yield start
    for each in running:
        each.end()
