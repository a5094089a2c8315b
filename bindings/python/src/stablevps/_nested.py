"""Purchases that are begun within the ``on_progress`` of another.

A purchase has its account's turn while it orders, and waits for its ``on_progress``. A second one
of the account that is run in there could only wait for its deadline: it is refused. In an event
loop that is known of the task that runs ``on_progress``, not of others for which it waits.
"""

from __future__ import annotations

import sys
from threading import get_ident
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._machine import Call

_telling: set[tuple[object, Call[Any]]] = set()
"""The purchases whose ``on_progress`` runs, each with its place. Every change is one call of a C
function: a signal may come between."""


class Telling:
    """Within it, a purchase's ``on_progress`` runs."""

    __slots__ = ("_entry",)

    def __init__(self, call: Call[Any]) -> None:
        self._entry = (_here(), call)

    def __enter__(self) -> None:
        _telling.add(self._entry)

    def __exit__(self, *error: object) -> None:
        _telling.discard(self._entry)


def refuse(call: Call[Any]) -> None:
    """Ends a purchase that waits for the turn of one in whose ``on_progress`` it runs."""
    here = _here()
    for place, caller in _telling.copy():
        if place == here:
            call.machine.refuse_within(caller.machine, call.now_ms())


def _here() -> object:
    """The task, or the thread where none runs."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None:
        try:
            task = asyncio.current_task()
        except RuntimeError:
            task = None
        if task is not None:
            return task
    return get_ident()
