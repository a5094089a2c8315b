"""Orders that are bought together, in a thread each."""

from __future__ import annotations

import contextvars
import inspect
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from ._closing import Closing
from ._models import BatchProgress, Progress, Provisioned
from ._orders import NO_MORE, BatchOrder, BatchResult, Taken, checked_order
from ._report import StableVPSError, opaque

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._client import Client
    from ._machine import Call
    from ._native.stablevps_ffi import Batch

__all__ = ["PurchaseBatch"]

AnyOrders: TypeAlias = Iterable[BatchOrder]
OnBatchProgress: TypeAlias = Callable[[BatchProgress], None]

ENDING = 2.0
"""How many seconds a batch that is closed waits for its threads. They end by themselves as well."""
SLICE = 0.05 if os.name == "nt" else None
"""On Windows, Ctrl-C does not end the wait for a queue."""

_progress = msgspec.json.Decoder(BatchProgress, dec_hook=opaque).decode

End: TypeAlias = tuple[int, BatchResult | BaseException]


class UnderWay:
    """What a batch and its threads share. No thread refers to the batch: who drops it ends it."""

    def __init__(self, client: Client, native: Batch, request: Callable[[BatchOrder], Any]) -> None:
        self.client = client
        self.native = native
        self.request = request
        self.closing = Closing()
        self.ends: SimpleQueue[End | None] = SimpleQueue()
        self.calls: dict[int, Call[Provisioned]] = {}
        self._has_news = False

    def run(self, taken: Taken, begun: Callable[[], None]) -> None:
        """Buys one, in a thread of its own."""
        index, order = taken.index, taken.order

        def began(call: Call[Provisioned]) -> None:
            self.calls[index] = call
            begun()

        try:
            result = self.client._run(
                "vps.provision_many",
                self.request(order),
                self._telling(order),
                began,
                self,
            )
            end: BatchResult | BaseException = BatchResult(index=index, order=order, result=result)
        except StableVPSError as error:
            end = error
            if not self._was_ended(index):
                end = BatchResult(index=index, order=order, error=error)
        except BaseException as error:
            end = error
        begun()
        self.ends.put((index, end))

    def _was_ended(self, index: int) -> bool:
        """Whether a purchase was left because the batch was closed: its token stays."""
        call = self.calls.get(index)
        return self.closing.is_closed and call is not None and not call.is_over

    def _telling(self, order: BatchOrder) -> Callable[[Progress], Any]:
        def tell(progress: Progress) -> Any:
            if not self._has_news:
                self._has_news = True
                self.ends.put(None)
            return None if order.on_progress is None else order.on_progress(progress)

        return tell

    def take_news(self) -> None:
        """The progress was told."""
        self._has_news = False


