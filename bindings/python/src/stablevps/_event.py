"""What all events have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from . import _errors
from ._report import StableVPSError, opaque, seconds
from ._values import Model


class Event(Model, frozen=True, kw_only=True):
    """Something that a watch tells. It holds no key and no password."""

    name: ClassVar[str]
    """What it is, the same in every language, such as ``reboot_sent``."""

    at: datetime
    """When, by the service's clock as far as its replies showed it."""

    def to_dict(self, *, reveal: bool = False) -> dict[str, Any]:
        """The event as plain data that ``json.dumps`` takes, its name under ``event``."""
        return {"event": self.name, **super().to_dict(reveal=reveal)}


def built(kind: Any, document: dict[str, Any]) -> Any:
    """The event that a document of the core describes, with its spans in seconds."""
    fields = {}
    for name, value in document.items():
        if name.endswith("Ms"):
            fields[name.removesuffix("Ms")] = seconds(value)
        elif name != "event":
            fields[name] = value
    return msgspec.convert(fields, kind, dec_hook=_value)


def _value(kind: type, document: Any) -> Any:
    if kind is StableVPSError:
        return _errors.from_report(document)
    return opaque(kind, document)
