"""How the core's machines are driven: their steps, and the calls that they carry out."""

from __future__ import annotations

import ctypes
import itertools
import logging
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from operator import index
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar
from urllib.parse import urlsplit
from weakref import ref

import msgspec

from . import _errors, _nested
from ._hook import Hook, PhaseChanged, RequestDone
from ._models import (
    Account,
    ActionReceipt,
    ApiKeyInfo,
    BatchProgress,
    CreatedKey,
    DeletedVps,
    Delivery,
    FailureKind,
    Order,
    Phase,
    Progress,
    Provisioned,
    PurchaseRecord,
    RevokedKey,
    Vps,
    VpsDetails,
    Wallet,
)
from ._native.stablevps_ffi import Failure, Machine
from ._report import opaque
from ._transport import HttpRequest, HttpResponse, ProbeTarget, TransportFailure, always
from ._values import Document, HiddenBytes, HiddenText
from .stores import StoreFailure, StoreOperation

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from concurrent.futures import Future

    from ._models import ProbeOutcome
    from .events import ClientEvent, WatchEvent

T = TypeVar("T")

log = logging.getLogger("stablevps")

_encode = msgspec.json.encode

READ_ONLY = 0x100
# Memory as an object that can be read, without a copy of it.
_memory = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int)(
    ("PyMemoryView_FromMemory", ctypes.pythonapi)
)


# Error trackers collect the local variables of frames: no repr here shows a secret. The library
# rich asks for the fields instead, if it can.

Shown = list[tuple[str, Any]]
"""What the library rich shows of a value: fields and their values."""


class Header(msgspec.Struct):
    """One header of a request."""

    name: str
    value: str

    def __repr__(self) -> str:
        return f"Header({self.name!r})"

    def __rich_repr__(self) -> Shown:
        return [("name", self.name)]


class Request(msgspec.Struct, rename="camel"):
    """A request that is to be sent."""

    id: int
    method: str
    url: str
    headers: list[Header]
    timeout_ms: int
    connect_timeout_ms: int
    retry_class: str
    endpoint: str
    attempt: int = 1
    retry_of: str | None = None
    body: str | None = None

    @property
    def is_momentous(self) -> bool:
        """Whether it orders, deletes or reboots a VPS."""
        if self.method == "DELETE":
            return self.endpoint == "DELETE /vps/:id"
        return self.retry_class == "once" and self.endpoint != "POST /auth"

    def __repr__(self) -> str:
        return f"Request({self.method!r}, {self.url!r})"

    def __rich_repr__(self) -> Shown:
        return [("method", self.method), ("url", self.url)]

    def for_transport(self, may_begin: Callable[[], bool]) -> HttpRequest:
        """The request as a transport takes it."""
        return HttpRequest(
            method=self.method,
            url=self.url,
            headers={header.name: HiddenText(header.value) for header in self.headers},
            body=None if self.body is None else HiddenBytes(self.body.encode()),
            timeout=self.timeout_ms / 1000,
            connect_timeout=self.connect_timeout_ms / 1000,
            fresh_connection=self.retry_class == "once",
            endpoint=self.endpoint,
            may_begin=may_begin,
        )


class Send(msgspec.Struct, tag_field="do", tag="send", rename="camel"):
    """The machine wants a request sent."""

    request: Request
    progress: Progress | None = None
    send_within_ms: int | None = None
    """Whether its first byte must leave in time. The machine knows until when."""

    def __repr__(self) -> str:
        return f"Send({self.request.method!r}, {self.request.url!r})"

    def __rich_repr__(self) -> Shown:
        return [("request", self.request)]


class Wait(msgspec.Struct, tag_field="do", tag="wait", rename="camel"):
    """The machine wants to be asked again later."""

    delay_ms: int
    reason: str
    progress: Progress | None = None


