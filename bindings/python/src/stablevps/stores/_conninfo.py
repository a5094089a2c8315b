"""Connection strings, and what of a database's errors is shown."""

from __future__ import annotations

from typing import Any

from .._core import invalid_input
from .._values import HiddenText, Secret

CONNECT_TIMEOUT = 10
"""In seconds. A lease lasts longer."""

UNANSWERED_MS = 20_000
"""How long a server that is gone may leave what was sent to it unanswered."""


def completed(conninfo: Secret) -> dict[str, Any]:
    """The parameters of a connection string, with limits of time where it has none."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        known = conninfo_to_dict(conninfo.reveal())
    except psycopg.Error:
        # Not chained: that error quotes the string.
        known = None
    if known is None:
        raise invalid_input("database", "is no connection string of libpq")
    if "password" in known:
        known["password"] = HiddenText(known["password"])
    limits = {"connect_timeout": CONNECT_TIMEOUT, "tcp_user_timeout": UNANSWERED_MS}
    return {**limits, **known}


def detail(error: Exception) -> str:
    """The database's words. Errors of other kinds than these may quote a connection string."""
    import psycopg

    said: str | None = None
    if isinstance(error, psycopg.Error):
        said = error.diag.message_primary
        if said is None and isinstance(error, psycopg.OperationalError):
            said = str(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
