"""Stores that fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stablevps.stores import StoreFailure, StoreOperation


class Killed(BaseException):
    """The process dies here, as far as its store can tell."""


class Flaky:
    """A store whose operation of a number goes wrong in one way.

    ``before``: it is not carried out. ``lost``: it is carried out, and its answer is lost. ``killed
    before`` and ``killed after``: so dies the process.
    """

    def __init__(self, store: Any, way: str = "", number: int | None = None) -> None:
        self._store = store
        self._way = way
        self._number = number
        self.is_down: Callable[[], bool] = lambda: False
        self.operations: list[StoreOperation] = []

    def carry_out(self, operation: StoreOperation) -> str:
        number = len(self.operations)
        self.operations.append(operation)
        way = self._way if number == self._number else ""
        if way == "before" or self.is_down():
            raise StoreFailure("the database is down")
        if way == "killed before":
            raise Killed
        answer: str = self._store.carry_out(operation)
        if way == "lost":
            raise StoreFailure("the database went away")
        if way == "killed after":
            raise Killed
        return answer
