"""The store in an SQLite file, through Python's own ``sqlite3``.

An exception at any instant leaves no lock held and no transaction open: a connection whose
operation did not end well is closed, or rolled back where it is the caller's.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

from .._core import invalid_input
from .._native import stablevps_ffi
from ._contract import StoreFailure, StoreOperation
from ._refused import newer, store_error
from ._sql import sql

T = TypeVar("T")

OLDEST = (3, 38, 0)
"""The first SQLite with its JSON functions built in."""

SLICE = 0.05
"""How many seconds SQLite waits for another process before Python checks for signals."""

LONGEST_MS = 10_000
"""How long one process waits for another that writes."""

MOST_IDLE = 8

_inherited: list[list[sqlite3.Connection]] = []
"""Connections of a parent process. A forked child must not even close them."""


class SqliteStore:
    """Purchases in an SQLite database, which the processes of one machine share.

    >>> from stablevps.stores import SqliteStore
    >>> SqliteStore(":memory:")
    SqliteStore(':memory:')

    The tables are made where there are none; their names begin with ``stablevps_``. Threads and
    forked processes may share the store. A database on a network drive can't be shared safely:
    SQLite's locks do not hold there.

    :param database: the file's path, or a connection of your own. That must be in no transaction;
        it is set to ``synchronous = FULL``. An ``AsyncClient``, and threads, need one that was
        made with ``check_same_thread=False``.
    :raises StoreError: the file can't be opened or written, or has tables of a newer version.
    """

    def __init__(self, database: str | os.PathLike[str] | sqlite3.Connection) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise store_error(f"SQLite is too old: 3.38 is needed, not {sqlite3.sqlite_version}")
        self._name = "a connection"
        self._connections: _File | _Connection
        if isinstance(database, sqlite3.Connection):
            if database.in_transaction:
                raise invalid_input("database", "must not be in a transaction")
            self._connections = _Connection(database)
        else:
            self._name = _path(database)
            if self._name == ":memory:":
                self._connections = _Connection(_connected(self._name))
            else:
                self._connections = _File(os.path.abspath(self._name))
        self._operations = {
            # By name, since Python takes no positions for numbered parameters in some versions.
            name: tuple(statement.replace("?1", ":document") for statement in statements)
            for name, statements in sql().sqlite_operations.items()
        }
        try:
            self._connections.within(_prepare)
        except StoreFailure as failure:
            refusal = store_error(str(failure))
            raise refusal from failure.__cause__

    def carry_out(self, operation: StoreOperation) -> str:
        """Carries an operation out, as of every store."""
        parameters = {"document": operation.document}

        def run(cursor: sqlite3.Cursor) -> object:
            answer: object = None
            for statement in self._operations[operation.op]:
                cursor.execute(statement, parameters)
                for row in cursor:
                    answer = row[0]
            return answer

        answer = self._connections.within(run)
        return answer.decode() if isinstance(answer, bytes) else str(answer)

    def close(self) -> None:
        """Closes the connections that this store opened. It opens new ones where it is used again,
        but for ``":memory:"``."""
        self._connections.close()

    def __repr__(self) -> str:
        return f"SqliteStore({self._name!r})"


class _File:
    """A file, with a connection for each operation under way. Idle ones are kept."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._process = os.getpid()

    def within(self, run: Callable[[sqlite3.Cursor], T]) -> T:
        connection = self._taken()
        try:
            result = _transaction(connection, run)
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return result

    def close(self) -> None:
        if self._process == os.getpid():
            while self._idle:
                self._idle.pop().close()

    def __del__(self) -> None:
        # At the interpreter's end, what this needs may be gone.
        with suppress(Exception):
            self.close()

    def _taken(self) -> sqlite3.Connection:
        if self._process != os.getpid():
            _inherited.append(self._idle)
            self._idle = []
            self._process = os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return _connected(self._path)


class _Connection:
    """One connection, for one operation at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._process = os.getpid()
        # A signal handler may come here while its thread is in an operation.
        self._lock = threading.RLock()
        _durable(connection)

    def within(self, run: Callable[[sqlite3.Cursor], T]) -> T:
        if self._process != os.getpid():
            raise StoreFailure("the connection belongs to the process that made it")
        with self._lock:
            if _is_within(self._connection):
                raise StoreFailure("the connection is in the midst of a transaction")
            return _transaction(self._connection, run)

    def close(self) -> None:
        """Leaves it open: it is the caller's, or the only one that there is."""


def _path(database: str | os.PathLike[str]) -> str:
    try:
        path = os.fspath(database)
    except TypeError:
        path = None
    if not isinstance(path, str) or not path:
        raise invalid_input("database", "must be a path or a connection of sqlite3")
    return path


def _connected(path: str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            path, timeout=SLICE, isolation_level=None, check_same_thread=False
        )
        _durable(connection)
    except sqlite3.Error as error:
        raise StoreFailure(str(error)) from error
    return connection


def _durable(connection: sqlite3.Connection) -> None:
    # This reads the tables' names, for which others that write must be waited for.
    _patiently(connection.cursor(), "PRAGMA synchronous = FULL")


def _is_within(connection: sqlite3.Connection) -> bool:
    try:
        return connection.in_transaction
    except sqlite3.Error as error:
        raise StoreFailure(str(error)) from error


def _transaction(connection: sqlite3.Connection, run: Callable[[sqlite3.Cursor], T]) -> T:
    """Runs something in a transaction of its own, which is on disk when this returns."""
    try:
        cursor = connection.cursor()
        cursor.row_factory = None
        _patiently(cursor, "BEGIN IMMEDIATE")
        result = run(cursor)
        _patiently(cursor, "COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        raise StoreFailure(str(error)) from error
    except BaseException:
        _roll_back(connection)
        raise
    return result


def _patiently(cursor: sqlite3.Cursor, statement: str) -> None:
    """Waits for others that write. Ctrl-C ends the wait."""
    until_ms = stablevps_ffi.monotonic_ms() + LONGEST_MS
    while True:
        try:
            cursor.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or stablevps_ffi.monotonic_ms() >= until_ms:
                raise
            # SQLite does not wait by itself where it sees that waiting leads nowhere.
            time.sleep(SLICE / 10)


def _roll_back(connection: sqlite3.Connection) -> None:
    try:
        if connection.in_transaction:
            connection.rollback()
    except sqlite3.Error:
        """It was closed, or the failure itself ended the transaction."""


def _prepare(cursor: sqlite3.Cursor) -> None:
    """Makes the tables, unless they are of a newer version."""
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'stablevps_schema'"
    if cursor.execute(known).fetchone() is not None:
        row = cursor.execute(sql().read_version).fetchone()
        if row is not None and row[0] > sql().version:
            raise StoreFailure(newer(row[0]))
    for statement in _statements(sql().sqlite_schema):
        cursor.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script. Python's own way to run one commits first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
