"""The store in a PostgreSQL database, in an event loop: ``pip install 'stablevps[postgres]'``.

``_postgres.py`` is made of this file by ``cargo xtask generate``.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from .._core import invalid_input
from .._values import Secret, hidden
from ._conninfo import completed, detail
from ._contract import StoreFailure, StoreOperation
from ._refused import newer
from ._sql import sql

try:
    import psycopg
    from psycopg.rows import tuple_row
except ImportError as _missing:
    raise ImportError("this store needs psycopg: pip install 'stablevps[postgres]'") from _missing

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

__all__ = ["AsyncPostgresStore"]

Connection: TypeAlias = "psycopg.AsyncConnection[Any]"
Connect: TypeAlias = Callable[[], Awaitable[Connection]]

MOST_IDLE = 4

_inherited: list[list[Connection]] = []
"""Connections of a parent process. A forked child must not even close them."""


class AsyncPostgresStore:
    """Purchases in a PostgreSQL database, which processes of many machines share.

    The tables are made where there are none; their names begin with ``stablevps_``. Nothing is kept
    in a session, so a pool such as PgBouncer may lend connections by the transaction. The server
    must run with ``synchronous_commit = on``, its default.

    Without a pool, there is a connection for each operation under way, and up to four idle ones.

    :param database: a connection string of libpq, which may be a ``Secret``; a pool, which is
        psycopg_pool's ``AsyncConnectionPool``; or a function that connects, such as
        ``lambda: psycopg.AsyncConnection.connect(...)``. A pool belongs to the process that made
        it; with the other two, a forked child connects anew.
    :raises InvalidInputError: the connection string can't be read.
    """

    def __init__(self, database: str | Secret | Connect | AsyncConnectionPool[Any]) -> None:
        if isinstance(database, str):
            database = hidden(database)
        if isinstance(database, Secret):
            database = _connecting(database)
        self._pool: AsyncConnectionPool[Any] | None = None
        self._connect: Connect | None = None
        if callable(getattr(database, "connection", None)):
            self._pool = database  # type: ignore[assignment]
        elif callable(database):
            self._connect = database
        else:
            raise invalid_input("database", "must be a pool, a function or a connection string")
        self._idle: list[Connection] = []
        self._process = os.getpid()
        self._has_tables = False

    async def carry_out(self, operation: StoreOperation) -> str:
        """Carries an operation out, as of every store."""
        document = operation.document

        async def run(connection: Connection) -> str:
            if not self._has_tables:
                await _prepare(connection)
                self._has_tables = True
            rows = await _execute(connection, _STATEMENT, (document,))
            return str(rows[0][0])

        try:
            return await self._within(run)
        except StoreFailure:
            raise
        except Exception as error:
            failure = StoreFailure(detail(error))
            failure.__cause__ = error
        raise failure

    async def aclose(self) -> None:
        """Closes the idle connections that this store opened, and no pool.

        It opens new ones where it is used again.
        """
        if self._process == os.getpid():
            while self._idle:
                await self._idle.pop().close()

    async def _within(self, run: Callable[[Connection], Awaitable[str]]) -> str:
        if self._pool is not None:
            if self._process != os.getpid():
                raise StoreFailure("the pool belongs to the process that made it")
            async with self._pool.connection() as connection:
                return await run(connection)
        while True:
            connection, is_kept = await self._taken()
            try:
                answer = await run(connection)
            except BaseException as error:
                is_broken = connection.broken
                await connection.close()
                if is_kept and is_broken and isinstance(error, psycopg.OperationalError):
                    # The server ended it while it was idle, and an operation may be repeated.
                    continue
                raise
            break
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            await connection.close()
        return answer

    async def _taken(self) -> tuple[Connection, bool]:
        assert self._connect is not None
        if self._process != os.getpid():
            _inherited.append(self._idle)
            self._idle = []
            self._process = os.getpid()
        try:
            return self._idle.pop(), True
        except IndexError:
            return await self._connect(), False

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


# psycopg has another mark for parameters.
_STATEMENT = sql().postgres_statement.replace("$1", "%s")


def _connecting(conninfo: Secret) -> Connect:
    known = completed(conninfo)

    async def connect() -> Connection:
        try:
            return await psycopg.AsyncConnection.connect(**known, autocommit=True)
        except psycopg.Error as error:
            said = str(error)
        # Not chained: frames of psycopg hold the connection string.
        raise psycopg.OperationalError(said)

    return connect


async def _execute(
    connection: Connection, statement: str, parameters: tuple[str, ...] | None = None
) -> list[Any]:
    """Runs a statement as a transaction of its own."""
    cursor = psycopg.AsyncCursor(connection, row_factory=tuple_row)
    # What is prepared belongs to a session.
    await cursor.execute(statement.encode(), parameters, prepare=False)
    rows = [] if cursor.description is None else await cursor.fetchall()
    if not connection.autocommit:
        await connection.commit()
    return rows


async def _prepare(connection: Connection) -> None:
    """Makes the tables, unless they are of a newer version."""
    [(known,)] = await _execute(connection, "SELECT to_regclass('stablevps_schema') IS NOT NULL")
    if known:
        for (version,) in await _execute(connection, sql().read_version):
            if version > sql().version:
                raise StoreFailure(newer(version))
    await _execute(connection, sql().postgres_schema)
