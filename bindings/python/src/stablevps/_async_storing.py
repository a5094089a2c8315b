"""How an asynchronous client has its store carry operations out."""

from __future__ import annotations

import contextvars
import inspect
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias

from ._arguments import store
from .stores import AsyncStore, Store, StoreOperation

AnyStore: TypeAlias = "Store | AsyncStore"

MOST_THREADS = 8


class AsyncStoring:
    """A client's store. One that blocks runs in threads, off the event loop."""

    def __init__(self, given: AnyStore) -> None:
        self._store: Any = store(given)
        self._threads: ThreadPoolExecutor | None = None
        self._process = os.getpid()

    async def carry_out(self, operation: StoreOperation) -> object:
        """Carries an operation out. Where this is cancelled, it may be carried out all the same."""
        if inspect.iscoroutinefunction(self._store.carry_out):
            return await self._store.carry_out(operation)
        import asyncio

        context = contextvars.copy_context()
        work = partial(context.run, self._store.carry_out, operation)
        answer: Any = await asyncio.get_running_loop().run_in_executor(self._executor(), work)
        return await answer if inspect.isawaitable(answer) else answer

    def close(self) -> None:
        """Lets the threads end."""
        if self._threads is not None and self._process == os.getpid():
            self._threads.shutdown(wait=False)

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None or self._process != os.getpid():
            # A forked child has none of its parent's threads.
            self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="stablevps-store")
            self._process = os.getpid()
        return self._threads
