"""Probes: TCP connections to listeners of this machine."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from stablevps import ProbeTarget, _async_probing, _probing

ASYNC = _async_probing.AsyncProbing()
SYNC = _probing.Probing()


def never() -> bool:
    return False


@pytest.fixture(params=["Client", "AsyncClient"])
def probe(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Both ways to probe."""

    def both(targets: list[ProbeTarget], within: float = 5.0) -> Any:
        if request.param == "Client":
            return SYNC.probe_all(targets, within, never)
        return asyncio.run(ASYNC.probe_all(targets, within, never))

    return both


def here(port: int) -> ProbeTarget:
    return ProbeTarget("127.0.0.1", port)


@contextmanager
def listening(backlog: int = 512) -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0), backlog=backlog)) as listener:
        yield listener.getsockname()[1]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_an_open_port_answers_and_a_closed_one_is_silent(probe: Callable[..., Any]) -> None:
    with listening() as port:
        pass
    with listening() as other:
        assert probe([here(other), here(port), here(other)]) == ["answered", "silent", "answered"]
    assert probe([]) == []


def test_a_name_that_can_not_be_resolved_was_not_tried(probe: Callable[..., Any]) -> None:
    assert probe([ProbeTarget("no-such-host.invalid", 3389)]) == ["not_tried"]
    with listening() as port:
        assert probe([ProbeTarget("localhost", port)]) == ["answered"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems queue more connections")
def test_a_vps_that_takes_too_long_is_silent(probe: Callable[..., Any]) -> None:
    with listening(backlog=0) as port:
        # The queue of connections is full: further ones are not accepted.
        queued = [socket.socket() for _ in range(4)]
        for one in queued:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        assert probe([here(port)], within=0.1) == ["silent"]
        for one in queued:
            one.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts by /proc")
def test_many_are_probed_with_few_sockets_and_no_thread_and_all_are_closed(
    probe: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    most, real = [0], socket.socket
    open_sockets: set[int] = set()

    class Counted(real):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            open_sockets.add(id(self))
            most[0] = max(most[0], len(open_sockets))

        def close(self) -> None:
            open_sockets.discard(id(self))
            super().close()

    with listening() as port:
        before, threads = open_files(), set(threading.enumerate())
        monkeypatch.setattr(socket, "socket", Counted)
        assert probe([here(port)] * 300) == ["answered"] * 300
        monkeypatch.setattr(socket, "socket", real)
        assert open_files() <= before
        assert set(threading.enumerate()) <= threads
    assert 1 < most[0] <= 64 + 2  # and those that an event loop wakes itself with


def test_what_fails_on_this_machine_says_nothing_about_the_vps(
    probe: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise OSError(errno.EMFILE, "too many open files")

    real = socket.socket.__init__
    is_stream = lambda a: len(a) > 1 and a[1] == socket.SOCK_STREAM and len(a) < 4  # noqa: E731
    monkeypatch.setattr(
        socket.socket,
        "__init__",
        lambda me, *a, **k: fails() if is_stream(a) else real(me, *a, **k),
    )
    assert probe([here(1)]) == ["not_tried"]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, "answered"),
        (errno.ECONNREFUSED, "silent"),
        (errno.ETIMEDOUT, "silent"),
        (errno.EHOSTUNREACH, "silent"),
        (errno.ECONNRESET, "silent"),
        (errno.ENETUNREACH, "not_tried"),
        (errno.ENETDOWN, "not_tried"),
        (errno.EACCES, "not_tried"),
        (errno.EMFILE, "not_tried"),
        (errno.EADDRNOTAVAIL, "not_tried"),
    ],
)
def test_a_fault_of_this_machine_is_told_from_one_of_the_vps(code: int, outcome: str) -> None:
    assert _probing.outcome_of(code) == outcome, os.strerror(code)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems queue more connections")
def test_probes_that_are_ended_leave_no_socket() -> None:
    async def cancelled(port: int) -> None:
        probing = asyncio.ensure_future(ASYNC.probe_all([here(port)] * 100, 60, never))
        for _ in range(5):
            await asyncio.sleep(0)
        before = len(asyncio.all_tasks())
        assert before > 60
        probing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probing
        assert len(asyncio.all_tasks()) == 1

    with listening(backlog=0) as port:
        queued = [socket.socket() for _ in range(4)]
        for one in queued:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        before = open_files()
        assert SYNC.probe_all([here(port)] * 100, 60, lambda: True) is None
        assert open_files() == before
        asyncio.run(cancelled(port))
        assert open_files() == before
        for one in queued:
            one.close()
