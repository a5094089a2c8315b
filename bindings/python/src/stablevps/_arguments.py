"""Arguments as the core takes them. Types are checked here, and everything else in the core."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

from ._core import invalid_input
from ._values import Secret, hidden

KEY_VARIABLE = "STABLEVPS_API_KEY"

LARGEST = 2**63 - 1
LONGEST = 10**15
"""In seconds. The core refuses what is as large or as long as these two, but it can read them."""


def text(field: str, value: object) -> str:
    """An argument that must be a string. A ``ServerId`` is none, and refused."""
    if not isinstance(value, str):
        raise invalid_input(field, f"must be a string, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError:
        # Not chained: that error holds the text, which may be a secret.
        raise invalid_input(field, "must not contain lone surrogates") from None
    return str(value)


def secret(field: str, value: Secret) -> Secret:
    """A checked ``Secret``: local variables show up in error reports."""
    if not isinstance(value.reveal(), str):
        raise invalid_input(field, f"must be a string, not {type(value.reveal()).__name__}")
    try:
        value.reveal().encode()
    except UnicodeEncodeError:
        # Not raised here: that error holds the text.
        is_text = False
    else:
        is_text = True
    if not is_text:
        raise invalid_input(field, "must not contain lone surrogates")
    return Secret(str(value.reveal()))


def api_key(value: Secret | None) -> Secret | None:
    """The key of the argument, or else of the environment, without a line break at its end."""
    if value is None and KEY_VARIABLE in os.environ:
        value = hidden(os.environ[KEY_VARIABLE])
    if value is None:
        return None
    return Secret(secret("api_key", value).reveal().strip())


def whole(field: str, value: int) -> int:
    """An integer. What is too large for 64 bits stays too large for the core."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid_input(field, "must be a whole number")
    return max(-LARGEST, min(LARGEST, value))


def flag(field: str, value: bool) -> bool:
    """True or False, and nothing that passes for one of them."""
    if not isinstance(value, bool):
        raise invalid_input(field, "must be True or False")
    return value


def amount(field: str, value: Decimal | str | int) -> str:
    """Money as text. Binary floating point is refused: it is not exact."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, str, int)):
        raise invalid_input(field, "must be a Decimal, a string or an int")
    return text(field, str(value))


def milliseconds(field: str, seconds: float) -> int:
    """Seconds as whole milliseconds. Only zero becomes zero; what is too long stays too long."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise invalid_input(field, "must be a number of seconds")
    if seconds != seconds:
        raise invalid_input(field, "must be finite, and less than a billion seconds")
    span = round(max(-LONGEST, min(LONGEST, seconds)) * 1000)
    if span == 0 and seconds != 0:
        return 1 if seconds > 0 else -1
    return span


def seed(value: int) -> int:
    """The number that makes jitter repeatable."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**64:
        raise invalid_input("random_seed", "must be a whole number from 0 to 2^64 - 1")
    return value


def call_options(timeout: float | None, deadline: float | None) -> dict[str, int]:
    """How long one call may take."""
    options = {}
    if timeout is not None:
        options["timeoutMs"] = milliseconds("timeout", timeout)
    if deadline is not None:
        options["deadlineMs"] = milliseconds("deadline", deadline)
    return options


def without_none(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value. The core has defaults for the others."""
    return {name: value for name, value in fields.items() if value is not None}


def store(value: Any) -> Any:
    """A store, or anything that has a store's method."""
    if isinstance(value, type) or not callable(getattr(value, "carry_out", None)):
        raise invalid_input("store", "must have the method carry_out, as a SqliteStore has")
    return value
