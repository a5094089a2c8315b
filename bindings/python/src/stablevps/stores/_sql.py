"""The SQL of the stores, which the core has."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct, json


class StoreSql(Struct, frozen=True, rename="camel"):
    """What stores in databases run. Every language runs the same."""

    version: int
    """The version of the tables. A database of a newer one is not to be touched."""
    read_version: str
    """Gives the version of a database's tables."""
    sqlite_schema: str
    """Makes the tables in SQLite, where there are none. It runs in ``BEGIN IMMEDIATE``."""
    sqlite_operations: dict[str, tuple[str, ...]]
    """The statements of each operation for SQLite 3.38 or later. They run in one transaction that
    begins with ``BEGIN IMMEDIATE``; one of them gives a row of one column, which is the answer. The
    database must keep what it says that it keeps: ``PRAGMA synchronous = FULL``."""
    postgres_schema: str
    """Makes the tables in PostgreSQL, where there are none."""
    postgres_statement: str
    """Any operation for PostgreSQL 12 or later, with the parameter ``$1``: it gives a row of one
    column, which is the answer."""


# When this is imported, in one thread: see `_machine.py`.
_read = json.Decoder(StoreSql).decode


@lru_cache(maxsize=1)
def sql() -> StoreSql:
    """The SQL of the stores: for connections and pools of your own."""
    from .._native import stablevps_ffi

    return _read(stablevps_ffi.store_sql())
