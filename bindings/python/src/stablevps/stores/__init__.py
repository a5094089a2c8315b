"""Where purchases are recorded, so that an order of yours buys one VPS, however often it is made.

>>> import stablevps
>>> from stablevps.stores import SqliteStore
>>> store = SqliteStore(":memory:")  # a file, in a program of yours
>>> with stablevps.Client.simulated(store=store) as client:
...     order = dict(plan_id="basic", billing_cycle="monthly", location="tokyo")
...     first = client.vps.provision(**order, idempotency_key="order-4711")
...     second = client.vps.provision(**order, idempotency_key="order-4711")
...     first.vps.id == second.vps.id, client.simulator.state()["orders_placed"]
(True, 1)

- :class:`SqliteStore`, for the processes of one machine: needs nothing else.
- :class:`PostgresStore`, for the processes of many machines: needs ``stablevps[postgres]``.
- :class:`AsyncPostgresStore`: the same in an event loop.

An :class:`~stablevps.AsyncClient` takes any of them. Those that block run in threads of the client.

A store of your own has one method, :meth:`Store.carry_out`. With SQLite, an operation is a list of
statements in :func:`sql`, each of which takes the document as its only parameter. One of them gives
the answer. With PostgreSQL, it is one statement:

>>> import sqlite3
>>> from stablevps.stores import StoreOperation, sql
>>> class MyStore:
...     def __init__(self) -> None:
...         self.db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
...         self.db.executescript(sql().sqlite_schema)
...
...     def carry_out(self, operation: StoreOperation) -> str:
...         self.db.execute("BEGIN IMMEDIATE")
...         with self.db:  # commits, or rolls back
...             answer = ""
...             for statement in sql().sqlite_operations[operation.op]:
...                 for row in self.db.execute(statement, (operation.document,)):
...                     answer = row[0]
...             return answer
>>> with stablevps.Client.simulated(store=MyStore()) as client:
...     bought = client.vps.provision(**order, idempotency_key="order-4711")
...     [record.state for record in client.purchases.list()]
[PurchaseState.READY]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._contract import AsyncStore, Store, StoreFailure, StoreOperation
from ._sql import StoreSql, sql

if TYPE_CHECKING:
    from ._async_postgres import AsyncPostgresStore
    from ._postgres import PostgresStore
    from ._sqlite import SqliteStore

__all__ = [
    "AsyncPostgresStore",
    "AsyncStore",
    "PostgresStore",
    "SqliteStore",
    "Store",
    "StoreFailure",
    "StoreOperation",
    "StoreSql",
    "sql",
]

# Drivers are loaded when their store is first used.
_LAZY = {
    "AsyncPostgresStore": "_async_postgres",
    "PostgresStore": "_postgres",
    "SqliteStore": "_sqlite",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
