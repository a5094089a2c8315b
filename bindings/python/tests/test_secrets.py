"""Secrets stay secret. Every other test is watched too: see ``conftest.py``."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest
from _watch import Watch
from rich.pretty import pretty_repr

import stablevps
from stablevps import HttpRequest, HttpResponse, _values
from stablevps.testing import Simulator

PASSWORD = "correct horse battery staple"
ORDER: Any = {"plan_id": "prime", "billing_cycle": "monthly", "location": "london"}


@pytest.fixture
def watch() -> Any:
    """A watch of the test's own, beside the one that watches the whole suite."""
    own = Watch()
    own.begin()
    yield own
    own.end()


def test_the_watch_sees_the_secrets_that_are_in_use(watch: Watch, client: Any) -> None:
    made = client.keys.create(email="john@example.com", password=PASSWORD, name="b")
    vps = client.vps.provision(**ORDER).vps
    for number, secret in enumerate(
        [made.api_key.reveal(), PASSWORD, vps.rdp_password.reveal(), client.simulator.api_key]
    ):
        watch.saw(f"place {number}", f"here: {secret}!")
    assert [leak.partition(":")[0] for leak in watch.leaks()] == [f"place {n}" for n in range(4)]
    assert all("<SECRET>" in leak for leak in watch.leaks())


LEAKING = """
import asyncio, logging

def test_output(simulator):
    print(simulator.client().simulator.api_key)

def test_logs(simulator):
    logging.getLogger("x").debug("key %s", simulator.async_client().simulator.api_key)

def test_fixtures(shown):
    pass

def test_nothing(client):
    print(client.vps.list(), client)
"""

SHOWING = """
import pytest

@pytest.fixture
def shown(client):
    yield
    print(client.simulator.api_key)
"""


def test_a_test_that_shows_a_secret_fails(tmp_path: Path) -> None:
    here = Path(__file__).parent
    (tmp_path / "test_leaking.py").write_text(LEAKING + SHOWING)
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "conftest", "-rA"]
    done = subprocess.run(
        [sys.executable, *command, "-c", os.devnull, "--rootdir", str(tmp_path), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(here), *sys.path])},
        capture_output=True,
        text=True,
    )
    ends = sorted(set(re.findall(r"^(ERROR|PASSED) \S+::(test_\w+)", done.stdout, re.M)))
    leaky = {("ERROR", name) for name in ("test_output", "test_logs", "test_fixtures")}
    assert leaky <= set(ends), done.stdout
    assert ("PASSED", "test_nothing") in ends
    assert "secrets were shown:\nCaptured stdout call: <SECRET>" in done.stdout


