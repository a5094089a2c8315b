"""How a client has its store carry operations out."""

from __future__ import annotations

import contextvars
import inspect
import threading
from typing import Any, TypeAlias

from ._arguments import store
from ._machine import Call, log
from .stores import Store, StoreOperation

AnyStore: TypeAlias = Store

PARTING = 2.0
"""For how many seconds a purchase that lets go what it holds waits for its store."""

WORDS = "a store must not be asynchronous: only an AsyncClient awaits it"


class Storing:
    """A client's store."""

    def __init__(self, given: AnyStore) -> None:
        self._store: Any = store(given)
        if inspect.iscoroutinefunction(self._store.carry_out):
            raise TypeError(WORDS)

    def carry_out(self, operation: StoreOperation) -> object:
        """Carries an operation out."""
        answer = self._store.carry_out(operation)
        if hasattr(answer, "__await__") and hasattr(answer, "close"):
            answer.close()
        return answer

    def let_go(self, call: Call[Any]) -> None:
        """Tells the store that nobody drives a purchase any more, as far as it answers soon.

        No operation is under way: a signal's exception leaves :mod:`sqlite3` once its statement has
        ended, and psycopg once the server has ended what it cancelled.
        """
        try:
            # A thread of its own: whatever the store waits for, its caller does not.
            teller = threading.Thread(
                target=contextvars.copy_context().run,
                args=(self._tell, call),
                name="stablevps-parting",
                daemon=True,
            )
            teller.start()
            teller.join(PARTING)
        except BaseException as error:
            # Another signal, perhaps. What ended the purchase is what its caller has to know.
            log.debug("%s: the store was not told (%s)", call.label, type(error).__name__)

    def _tell(self, call: Call[Any]) -> None:
        try:
            while (step := call.letting_go()) is not None:
                call.stored(step, self.carry_out(step.operation()), call.now_ms())
        except Exception as error:
            # The lease ends by itself.
            log.debug("%s: the store was not told (%s)", call.label, type(error).__name__)

    def close(self) -> None:
        """Has nothing to release: the store is the caller's."""
