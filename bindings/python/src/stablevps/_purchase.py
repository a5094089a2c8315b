"""A purchase in the calling thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ._machine import Call
from ._models import Provisioned

Began: TypeAlias = Callable[[Call[Provisioned]], None]


def purchase(run: Callable[[Began], Provisioned]) -> Provisioned:
    """Runs it to its end."""
    return run(lambda call: None)