def everything(client: Any) -> list[Any]:
    """Results and errors of all kinds."""
    simulator = client.simulator
    seen: list[Any] = []

    def note(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            result = call(*arguments, **named)
        except stablevps.StableVPSError as error:
            result = error
        seen.append(result)
        return result

    made = note(client.keys.create, email="john@example.com", password=PASSWORD, name="b")
    note(client.keys.create, email="john@example.com", password="a wrong password", name="b")
    note(client.keys.list)
    bought = note(client.vps.provision, **ORDER, on_progress=seen.append)
    note(client.vps.get, bought.vps.id)
    simulator.fault({"status": {"code": 400, "body": {"error": f"no: {simulator.api_key}"}}})
    note(client.wallet.get)
    page = f"<p>{simulator.api_key}</p>"
    simulator.fault({"status": {"code": 200, "body": page, "content_type": "text/html"}})
    note(client.account.get)
    simulator.fault({"status": {"code": 500, "body": {"error": f"Bad password {PASSWORD}"}}})
    note(client.keys.create, email="john@example.com", password=PASSWORD, name="c")
    simulator.control({"set_vps": {"id": bought.vps.id, "vps_status": "suspended"}})
    note(client.vps.wait_until_ready, bought.vps.id)
    seen.append((made, bought))
    return seen


def test_no_repr_log_or_token_shows_a_secret(
    watch: Watch, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    watch.is_secret(client.simulator.api_key)
    for seen in everything(client):
        for text in (repr(seen), str(seen), f"{seen}"):
            watch.saw("a result", text)
        for name in ("token", "server_message", "excerpt"):
            watch.saw(name, str(getattr(seen, name, None)))
    assert watch.leaks() == []
    assert "vps.provision: sending POST /vps" in caplog.text


def test_a_servers_words_are_shown_without_the_key_in_them(client: Any) -> None:
    simulator = client.simulator
    simulator.fault({"status": {"code": 400, "body": {"error": f"bad key {simulator.api_key}!"}}})
    with pytest.raises(stablevps.BadRequestError) as caught:
        client.wallet.get()
    assert caught.value.server_message == "bad key ***!"


class Raising:
    """A transport that ends everything from outside."""

    def send(self, request: HttpRequest) -> HttpResponse:
        raise KeyboardInterrupt

    def close(self) -> None: ...


class AsyncRaising:
    async def send(self, request: HttpRequest) -> HttpResponse:
        raise KeyboardInterrupt

    async def aclose(self) -> None: ...


def test_a_traceback_with_its_local_variables_shows_no_key(kind: str) -> None:
    """As error trackers collect them."""
    from _blocking import Blocking

    key = "-".join(["svps_live", "0123456789"])
    client: Any
    if kind == "Client":
        client = stablevps.Client(key, transport=Raising())
    else:
        client = Blocking(stablevps.AsyncClient(key, transport=AsyncRaising()))
    del key
    with pytest.raises(KeyboardInterrupt) as caught:
        client.vps.provision(**ORDER)
    shown = shown_by_error_trackers(caught.value)
    assert "step = Send('GET'" in shown
    assert "svps_live-0123456789" not in shown


def shown_by_error_trackers(error: BaseException) -> str:
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(shown.format())


def test_the_local_variables_of_an_error_show_no_password(client: Any) -> None:
    # Revealed only at the end: what pytest compares becomes a local variable as well.
    password = stablevps.Secret("-".join(["hidden", "from", "everybody"]))
    vps = client.vps.provision(**ORDER).vps
    client.simulator.control({"set_vps": {"id": vps.id, "vps_status": "suspended"}})
    shown: list[str] = []
    for call in (
        lambda: client.keys.create(email="john@example.com", password=password, name="b"),
        lambda: client.keys.create(email="no address", password=password, name="b"),
        lambda: client.vps.wait_until_ready(vps.id),
    ):
        with pytest.raises(stablevps.StableVPSError) as caught:
            call()
        shown.append(shown_by_error_trackers(caught.value))
    assert "Secret('***')" in shown[0] and "Secret('***')" in shown[1]
    assert "Failed('provisioning_failed')" in shown[2]
    for secret in (password.reveal(), vps.rdp_password.reveal()):
        assert not any(secret in text for text in shown)


def test_a_token_holds_neither_key_nor_password(client: Any) -> None:
    tokens: list[str] = []
    bought = client.vps.provision(**ORDER, on_progress=lambda p: tokens.append(p.token))
    assert json.loads(tokens[-1])["stage"] == {"bought": {"id": bought.vps.id}}
    for token in tokens:
        assert client.simulator.api_key not in token
        assert bought.vps.rdp_password.reveal() not in token


class Interruption(BaseException):
    """What is raised at a line of the package's code."""


PACKAGE = str(Path(stablevps.__file__).parent)


UNTRACED = (_values.hidden.__code__, stablevps.Secret.__init__.__code__)
"""Whoever calls these still has the plain text."""


class AtLine:
    """Raises at one line of the package's code, counted from the beginning of a call."""

    def __init__(self, line: int) -> None:
        self._left = line
        self._begun: set[FrameType] = set()

    def __enter__(self) -> None:
        sys.settrace(self._trace)

    def __exit__(self, *ending: object) -> None:
        sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(PACKAGE) or code in UNTRACED:
            return None
        # What is raised there is shown and lost.
        if in_finalizer(frame):
            return None
        if event == "call":
            return self._trace
        # Before its first line, a function has its arguments as they were given.
        is_begun = event == "line" and frame in self._begun
        self._begun.add(frame)
        if is_begun:
            self._left -= 1
            if self._left == 0:
                raise Interruption
        return self._trace


def in_finalizer(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


def local_variables(error: BaseException) -> Iterator[tuple[str, str]]:
    """Those of the package's frames, as error trackers and rich show them."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        # A simulated reply is no secret of anybody's.
        is_simulated = type(frame.f_locals.get("self")).__name__ == "SimulatedReply"
        if frame.f_code.co_filename.startswith(PACKAGE) and not is_simulated:
            for name, value in frame.f_locals.items():
                where = f"{frame.f_code.co_qualname if sys.version_info >= (3, 11) else ''}: {name}"
                yield where, repr(value)
                if isinstance(value, (msgspec.Struct, dict, list, tuple, str, bytes)):
                    yield where, pretty_repr(value, max_string=80)


def test_wherever_a_call_is_interrupted_no_local_variable_shows_a_secret(
    simulator: Simulator,
) -> None:
    def connect(simulator: Simulator) -> Any:
        return simulator.client()

    hidden = stablevps.Secret("correct horse battery staple")
    ready = connect(simulator).vps.provision(**ORDER).vps
    secrets = [simulator.api_key, hidden.reveal(), ready.rdp_password.reveal()]
    calls: dict[str, Callable[[], Any]] = {
        "made": lambda: stablevps.Client(secrets[0], timeout="no time"),  # type: ignore[arg-type]
        "key": lambda: connect(Simulator()).keys.create(
            email="john@example.com", password=secrets[1], name="b"
        ),
        "details": lambda: connect(simulator).vps.get(ready.id),
        "wait": lambda: connect(simulator).vps.wait_until_ready(ready.id),
        "refused": lambda: connect(simulator).keys.create(email="-", password=secrets[1], name="b"),
    }
    interrupted = 0
    for what, call in calls.items():
        for line in range(1, 2000, 9):
            try:
                with AtLine(line):
                    made = call()
            except Interruption as interruption:
                ending: BaseException = interruption
                interrupted += 1
            except stablevps.StableVPSError as error:
                ending = error
            else:
                del made
                break
            for where, shown in local_variables(ending):
                for secret in secrets:
                    assert secret[:20] not in shown, f"{what}, line {line}: {where}"
            if isinstance(ending, stablevps.StableVPSError):
                break
    assert interrupted > 50, "at every ninth line"
