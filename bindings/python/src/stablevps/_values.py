"""Values that need more than Python's own types: open enumerations, secrets and provider ids."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from msgspec import Struct, json

__all__ = ["OpenEnum", "Secret", "ServerId"]


class Model(Struct, frozen=True):
    """The base of everything the service answers: immutable, compared by value, hashable."""

    def to_dict(self, *, reveal: bool = False) -> dict[str, Any]:
        """The model as plain data that ``json.dumps`` takes: by the attributes' names.

        Amounts are decimal texts, times ISO 8601 texts with their offset. Secrets are ``"***"``.

        :param reveal: gives secrets in the clear.
        """
        names = [name.lstrip("_") for name in self.__struct_fields__]
        return {name: _plain(getattr(self, name), reveal) for name in names}

    def to_json(self, *, reveal: bool = False) -> str:
        """The same as one JSON text."""
        return json.encode(self.to_dict(reveal=reveal)).decode()

    def __repr__(self) -> str:
        names = [name.lstrip("_") for name in self.__struct_fields__]
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}({shown})"


def _plain(value: Any, reveal: bool) -> Any:
    if isinstance(value, Model):
        return value.to_dict(reveal=reveal)
    if isinstance(value, (list, tuple)):
        return [_plain(item, reveal) for item in value]
    if isinstance(value, Secret):
        return value.reveal() if reveal else str(value)
    if isinstance(value, OpenEnum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (Decimal, ServerId)):
        return str(value)
    if isinstance(value, Exception):
        return value.to_dict()  # type: ignore[attr-defined]
    return value


class OpenEnum(str, Enum):
    """An enumeration that keeps a value it does not know.

    Members are strings: ``VpsStatus.ACTIVE == "active"``. A value newer than this package is kept
    verbatim: ``VpsStatus("paused").value == "paused"``, with ``is_known`` false.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = "UNKNOWN"
        unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether this version of the package knows the value."""
        return self._value_ in type(self)._value2member_map_

    def __str__(self) -> str:
        return str(self._value_)

    def __repr__(self) -> str:
        if self.is_known:
            return f"{type(self).__name__}.{self._name_}"
        return f"{type(self).__name__}({self._value_!r})"

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return (type(self), (self._value_,))

    __hash__ = str.__hash__


class Secret:
    """A text that no repr, log or traceback shows. :meth:`reveal` gives it.

    >>> from stablevps import Secret
    >>> Secret("hunter2")
    Secret('***')
    >>> Secret("hunter2").reveal()
    'hunter2'
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text itself."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.__text == other.__text

    def __hash__(self) -> int:
        return hash(("Secret", self.__text))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> Any:
        raise TypeError("a Secret is not pickled: reveal() it where it must be stored")


def hidden(text: str | Secret) -> Secret:
    """A secret as the caller gave it, unchecked, out of the sight of what shows variables."""
    return text if isinstance(text, Secret) else Secret(text)


class HiddenText(str):
    """A text that is a plain string in every way but that its repr does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __getitem__(self, key: Any) -> str:
        # What shows variables shortens their text first.
        return HiddenText(super().__getitem__(key))


class HiddenBytes(bytes):
    """Bytes that are plain in every way but that their repr does not show them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'***'"

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        return HiddenBytes(part) if isinstance(part, bytes) else part


class Document:
    """What the core says, as JSON: with keys and passwords in it, and out of sight."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "Document('***')"


class ServerId:
    """A VPS's id at the provider behind the service, such as ``zomro-67890``.

    It is not a string, so that it can't be passed where a VPS's own id belongs. ``str()`` gives it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"ServerId({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ServerId) and self._text == other._text

    def __hash__(self) -> int:
        return hash(("ServerId", self._text))