class StoreStep(msgspec.Struct, tag_field="do", tag="store"):
    """The machine wants its store to carry an operation out."""

    id: int
    op: str
    document: str

    progress: ClassVar[None] = None
    """Of a purchase there is nothing to tell meanwhile."""

    def operation(self) -> StoreOperation:
        """The operation as a store takes it."""
        return StoreOperation(op=self.op, document=self.document)

    def __repr__(self) -> str:
        return f"StoreStep({self.op!r})"

    def __rich_repr__(self) -> Shown:
        return [("op", self.op)]


class Probe(msgspec.Struct, tag_field="do", tag="probe", rename="camel"):
    """The machine wants to know who answers."""

    id: int
    targets: list[ProbeTarget]
    within_ms: int
    progress: Progress | None = None


class EventStep(msgspec.Struct, tag_field="do", tag="event"):
    """The machine has something to tell, once."""

    event: dict[str, Any]


class Exchanged(msgspec.Struct, rename="camel"):
    """What became of a request."""

    id: int
    status: int | None = None
    received: int = 0
    request_id: str | None = None
    failure: FailureKind | None = None
    delivery: Delivery | None = None


_exchanged = msgspec.json.Decoder(Exchanged).decode


class Failed(msgspec.Struct, tag_field="do", tag="failed"):
    """The machine is at its end, with an error."""

    error: dict[str, Any]

    def __repr__(self) -> str:
        return f"Failed({self.error['code']!r})"

    def __rich_repr__(self) -> Shown:
        return [("code", self.error["code"])]


class Done(msgspec.Struct, Generic[T], tag_field="do", tag="done"):
    """The machine is at its end, with a result."""

    output: T | msgspec.UnsetType = msgspec.UNSET
    """Unset where the result is a field of the reply's own text, which the machine holds."""
    address: int = 0
    """Where that text is, for as long as the machine is."""
    length: int = 0
    """How many bytes it has."""


Wanted: TypeAlias = Send | Wait | StoreStep | Probe
"""What a machine wants."""
WANTED = (Send, Wait, StoreStep, Probe)

Step: TypeAlias = Wanted | EventStep | Failed | Done[T]
"""What a machine wants or tells, or how it ended."""


class Reader(Generic[T]):
    """Reads the steps of calls that have a result of one type.

    :param within: the field that holds the result where the core hands a reply's own text on.
    """

    def __init__(self, result: Any, within: str | None) -> None:
        steps: Any = Wanted | EventStep | Failed | Done[result]
        self.read: Callable[[str], Step[T]] = msgspec.json.Decoder(steps, dec_hook=opaque).decode
        self._field = within or ""
        reply = msgspec.defstruct("Reply", [(within, result)] if within else [], gc=False)
        self._reply = msgspec.json.Decoder(reply, dec_hook=opaque)

    def result(self, done: Done[T]) -> T:
        """The result of a call that is done. The call's machine must still be there."""
        if done.output is not msgspec.UNSET:
            return done.output
        # Not in a variable: a frame that outlives the machine would point at freed memory.
        reply = self._reply.decode(_memory(done.address, done.length, READ_ONLY))
        result: T = getattr(reply, self._field)
        return result


_RESULTS: tuple[Any, ...] = (
    Account,
    ActionReceipt,
    CreatedKey,
    DeletedVps,
    Order,
    Provisioned,
    PurchaseRecord | None,
    RevokedKey,
    VpsDetails,
    Wallet,
    list[ApiKeyInfo],
    list[PurchaseRecord],
    type(None),
)
"""What calls result in, beside a field of a reply's own text."""

# All of them when this is imported, in one thread: two threads that have msgspec look at the same
# type for the first time, at the same time, crash the process.
_readers: dict[tuple[Any, str | None], Reader[Any]] = {
    (result, within): Reader(result, within)
    for result, within in (*((result, None) for result in _RESULTS), (list[Vps], "vps"))
}


def reader(result: type[T], within: str | None) -> Reader[T]:
    """The reader of a type of result."""
    return _readers[result, within]


read_batch_progress = msgspec.json.Decoder(BatchProgress, dec_hook=opaque).decode
"""Reads how far orders are that are bought together."""

