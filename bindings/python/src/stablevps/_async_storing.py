"""How an asynchronous client has its store carry operations out."""

from __future__ import annotations

import contextvars
import inspect
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakSet

from ._arguments import store
from ._machine import Call, log
from .stores import AsyncStore, Store, StoreOperation

if TYPE_CHECKING:
    import asyncio

AnyStore: TypeAlias = "Store | AsyncStore"

MOST_THREADS = 8

PARTING = 2.0
"""How many seconds an operation may take by which a purchase lets go, or that is under way then."""


class AsyncStoring:
    """A client's store. One that blocks runs in threads, off the event loop."""

    def __init__(self, given: AnyStore) -> None:
        self._store: Any = store(given)
        self._threads: ThreadPoolExecutor | None = None
        self._unanswered: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._process = os.getpid()
        self._is_closed = False

    async def carry_out(self, operation: StoreOperation) -> object:
        """Carries an operation out.

        Where this is cancelled, it waits for the answer all the same, as long as :data:`PARTING`
        says: what is written late would undo what :meth:`let_go` writes after it.
        """
        import asyncio

        work = asyncio.ensure_future(self._answer(operation))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            work.add_done_callback(_heard)
            if not work.done():
                await asyncio.wait([work], timeout=PARTING)
            raise
        finally:
            if not work.done():
                work.cancel()
                task = asyncio.current_task()
                if task is not None:
                    self._unanswered.add(task)

    async def _answer(self, operation: StoreOperation) -> object:
        if inspect.iscoroutinefunction(self._store.carry_out):
            return await self._store.carry_out(operation)
        import asyncio

        context = contextvars.copy_context()
        work = partial(context.run, self._store.carry_out, operation)
        answer: Any = await asyncio.get_running_loop().run_in_executor(self._executor(), work)
        return await answer if inspect.isawaitable(answer) else answer

    async def let_go(self, call: Call[Any]) -> None:
        """Tells the store that nobody drives a purchase any more, as far as it answers soon.

        A store that has not answered an operation of this task's is told nothing: the lease ends by
        itself.
        """
        import asyncio

        task = asyncio.current_task()
        if task is not None and task in self._unanswered:
            self._unanswered.discard(task)
            return
        try:
            while (step := call.letting_go()) is not None:
                work = self.carry_out(step.operation())
                answer = await asyncio.wait_for(work, PARTING)
                call.stored(step, answer, call.now_ms())
        except (Exception, asyncio.CancelledError) as error:
            # The lease ends by itself. What ended the purchase is what its caller has to know.
            log.debug("%s: the store was not told (%s)", call.label, type(error).__name__)
        finally:
            if self._is_closed:
                self.close()

    def close(self) -> None:
        """Lets the threads end."""
        self._is_closed = True
        threads, self._threads = self._threads, None
        if threads is not None and self._process == os.getpid():
            threads.shutdown(wait=False)

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None or self._process != os.getpid():
            # A forked child has none of its parent's threads.
            self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="stablevps-store")
            self._process = os.getpid()
        return self._threads


def _heard(work: asyncio.Task[Any]) -> None:
    """Nobody waits for it any more: its failure is no one's to report."""
    if not work.cancelled():
        work.exception()
