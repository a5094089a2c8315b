"""How a purchase's progress is passed on in an event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ._machine import Call, Wanted
from ._models import Progress
from ._nested import Telling

OnProgress = Callable[[Progress], Awaitable[None] | None]
"""Called with a purchase's progress, and awaited where it is asynchronous."""


def check(on_progress: OnProgress | None) -> None:
    """Refuses nothing: every function can be called, or awaited as well."""


async def tell(call: Call[Any], step: Wanted) -> None:
    """Logs a step, and passes the progress on, before the step is carried out."""
    with Telling(call):
        answer: Any = call.report(step)
        if hasattr(answer, "__await__"):
            await answer
