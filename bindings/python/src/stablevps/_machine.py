"""How the core's machines are driven: what they ask for, and the shared part of doing it."""

from __future__ import annotations

import logging
import os
import random
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from . import _errors
from ._models import Progress
from ._native.stablevps_ffi import Failure, Machine
from ._transport import HttpRequest, TransportFailure

T = TypeVar("T")

log = logging.getLogger("stablevps")

CLOSED = "the client is closed"
OTHERS = "the other purchases of this account"
LONGEST_TURN = 1800.0
"""How many seconds a purchase waits for its turn where only its token knows its time."""
LONGEST = 1e9


class Send(msgspec.Struct, tag_field="do", tag="send", rename="camel"):
    """The machine wants a request sent."""

    id: int
    method: str
    url: str
    headers: list[tuple[str, str]]
    timeout_ms: int
    connect_timeout_ms: int
    fresh_connection: bool
    endpoint: str
    body: str | None = None
    progress: Progress | None = None

    def __repr__(self) -> str:
        # Headers and body hold secrets, and error trackers collect the local variables of frames.
        return f"Send({self.method!r}, {self.url!r})"

    def request(self) -> HttpRequest:
        return HttpRequest(
            method=self.method,
            url=self.url,
            headers=dict(self.headers),
            body=None if self.body is None else self.body.encode(),
            timeout=self.timeout_ms / 1000,
            connect_timeout=self.connect_timeout_ms / 1000,
            fresh_connection=self.fresh_connection,
            endpoint=self.endpoint,
        )


class Wait(msgspec.Struct, tag_field="do", tag="wait", rename="camel"):
    """The machine wants to be asked again later."""

    delay_ms: int
    reason: str
    progress: Progress | None = None


class Done:
    """The machine is at its end. The result is not read before its type is known."""

    __slots__ = ("error", "ok", "within")

    def __init__(self, ok: str | None, error: str | None = None, within: str | None = None) -> None:
        self.ok = ok
        self.error = error
        self.within = within
        """Where ``ok`` is the whole document: the field of its reply that is the result."""


Step = Send | Wait | Done

GOOD = '{"do":"done","ok":'
AS_SENT = '{"do":"done","within":"vps","ok":'
BAD = '{"do":"done","error":'

_steps: msgspec.json.Decoder[Send | Wait] = msgspec.json.Decoder(Send | Wait)
_results: dict[tuple[Any, str | None], msgspec.json.Decoder[Any]] = {}


def read_step(document: str) -> Step:
    """The step that a document describes; an end's result stays the text it is."""
    if document.startswith(GOOD):
        return Done(document[len(GOOD) : -1])
    if document.startswith(AS_SENT):
        return Done(document, within="vps")
    if document.startswith(BAD):
        return Done(None, document[len(BAD) : -1])
    return _steps.decode(document)


class Job(Generic[T]):
    """A machine with what its result is to become."""

    __slots__ = ("exclusive_key", "kind", "label", "machine", "on_progress", "patience")

    def __init__(
        self,
        machine: Machine,
        kind: Any,
        label: str,
        on_progress: Callable[[Progress], None] | None = None,
        exclusive_key: str | None = None,
        patience: float | None = None,
    ) -> None:
        self.machine = machine
        self.kind = kind
        self.label = label
        self.on_progress = on_progress
        self.exclusive_key = exclusive_key
        self.patience = LONGEST_TURN if patience is None else min(patience, threading.TIMEOUT_MAX)
        """How many seconds a purchase waits for its turn."""

    @property
    def is_purchase(self) -> bool:
        return self.exclusive_key is not None

    def result(self, done: Done) -> T:
        """The result, or the error that the machine ended with."""
        if done.error is not None:
            error = _errors.from_json(done.error)
            log.debug("%s failed: %s", self.label, error)
            raise error
        log.debug("%s done", self.label)
        decoder = _results.get((self.kind, done.within))
        if decoder is None:
            decoder = _decoder(self.kind, done.within)
            _results[self.kind, done.within] = decoder
        result = decoder.decode(done.ok or "null")
        if done.within is not None:
            result = getattr(result.ok, done.within)
        value: T = result
        return value

    def tell(self, step: Send | Wait) -> None:
        """Tells of the progress before a request is sent and before a wait."""
        if isinstance(step, Send):
            log.debug("%s: sending %s", self.label, step.endpoint)
        else:
            log.debug("%s: waiting %.1f s (%s)", self.label, step.delay_ms / 1000, step.reason)
        if self.on_progress is not None and step.progress is not None:
            self.on_progress(step.progress)

    def failed(self, send: Send, failure: TransportFailure, now_ms: int) -> None:
        self.machine.failed(send.id, failure.kind, failure.delivery, failure.detail, now_ms)

    def leave_token(self, ending: BaseException, now_ms: int) -> None:
        """Leaves the token on whatever ended a purchase from outside, such as Ctrl-C."""
        if isinstance(ending, _errors.StableVPSError):
            if ending.token is None:
                ending._leave_token(self.machine.snapshot(now_ms))
        else:
            try:
                ending.token = self.machine.snapshot(now_ms)  # type: ignore[attr-defined]
            except AttributeError:
                log.warning("%s ended by %s: no token could be left", self.label, type(ending))


def _decoder(kind: Any, within: str | None) -> msgspec.json.Decoder[Any]:
    if within is not None:
        reply = msgspec.defstruct("Reply", [(within, kind)], gc=False)
        kind = msgspec.defstruct("AsSent", [("ok", reply)], gc=False)
    return msgspec.json.Decoder(kind, dec_hook=_errors.opaque)


class Locks:
    """One lock an account: purchases go one at a time until the order's reply is there."""

    def __init__(self) -> None:
        self._forget()
        if hasattr(os, "register_at_fork"):
            # Whoever holds a lock at a fork is not there in the child to release it.
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def of(self, key: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())


locks = Locks()


def seed() -> int:
    """A fresh seed for the jitter of one call."""
    return random.getrandbits(64)


def milliseconds(field: str, seconds: float | None, *, least: int = 1) -> int | None:
    """Seconds as whole milliseconds, at least 1 unless zero is allowed; refuses other values."""
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise _errors.invalid_input(field, "must be a number of seconds")
    if seconds < 0 or (seconds == 0 and least > 0):
        allowed = "must be more than zero" if least > 0 else "must not be negative"
        raise _errors.invalid_input(field, allowed)
    if not seconds < LONGEST:
        raise _errors.invalid_input(field, "must be finite, and less than a billion seconds")
    return max(least, round(seconds * 1000))


def text(field: str, value: object) -> str:
    """An argument that must be a string; a ServerId, for one, is refused."""
    if not isinstance(value, str):
        raise _errors.invalid_input(field, f"must be a string, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError:
        # Not chained: that error holds the text, which may be a secret.
        raise _errors.invalid_input(field, "must not contain lone surrogates") from None
    return str(value)


def checked(make: Callable[..., T], *arguments: Any) -> T:
    """Calls native code; what it refuses becomes the package's own error."""
    try:
        return make(*arguments)
    except Failure.Product as failure:  # type: ignore[attr-defined]
        raise _errors.from_json(failure.document) from None
