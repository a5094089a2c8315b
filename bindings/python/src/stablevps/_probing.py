"""How VPS are probed: one TCP connection each, side by side, which is closed at once."""

from __future__ import annotations

import errno
import inspect
import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from ._models import ProbeOutcome
from ._transport import Prober, ProbeTarget

log = logging.getLogger("stablevps")

MOST_PROBES = 64
"""How many connections are attempted at once."""
MOST_THREADS = 32
"""In how many threads a caller's own prober runs at once."""
SLICE = 0.05
"""How many seconds to wait before looking whether to go on."""

IsEnded: TypeAlias = Callable[[], bool]
Outcomes: TypeAlias = list[ProbeOutcome]

_NAMES = [
    "EACCES",
    "EADDRNOTAVAIL",
    "EINVAL",
    "EMFILE",
    "ENETDOWN",
    "ENETUNREACH",
    "ENFILE",
    "ENOBUFS",
    "ENOMEM",
    "EPERM",
]
_OWN_FAULTS = {
    getattr(errno, prefix + name)
    for name in _NAMES
    for prefix in ("", "WSA")
    if hasattr(errno, prefix + name)
}
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0), 0}


class Probing:
    """Connects with TCP, without a thread."""

    def probe_all(
        self, targets: Sequence[ProbeTarget], within: float, is_ended: IsEnded
    ) -> Outcomes | None:
        """Probes all of them; nothing where that was ended."""
        outcomes = not_tried(targets)
        try:
            selector = selectors.DefaultSelector()
        except OSError:
            return outcomes
        try:
            for _ in _attempts(targets, within, selector, outcomes):
                if is_ended():
                    return None
            return outcomes
        finally:
            for key in list(selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
            selector.close()


def _attempts(
    targets: Sequence[ProbeTarget],
    within: float,
    selector: selectors.BaseSelector,
    outcomes: Outcomes,
) -> Iterator[None]:
    """Makes the attempts, at most so many at once. Gives way from time to time."""
    left = deque(enumerate(targets))
    while left or selector.get_map():
        while left and len(selector.get_map()) < MOST_PROBES:
            number, target = left.popleft()
            outcome = _begin(target, selector, (number, time.monotonic() + within))
            if outcome is not None:
                outcomes[number] = outcome
        under_way = list(selector.get_map().values())
        if under_way:
            soonest = min(key.data[1] for key in under_way) - time.monotonic()
            ready = {key.fd for key, _ in selector.select(max(0.0, min(SLICE, soonest)))}
            for key in under_way:
                _end(key, key.fd in ready, selector, outcomes)
        yield


def _begin(
    target: ProbeTarget, selector: selectors.BaseSelector, about: tuple[int, float]
) -> ProbeOutcome | None:
    """Begins to connect. Where that ends at once, its outcome."""
    try:
        family, kind, protocol, _, address = _resolved(target)
        connection = socket.socket(family, kind, protocol)
    except OSError:
        return "not_tried"
    try:
        connection.setblocking(False)
        code = connection.connect_ex(address)
        if code in _UNDER_WAY:
            selector.register(connection, selectors.EVENT_WRITE, about)
            return None
    except BaseException as error:
        connection.close()
        if isinstance(error, OSError):
            return "not_tried"
        raise
    connection.close()
    return outcome_of(code)


def _resolved(target: ProbeTarget) -> Any:
    return socket.getaddrinfo(target.address, target.port, type=socket.SOCK_STREAM)[0]


def _end(
    key: selectors.SelectorKey,
    is_ready: bool,
    selector: selectors.BaseSelector,
    outcomes: Outcomes,
) -> None:
    """Notes how an attempt went, if it is over."""
    number, until = key.data
    connection: Any = key.fileobj
    if is_ready:
        outcomes[number] = outcome_of(connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    elif time.monotonic() >= until:
        outcomes[number] = "silent"
    else:
        return
    selector.unregister(connection)
    connection.close()


def outcome_of(code: int) -> ProbeOutcome:
    """What an attempt to connect says. What fails on this machine says nothing about the VPS."""
    if code == 0:
        return "answered"
    return "not_tried" if code in _OWN_FAULTS else "silent"


def not_tried(targets: Sequence[ProbeTarget]) -> Outcomes:
    """Of probes that were not carried out."""
    return ["not_tried" for _ in targets]


def checked_outcome(outcome: ProbeOutcome) -> ProbeOutcome:
    """What a caller's own prober returned."""
    if outcome not in ("answered", "silent", "not_tried"):
        raise TypeError('a prober must return "answered", "silent" or "not_tried"')
    return outcome


class OwnProbing(Probing):
    """Probes with a caller's own prober, in threads, which end with their probe."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober

    def probe_all(
        self, targets: Sequence[ProbeTarget], within: float, is_ended: IsEnded
    ) -> Outcomes | None:
        outcomes = not_tried(targets)
        done: SimpleQueue[tuple[int, ProbeOutcome]] = SimpleQueue()
        ended = threading.Event()
        numbers = iter(range(len(targets)))
        lock = threading.Lock()

        def work() -> None:
            while not ended.is_set():
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                done.put((number, self._probe(targets[number], within)))

        try:
            begun = [_thread(work) for _ in range(min(MOST_THREADS, len(targets)))]
            left = len(targets) if any(begun) else 0
            while left:
                if is_ended():
                    return None
                try:
                    number, outcome = done.get(timeout=SLICE)
                except Empty:
                    continue
                outcomes[number] = outcome
                left -= 1
            return outcomes
        finally:
            ended.set()

    def _probe(self, target: ProbeTarget, within: float) -> ProbeOutcome:
        try:
            return checked_outcome(self._prober.probe(target, within))
        except Exception:
            log.exception("the prober raised; the VPS counts as not probed")
            return "not_tried"


def _thread(work: Callable[[], None]) -> bool:
    """Begins a thread; says whether there is a free one."""
    try:
        threading.Thread(target=work, name="stablevps-probe", daemon=True).start()
    except RuntimeError:
        return False
    return True


AnyProber: TypeAlias = Prober


def probing(prober: AnyProber | None) -> Probing:
    """The way to probe that a caller chose."""
    if prober is None:
        return Probing()
    if isinstance(prober, Probing):
        return prober
    if inspect.iscoroutinefunction(getattr(prober, "probe", None)):
        raise TypeError("a prober must not be asynchronous: only an AsyncClient awaits it")
    return OwnProbing(prober)
