"""How a client has its store carry operations out."""

from __future__ import annotations

import inspect
from typing import Any, TypeAlias

from ._arguments import store
from .stores import Store, StoreOperation

AnyStore: TypeAlias = Store

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

    def close(self) -> None:
        """Has nothing to release: the store is the caller's."""
