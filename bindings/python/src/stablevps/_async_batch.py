"""Orders that are bought together, in an event loop, in a task each."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from ._async_purchase import AsyncPurchase
from ._machine import read_batch_progress
from ._models import BatchProgress, Progress
from ._orders import NO_MORE, BatchOrder, BatchResult, Taken, checked_order
from ._report import StableVPSError

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._async_client import AsyncClient
    from ._native.stablevps_ffi import Batch

__all__ = ["AsyncPurchaseBatch"]

AnyOrders: TypeAlias = Iterable[BatchOrder] | AsyncIterable[BatchOrder]
OnBatchProgress: TypeAlias = Callable[[BatchProgress], Awaitable[None] | None]


class UnderWay:
    """What a batch and its tasks share. No task refers to the batch: who drops it ends it."""

    closing = None
    """A task is ended by cancelling it."""

    def __init__(
        self, client: AsyncClient, native: Batch, request: Callable[[BatchOrder], Any]
    ) -> None:
        self.client = client
        self.native = native
        self.request = request
        self.is_closed = False
        self.purchases: dict[int, AsyncPurchase] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.ended: deque[BatchResult] = deque()
        self.raised: deque[BaseException] = deque()
        self.has_news = False
        self._changed: asyncio.Future[None] | None = None

    def begin(self, taken: Taken) -> None:
        """Begins to buy one, in a task of its own."""
        task = asyncio.get_running_loop().create_task(self._buy(taken))
        self.tasks[taken.index] = task

    async def _buy(self, taken: Taken) -> None:
        index, order = taken.index, taken.order
        try:
            request, tell = self.request(order), self._telling(order)
            purchase = self.client._purchase("vps.provision_many", request, tell, self)
            self.purchases[index] = purchase
            bought = await purchase
            self.ended.append(BatchResult(index=index, order=order, result=bought))
        except StableVPSError as error:
            self.ended.append(BatchResult(index=index, order=order, error=error))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            # Raised in the task that asks, as a SystemExit of the caller's must end that one.
            self.raised.append(error)
        finally:
            self.tasks.pop(index, None)
            self.wake()

    def _telling(self, order: BatchOrder) -> Callable[[Progress], Any]:
        def tell(progress: Progress) -> Any:
            self.has_news = True
            self.wake()
            return None if order.on_progress is None else order.on_progress(progress)

        return tell

    def wake(self) -> None:
        """Whoever waits looks again."""
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    def taken(self, taking: object) -> None:
        """The next order is there, or that there is none."""
        self.wake()

    async def change(self) -> None:
        """Waits until something changes."""
        self._changed = asyncio.get_running_loop().create_future()
        try:
            await self._changed
        finally:
            self._changed = None

    def close(self) -> None:
        """Cancels the tasks."""
        self.is_closed = True
        for task in list(self.tasks.values()):
            task.cancel()
        self.wake()


class AsyncPurchaseBatch(AsyncIterator[BatchResult]):
    """Orders that are bought together: an asynchronous iterator of what became of each.

    Orders are taken while it is asked for the next result, at most ``at_once`` at a time, and one
    that fails ends no other. Each is bought in a task.

    Leave the loop early, and the waiting ends: :meth:`aclose` does that, the end of an
    ``async with``, and dropping the batch. Then ``tokens`` has where each purchase goes on whose
    result was not given, and the results that were there already are still given. Asking for the
    next result may be cancelled: the purchases go on, and no result is lost.

    An exception of the iterable of orders, or of an order's ``on_progress``, is raised as it is;
    asked again, the batch goes on.
    """

    def __init__(
        self,
        client: AsyncClient,
        orders: AnyOrders,
        request: Callable[[BatchOrder], Any],
        options: dict[str, Any],
        on_progress: OnBatchProgress | None,
    ) -> None:
        self._under_way = UnderWay(client, client._session.batch(options), request)
        self._orders: Any = aiter(orders) if isinstance(orders, AsyncIterable) else iter(orders)
        self._on_progress = on_progress
        self._at_once: int = self._under_way.native.at_once()
        self._taking: asyncio.Task[object] | None = None
        self._taken = 0
        self._has_more = True
        self._is_asked = False

    @property
    def progress(self) -> BatchProgress:
        """How far all of them are."""
        under_way = self._under_way
        now_ms = under_way.client._clock.monotonic_ms()
        return read_batch_progress(under_way.native.progress(now_ms))

    @property
    def tokens(self) -> list[str]:
        """From where ``client.vps.resume`` continues, of each purchase whose result was not given:
        of what was ordered or may be, and of what became ready meanwhile."""
        tokens = [purchase.token for purchase in list(self._under_way.purchases.values())]
        return [token for token in tokens if token is not None]

    async def aclose(self) -> None:
        """Ends the waiting, and takes no further order. What was ordered stays ordered."""
        self._has_more = False
        tasks: list[asyncio.Task[Any]] = list(self._under_way.tasks.values())
        if self._taking is not None:
            self._taking.cancel()
            tasks.append(self._taking)
        self._under_way.close()
        # An order's own on_progress may close the batch.
        others = [task for task in tasks if task is not asyncio.current_task()]
        await asyncio.gather(*others, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        under_way = getattr(self, "_under_way", None)
        if under_way is None or under_way.is_closed:
            return
        tasks: list[asyncio.Task[Any]] = list(under_way.tasks.values())
        if self._taking is not None:
            tasks.append(self._taking)
        under_way.is_closed = True
        for task in tasks:
            loop = task.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> BatchResult:
        if self._is_asked:
            raise RuntimeError("the batch is asked for its next result already")
        self._is_asked = True
        try:
            return await self._next()
        finally:
            self._is_asked = False

    async def _next(self) -> BatchResult:
        under_way = self._under_way
        while True:
            if under_way.has_news:
                under_way.has_news = False
                await self._report()
            if under_way.raised:
                raise under_way.raised.popleft()
            if under_way.ended:
                end = under_way.ended.popleft()
                under_way.purchases.pop(end.index, None)
                return end
            if under_way.is_closed:
                raise StopAsyncIteration
            self._take()
            if not under_way.tasks and self._taking is None and not self._may_take():
                raise StopAsyncIteration
            if not (under_way.ended or under_way.raised or under_way.has_news):
                await under_way.change()

    def _may_take(self) -> bool:
        return self._has_more and len(self._under_way.tasks) < self._at_once

    def _take(self) -> None:
        """Takes orders, as long as more may be under way."""
        while self._taking is None and self._may_take():
            if isinstance(self._orders, AsyncIterator):
                self._taking = asyncio.get_running_loop().create_task(_next_of(self._orders))
                self._taking.add_done_callback(self._under_way.taken)
            else:
                self._begin(next(self._orders, NO_MORE))
        if self._taking is not None and self._taking.done():
            taking, self._taking = self._taking, None
            self._begin(taking.result())
            self._take()

    def _begin(self, order: object) -> None:
        if order is NO_MORE:
            self._has_more = False
            return
        taken = Taken(self._taken, checked_order(order))
        self._taken += 1
        self._under_way.begin(taken)

    async def _report(self) -> None:
        if self._on_progress is None:
            return
        answer: Any = self._on_progress(self.progress)
        if hasattr(answer, "__await__"):
            await answer

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._taken} orders taken>"


async def _next_of(orders: AsyncIterator[object]) -> object:
    async for order in orders:
        return order
    return NO_MORE