class PurchaseBatch(Iterator[BatchResult]):
    """Orders that are bought together: an iterator of what became of each.

    Orders are taken while it is asked for the next result, at most ``at_once`` at a time, and one
    that fails ends no other. Each is bought in a thread.

    Leave the loop early, and the waiting ends: :meth:`close` does that, the end of a ``with``, and
    dropping the batch. Then ``tokens`` has where each purchase goes on whose result was not given,
    and the results that were there already are still given. Ctrl-C while it waits ends it as well,
    and the ``KeyboardInterrupt`` has the ``tokens``.

    An exception of the iterable of orders, or of an order's ``on_progress``, is raised as it is;
    asked again, the batch goes on.
    """

    def __init__(
        self,
        client: Client,
        orders: AnyOrders,
        request: Callable[[BatchOrder], Any],
        options: dict[str, Any],
        on_progress: OnBatchProgress | None,
    ) -> None:
        called = getattr(on_progress, "__call__", None)  # noqa: B004
        if inspect.iscoroutinefunction(on_progress) or inspect.iscoroutinefunction(called):
            raise TypeError("on_progress must not be asynchronous: only an AsyncClient awaits it")
        self._under_way = UnderWay(client, client._session.batch(options), request)
        self._orders = iter(orders)
        self._on_progress = on_progress
        self._at_once: int = self._under_way.native.at_once()
        self._threads: dict[int, threading.Thread] = {}
        self._ended: deque[BatchResult] = deque()
        self._kept: Taken | None = None
        """An order for which there was no thread."""
        self._taken = 0
        self._has_more = True
        self._is_asked = False

    @property
    def progress(self) -> BatchProgress:
        """How far all of them are."""
        under_way = self._under_way
        return _progress(under_way.native.progress(under_way.client._clock.monotonic_ms()))

    @property
    def tokens(self) -> list[str]:
        """From where ``client.vps.resume`` continues, of each purchase whose result was not given:
        of what was ordered or may be, and of what became ready meanwhile."""
        calls = list(self._under_way.calls.values())
        tokens = [call.token() for call in calls]
        return [token for token in tokens if token is not None]

    def close(self) -> None:
        """Ends the waiting, and takes no further order. What was ordered stays ordered."""
        self._has_more = False
        self._under_way.closing.close()
        until = time.monotonic() + ENDING
        for thread in list(self._threads.values()):
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        under_way = getattr(self, "_under_way", None)
        if under_way is not None:
            under_way.closing.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> BatchResult:
        if self._is_asked:
            raise RuntimeError("the batch is asked for its next result already")
        self._is_asked = True
        try:
            return self._next()
        except (KeyboardInterrupt, SystemExit) as ending:
            self.close()
            ending.tokens = self.tokens  # type: ignore[union-attr]
            raise
        finally:
            self._is_asked = False

    def _next(self) -> BatchResult:
        while True:
            self._receive(is_waiting=False)
            if self._ended:
                end = self._ended.popleft()
                self._under_way.calls.pop(end.index, None)
                return end
            context = contextvars.copy_context()
            with self._under_way.client._activity():
                # A result that is there is not held back by orders that are slow to come.
                while not self._ended and self._begin_one(context):
                    self._receive(is_waiting=False)
            if self._ended:
                continue
            if not self._threads or self._under_way.closing.is_closed:
                raise StopIteration
            self._receive(is_waiting=True)

    def _begin_one(self, context: contextvars.Context) -> bool:
        """Takes an order, where one more may be under way."""
        if len(self._threads) >= self._at_once or not (self._has_more or self._kept):
            return False
        taken, self._kept = self._kept, None
        if taken is None:
            order: object = next(self._orders, NO_MORE)
            if order is NO_MORE:
                self._has_more = False
                return False
            taken = Taken(self._taken, checked_order(order))
            self._taken += 1
        thread = threading.Thread(
            target=context.copy().run,
            args=(self._under_way.run, taken, self._under_way.client._promise()),
            name=f"stablevps-order-{taken.index}",
            daemon=True,
        )
        try:
            thread.start()
        except RuntimeError:
            # There is no thread left: those that are under way must do.
            self._kept = taken
            if not self._threads:
                raise
            self._at_once = len(self._threads)
            return False
        self._threads[taken.index] = thread
        return True

    def _receive(self, *, is_waiting: bool) -> None:
        """Takes what the threads say, and waits for something where that is asked for."""
        has_news = False
        while True:
            try:
                said = self._under_way.ends.get(is_waiting, SLICE)
            except Empty:
                if is_waiting:
                    continue
                break
            is_waiting = False
            if said is None:
                has_news = True
                continue
            index, end = said
            self._note_end(index, end)
        if has_news:
            self._under_way.take_news()
            if self._on_progress is not None:
                self._on_progress(self.progress)

    def _note_end(self, index: int, end: BatchResult | BaseException) -> None:
        thread = self._threads.pop(index, None)
        if thread is not None:
            # It has nothing left to do.
            thread.join()
        if isinstance(end, BatchResult):
            self._ended.append(end)
        elif not isinstance(end, StableVPSError):
            raise end

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._taken} orders taken>"
