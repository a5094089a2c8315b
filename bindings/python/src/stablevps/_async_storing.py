"""How an asynchronous client has its store carry operations out."""

from __future__ import annotations

import contextvars
import inspect
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias

from ._arguments import store
from ._machine import Call, log
from .stores import AsyncStore, Store, StoreOperation

AnyStore: TypeAlias = "Store | AsyncStore"

MOST_THREADS = 8

PARTING = 2.0
"""How many seconds an operation may take by which a purchase lets go what it holds."""


class AsyncStoring:
    """A client's store. One that blocks runs in threads, off the event loop."""

    def __init__(self, given: AnyStore) -> None:
        self._store: Any = store(given)
        self._threads: ThreadPoolExecutor | None = None
        self._process = os.getpid()
        self._is_closed = False

    async def carry_out(self, operation: StoreOperation) -> object:
        """Carries an operation out. Where this is cancelled, it may be carried out all the same."""
        if inspect.iscoroutinefunction(self._store.carry_out):
            return await self._store.carry_out(operation)
        import asyncio

        context = contextvars.copy_context()
        work = partial(context.run, self._store.carry_out, operation)
        answer: Any = await asyncio.get_running_loop().run_in_executor(self._executor(), work)
        return await answer if inspect.isawaitable(answer) else answer

    async def let_go(self, call: Call[Any]) -> None:
        """Tells the store that nobody drives a purchase any more, as far as it answers soon."""
        import asyncio

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