_numbers = itertools.count(1)

LOST = (
    _errors.TransportError,
    _errors.OutcomeUnknownError,
    _errors.NotPlacedError,
    _errors.UnresolvedError,
    _errors.DeadlineExceededError,
)
"""The ends that a lost reply can have."""


class Call(Generic[T]):
    """One call of an endpoint, or one purchase."""

    __slots__ = (
        "__weakref__",
        "_has_turn",
        "_reader",
        "_said_ms",
        "_told",
        "_told_ms",
        "bug",
        "closing",
        "hook",
        "is_over",
        "is_purchase",
        "label",
        "loop",
        "machine",
        "now_ms",
        "number",
        "on_progress",
        "outage",
        "thread",
    )

    def __init__(
        self,
        label: str,
        machine: Machine,
        reader: Reader[T],
        now_ms: Callable[[], int],
        on_progress: Callable[[Progress], Any] | None = None,
        hook: Hook | None = None,
    ) -> None:
        self.label = label
        self.machine = machine
        self._reader = reader
        self.now_ms = now_ms
        self.on_progress = on_progress
        self.bug: Exception | None = None
        """What a transport raised that no transport should."""
        self.outage: Exception | None = None
        """What the store raised last."""
        self.loop: AbstractEventLoop | None = None
        """The event loop that a purchase runs in. None of a closed one goes on."""
        self.thread: Future[None] | None = None
        """What was sending a watch's request in another thread."""
        self.closing: Any = None
        """What ends this beside its client: its batch's. What waits for a result looks at it."""
        self.is_purchase = False
        self.is_over = False
        """Whether it has come to its own end."""
        self.hook = hook
        self.number = next(_numbers)
        self._said_ms = -1
        """When the machine was asked for what to do; negative where it said so by itself."""
        self._has_turn = True
        """Whether a turn may be its own, as far as was reported."""
        self._told_ms = 0
        self._told: Progress | None = None
        """The progress that the hook was told last."""

    @property
    def is_observed(self) -> bool:
        """Whether someone is told of every request."""
        return self.hook is not None or log.isEnabledFor(logging.INFO)

    def step(self, now_ms: int) -> Step[T]:
        """What to do now. Asking twice changes nothing."""
        self._said_ms = now_ms
        return self._reader.read(self.machine.step(now_ms))

    def read(self, document: Document) -> Step[T]:
        """A step from its document."""
        self._said_ms = -1
        return self._reader.read(document.text)

    def still_wanted(self, told: Wanted) -> Step[T]:
        """What to do after a step was told: that step, if no time has passed meanwhile."""
        now_ms = self.now_ms()
        return told if now_ms == self._said_ms else self.step(now_ms)

    def response(self, send: Send, response: HttpResponse | None, now_ms: int) -> None:
        """Hands the response to a request in. One that makes no sense counts as lost."""
        try:
            if response is None:
                raise TypeError("a transport must return an HttpResponse")
            status, body = index(response.status), HiddenBytes(response.body)
            headers = {str(name): str(value) for name, value in response.headers.items()}
            self.machine.response(
                send.request.id, status, HiddenBytes(_encode(headers)), body, now_ms
            )
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            self.broken(send, error, now_ms)

    def observe(self, send: Send, begun_ms: int) -> None:
        """Tells what became of a request."""
        if not self.is_observed:
            return
        request, document = send.request, self.machine.exchanged()
        about = Exchanged(-1) if document is None else _exchanged(document)
        if about.id != request.id:
            about = Exchanged(request.id, failure="cancelled", delivery="unknown")
        done = RequestDone(
            call=self.label,
            endpoint=request.endpoint,
            method=request.method,
            url=request.url,
            attempt=request.attempt,
            retry_of=request.retry_of,
            status=about.status,
            failure=about.failure,
            delivery=about.delivery,
            duration=(self.now_ms() - begun_ms) / 1000,
            received=about.received,
            request_id=about.request_id,
        )
        log.log(
            logging.INFO if request.is_momentous else logging.DEBUG,
            "%s: %s %s: %s in %.3f s",
            self.label,
            done.method,
            urlsplit(done.url).path,
            done.failure if done.status is None else done.status,
            done.duration,
        )
        self._tell(done)

    def observe_progress(self, progress: Progress) -> None:
        """Tells of a phase that begins."""
        if self.hook is None:
            return
        told, self._told = self._told, progress
        self._told_ms = self.now_ms()
        if told is not None and told.phase == progress.phase:
            return
        changed = PhaseChanged(
            call=self.label,
            purchase=self.number,
            phase=progress.phase,
            vps_id=progress.vps_id,
            elapsed=progress.elapsed_ms / 1000,
        )
        self._tell(changed)

    def _observe_end(self, result: object, error: _errors.StableVPSError | None) -> None:
        """Tells of a purchase's end."""
        if self.hook is None or not self.is_purchase:
            return
        last = self._told
        vps_id = None if last is None else last.vps_id
        elapsed_ms = 0 if last is None else last.elapsed_ms + self.now_ms() - self._told_ms
        if isinstance(result, Provisioned):
            vps_id, elapsed_ms = result.vps.id, result.elapsed_ms
        ended = PhaseChanged(
            call=self.label,
            purchase=self.number,
            phase=Phase.ENDED,
            vps_id=vps_id,
            elapsed=elapsed_ms / 1000,
            error=None if error is None else error.code,
        )
        self._tell(ended)

    def _tell(self, event: ClientEvent) -> None:
        if self.hook is not None:
            with _nested.Telling(self):
                self.hook.tell(event)

    def told(self, step: EventStep) -> WatchEvent:
        """What a watch tells."""
        from .events import from_document

        event = from_document(step.event)
        log.debug("%s: %s", self.label, event.name)
        self._tell(event)
        return event

    def probed(self, probe: Probe, outcomes: Sequence[ProbeOutcome], now_ms: int) -> None:
        """Hands in how probes went."""
        self.machine.probed(probe.id, HiddenBytes(_encode(outcomes)), now_ms)

    def give_up(self, send: Send, now_ms: int) -> None:
        """Reports a request that was left while it was under way: it may have taken effect."""
        with suppress(Failure.StaleReply):  # type: ignore[attr-defined]
            words = "the wait for its reply was ended"
            self.failed(send, TransportFailure("cancelled", "unknown", words), now_ms)

    def failed(self, send: Send, failure: TransportFailure, now_ms: int) -> None:
        """Reports that a request has no response."""
        words = (failure.kind, failure.delivery, failure.detail)
        # Lone surrogates have no place in a document.
        document = _encode([str(word).encode(errors="replace").decode() for word in words])
        self.machine.failed(send.request.id, document, now_ms)

    def broken(self, send: Send, bug: Exception, now_ms: int) -> None:
        """Reports a request whose transport has a bug: it may have been sent."""
        self.bug = bug
        shown = "".join(traceback.format_exception(type(bug), bug, bug.__traceback__))
        secrets = [header.value.split()[-1] for header in send.request.headers if header.value]
        log.error(
            "%s: the transport raised %s; the request may have been sent",
            self.label,
            type(bug).__name__,
            exc_info=None if any(secret in shown for secret in secrets) else bug,
        )
        self.failed(send, TransportFailure("io", "unknown", type(bug).__name__), now_ms)

    def for_transport(self, send: Send) -> HttpRequest:
        """A request as a transport takes it."""
        is_limited = send.send_within_ms is not None
        return send.request.for_transport(self.machine.may_begin if is_limited else always)

    def stored(self, step: StoreStep, answer: object, now_ms: int) -> None:
        """Hands a store's answer in."""
        if not isinstance(answer, str):
            refusal = StoreFailure(f"the store's answer is no text but {type(answer).__name__}")
            self.store_failed(step, refusal, now_ms)
            return
        self.outage = None
        self.machine.stored(step.id, HiddenBytes(answer.encode(errors="replace")), now_ms)

    def store_failed(self, step: StoreStep, error: Exception, now_ms: int) -> None:
        """Reports that a store did not carry an operation out, or may have."""
        self.outage = error
        detail = str(error) if isinstance(error, StoreFailure) else type(error).__name__
        log.warning("%s: the store failed (%s): %s", self.label, step.op, detail)
        self.machine.store_failed(step.id, HiddenBytes(detail.encode(errors="replace")), now_ms)

    def letting_go(self) -> StoreStep | None:
        """What the store is to be told where nobody drives the call any more."""
        document = self.machine.letting_go(self.now_ms())
        step = None if document is None else self._reader.read(document)
        return step if isinstance(step, StoreStep) else None

    def result(self, end: EventStep | Failed | Done[T]) -> T:
        """The result, or the error that the call ended with. Only watches tell events."""
        assert not isinstance(end, EventStep)
        self.is_over = True
        if isinstance(end, Failed):
            error = _errors.from_report(end.error)
            self._observe_end(None, error)
            log.debug("%s failed: %s", self.label, error)
            if self.bug is not None and isinstance(error, LOST):
                raise error from self.bug
            if self.outage is not None and isinstance(error, _errors.StoreError):
                raise error from self.outage
            raise error
        log.debug("%s done", self.label)
        result = self._reader.result(end)
        self._observe_end(result, None)
        return result

    def report(self, step: Wanted) -> Any:
        """Logs a step, and passes the progress on; returns what that returned.

        A purchase that waits for its turn looks often, and says nothing meanwhile.
        """
        if isinstance(step, Send):
            log.debug("%s: sending %s", self.label, step.request.endpoint)
        elif isinstance(step, StoreStep):
            log.debug("%s: asking the store (%s)", self.label, step.op)
        elif isinstance(step, Probe):
            log.debug("%s: probing %d VPS", self.label, len(step.targets))
        elif step.reason == "turn":
            _end_turns_of_closed_loops()
            # Where it is, the next step says so.
            _nested.refuse(self)
        else:
            log.debug("%s: waiting %.1f s (%s)", self.label, step.delay_ms / 1000, step.reason)
        if step.progress is None:
            return None
        self.observe_progress(step.progress)
        return None if self.on_progress is None else self.on_progress(step.progress)

    def has_told(self, step: Wanted) -> bool:
        """Whether a function of the caller's was called with the step's progress."""
        is_heard = self.on_progress is not None or self.hook is not None
        return is_heard and step.progress is not None

    def reported(self, step: Wanted) -> None:
        """Passes the turn on once a progress was reported that names the VPS."""
        if step.progress is None:
            return
        if self._has_turn and not step.progress.exclusive:
            self.machine.end_turn()
        self._has_turn = step.progress.exclusive

    def begins_in(self, loop: AbstractEventLoop) -> None:
        """Notes the event loop that a purchase runs in."""
        self.loop = loop
        _in_loops.add(ref(self, _in_loops.discard))
        _end_turns_of_closed_loops()
        _loops.add(ref(loop, _loops.discard))

    def closed(self, now_ms: int) -> _errors.StableVPSError:
        """The error of what was under way when its client was closed."""
        return _errors.from_json(self.machine.close(now_ms))

    def token(self) -> str | None:
        """From where a purchase can be taken up again, if there is something to take up."""
        return self.machine.snapshot(self.now_ms())

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


_in_loops: set[ref[Call[Any]]] = set()
"""Purchases in event loops. Every change is one call of a C function: a signal may come between."""


_loops: set[ref[AbstractEventLoop]] = set()
"""The event loops of purchases, until one that is closed is noticed."""


def _end_turns_of_closed_loops() -> None:
    for place in _loops.copy():
        loop = place()
        if loop is not None and loop.is_closed():
            for purchase in _in_loops.copy():
                call = purchase()
                if call is not None and call.loop is loop:
                    call.machine.end_turn()
            _loops.discard(place)
