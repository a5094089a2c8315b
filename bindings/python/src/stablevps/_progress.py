"""How a purchase's progress is passed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._machine import Call, Wanted
from ._models import Progress
from ._nested import Telling

OnProgress = Callable[[Progress], None]
"""Called with a purchase's progress."""

WORDS = "on_progress must not be asynchronous: only an AsyncClient awaits it"


def check(on_progress: OnProgress | None) -> None:
    """Refuses a function that would have to be awaited."""
    if on_progress is None:
        return
    import inspect

    called = getattr(on_progress, "__call__", None)  # noqa: B004
    if inspect.iscoroutinefunction(on_progress) or inspect.iscoroutinefunction(called):
        raise TypeError(WORDS)


def tell(call: Call[Any], step: Wanted) -> None:
    """Logs a step, and passes the progress on, before the step is carried out."""
    with Telling(call):
        answer: Any = call.report(step)
    if hasattr(answer, "__await__"):
        if hasattr(answer, "close"):
            answer.close()
        raise TypeError(WORDS)
