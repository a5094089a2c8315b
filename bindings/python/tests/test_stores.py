"""Every store does what the suite of all languages says, whatever its database does meanwhile.

PostgreSQL is asked where ``STABLEVPS_POSTGRES`` says how to connect.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
import traceback
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import psycopg_pool
import pytest
from _child import Child, run

import stablevps
from stablevps import stores
from stablevps.stores import (
    AsyncPostgresStore,
    PostgresStore,
    SqliteStore,
    StoreFailure,
    StoreOperation,
)

ORDER: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}

CarryOut = Callable[[StoreOperation], str]


def address(variable: str) -> str:
    """How to connect, from the environment."""
    found = os.environ.get(variable)
    if not found:
        reason = f"{variable} does not say how to connect to PostgreSQL"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def postgres() -> str:
    """How to connect to PostgreSQL."""
    return address("STABLEVPS_POSTGRES")


@pytest.fixture(params=["STABLEVPS_POSTGRES", "STABLEVPS_PGBOUNCER"])
def server(request: pytest.FixtureRequest) -> str:
    """The same, and behind PgBouncer, which lends connections by the transaction."""
    return address(request.param)


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """A database of the test's own."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield f"{postgres} dbname={name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def scenes() -> list[dict[str, Any]]:
    folder = os.environ.get("STABLEVPS_STORES")
    if not folder:
        return []
    read: list[dict[str, Any]] = json.loads((Path(folder) / "conformance.json").read_text())
    return read


def conforms(carry_out: CarryOut) -> None:
    """Compares a store's answers with those that every store gives."""
    world = uuid.uuid4().hex
    assert len(scenes()) > 10, "STABLEVPS_STORES does not say where the suite is"
    for number, scene in enumerate(scenes()):
        for each in scene["operations"]:
            request = each["request"]
            request["account"] = f"{world} {number} {request['account']}"
            (op,) = request["op"] if isinstance(request["op"], dict) else [request["op"]]
            answer = carry_out(StoreOperation(op=op, document=json.dumps(request)))
            assert json.loads(answer) == each["answer"], (scene["name"], request)


LISTED = '{"id":1,"account":"a","holder":"h","op":{"list":{"openOnly":false}}}'
LIST = StoreOperation(op="list", document=LISTED)
NOTHING = {"listed": {"records": []}}


class MyStore:
    """A store as a user writes it."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.executescript(stores.sql().sqlite_schema)

    def carry_out(self, operation: StoreOperation) -> str:
        self.db.execute("BEGIN IMMEDIATE")
        with self.db:
            answer = ""
            for statement in stores.sql().sqlite_operations[operation.op]:
                for row in self.db.execute(statement, (operation.document,)):
                    answer = row[0]
            return answer


def test_sqlite_in_a_file_conforms(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "purchases.db")) as store:
        conforms(store.carry_out)


def test_sqlite_in_memory_conforms() -> None:
    conforms(SqliteStore(":memory:").carry_out)


@pytest.mark.parametrize("isolation_level", [None, "DEFERRED", "IMMEDIATE"])
def test_sqlite_on_a_connection_of_the_callers_conforms(isolation_level: Any) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=isolation_level)) as connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = bytes
        conforms(SqliteStore(connection).carry_out)


def test_a_store_of_the_users_conforms(tmp_path: Path) -> None:
    conforms(MyStore(tmp_path / "purchases.db").carry_out)


def test_postgresql_over_a_connection_string_conforms(server: str) -> None:
    with closing(PostgresStore(server)) as store:
        conforms(store.carry_out)


@pytest.mark.parametrize("autocommit", [True, False])
def test_postgresql_over_connections_of_the_callers_conforms(server: str, autocommit: bool) -> None:
    def connect() -> psycopg.Connection[Any]:
        return psycopg.connect(server, autocommit=autocommit, row_factory=psycopg.rows.dict_row)

    with closing(PostgresStore(connect)) as store:
        conforms(store.carry_out)


def test_postgresql_over_a_pool_conforms(server: str) -> None:
    with psycopg_pool.ConnectionPool(server, min_size=1, open=True) as pool:
        conforms(PostgresStore(pool).carry_out)


def in_loop(work: Callable[[CarryOut], None], store: Any) -> Awaitable[None]:
    """Runs what blocks beside an event loop that carries operations out."""
    loop = asyncio.get_running_loop()

    def carry_out(operation: StoreOperation) -> str:
        answer = asyncio.run_coroutine_threadsafe(store.carry_out(operation), loop)
        return answer.result(20)  # type: ignore[no-any-return]

    return asyncio.to_thread(work, carry_out)


def test_postgresql_in_an_event_loop_conforms(server: str) -> None:
    async def main() -> None:
        for source in (server, lambda: psycopg.AsyncConnection.connect(server)):
            store = AsyncPostgresStore(source)
            await in_loop(conforms, store)
            await store.aclose()
        async with psycopg_pool.AsyncConnectionPool(server, min_size=1, open=False) as pool:
            await in_loop(conforms, AsyncPostgresStore(pool))

    asyncio.run(main())


def test_several_event_loops_may_use_one_store_in_turn(postgres: str) -> None:
    store = AsyncPostgresStore(postgres)
    for _ in range(2):
        assert json.loads(asyncio.run(store.carry_out(LIST))) == NOTHING
    asyncio.run(store.aclose())


# What is of a newer version is not touched.


def test_sqlite_tables_of_a_newer_version_are_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "purchases.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE stablevps_schema AS SELECT 2 AS version")
        before = path.read_bytes()
        with pytest.raises(stablevps.StoreError) as caught:
            SqliteStore(path)
    assert caught.value.detail == "the database has tables of a newer version, 2"
    assert caught.value.next == "retry"
    assert path.read_bytes() == before


def test_postgresql_tables_of_a_newer_version_are_not_touched(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE stablevps_schema AS SELECT 2 AS version")
        store = PostgresStore(database)
        simulator = stablevps.testing.Simulator()
        with simulator.client(store=store) as client, pytest.raises(stablevps.StoreError) as caught:
            client.vps.provision(**ORDER)
        assert caught.value.detail == "the database has tables of a newer version, 2"
        tables = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'stablevps%'"
        ).fetchone()
        assert tables == (1,)
        assert simulator.state()["orders_received"] == 0
        with pytest.raises(StoreFailure, match="of a newer version, 2"):
            asyncio.run(AsyncPostgresStore(database).carry_out(LIST))
    store.close()


def test_a_file_that_can_not_be_used_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(stablevps.StoreError, match="unable to open database file"):
        SqliteStore(tmp_path / "nowhere" / "purchases.db")
    (tmp_path / "text.db").write_text("no database" * 100)
    with pytest.raises(stablevps.StoreError, match="file is not a database"):
        SqliteStore(tmp_path / "text.db")
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("BEGIN")
        with pytest.raises(stablevps.InvalidInputError, match="must not be in a transaction"):
            SqliteStore(db)
    for nothing in (None, 5, b"bytes", ""):
        with pytest.raises(stablevps.InvalidInputError, match="must be a path or a connection"):
            SqliteStore(nothing)  # type: ignore[arg-type]


# Connections.


def test_sqlite_is_durable_and_waits_for_others_that_write(tmp_path: Path) -> None:
    path = tmp_path / "purchases.db"
    with closing(SqliteStore(path)) as store:
        connection = store._connections._taken()  # type: ignore[union-attr]
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        connection.close()
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            answers: list[str] = []
            thread = threading.Thread(target=lambda: answers.append(store.carry_out(LIST)))
            thread.start()
            thread.join(0.2)
            assert answers == [] and thread.is_alive()
            other.execute("COMMIT")
            thread.join(10)
        assert [json.loads(answer) for answer in answers] == [NOTHING]


def test_a_store_is_opened_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "purchases.db"
    with closing(SqliteStore(path)) as store:
        opened: list[SqliteStore] = []
        thread = threading.Thread(target=lambda: opened.append(SqliteStore(path)))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            thread.start()
            thread.join(0.2)
            assert opened == [] and thread.is_alive()
            other.execute("COMMIT")
        thread.join(10)
        assert json.loads(opened[0].carry_out(LIST)) == NOTHING
        opened[0].close()
        assert json.loads(store.carry_out(LIST)) == NOTHING


@pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")
def test_ctrl_c_ends_the_wait_for_another_that_writes(tmp_path: Path) -> None:
    child = Child(
        """
        import sqlite3, sys
        from stablevps.stores import SqliteStore, StoreOperation, _sqlite
        store = SqliteStore(sys.argv[1])
        other = sqlite3.connect(sys.argv[1], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        _sqlite.LONGEST_MS = 10**9
        try:
            print("ready")
            store.carry_out(StoreOperation(op="list", document=sys.argv[2]))
        except KeyboardInterrupt:
            other.execute("COMMIT")
            store.carry_out(StoreOperation(op="list", document=sys.argv[2]))
            print("ended")
        """,
        tmp_path / "purchases.db",
        LISTED,
    )
    child.wait_until_ready()
    child.interrupt()
    status, out, errors = child.end()
    assert (status, out) == (0, "ended\n"), errors


def test_a_handler_that_asks_the_store_within_an_operation_does_not_lock_up() -> None:
    connection = sqlite3.connect(":memory:")
    store = SqliteStore(connection)

    def within() -> str:
        with pytest.raises(StoreFailure, match="in the midst of a transaction"):
            store.carry_out(LIST)
        return "done"

    connection.create_function("handled", 0, within)
    store._operations["list"] = ("SELECT handled()",)
    assert store.carry_out(LIST) == "done"
    assert not connection.in_transaction
    connection.close()
    with pytest.raises(StoreFailure, match="closed database"):
        store.carry_out(LIST)


def test_what_raises_within_an_operation_leaves_no_transaction(tmp_path: Path) -> None:
    class Odd(BaseException):
        """What nobody expects."""

    document = LISTED.replace("list", "leave").replace('{"leave":{"openOnly":false}}', '"leave"')
    for where in (tmp_path / "purchases.db", sqlite3.connect(":memory:")):
        store = SqliteStore(where)
        broken = StoreOperation(op="leave", document="no json")
        with pytest.raises(StoreFailure, match="malformed JSON"):
            store.carry_out(broken)

        def odd(cursor: sqlite3.Cursor) -> None:
            cursor.execute("DELETE FROM stablevps_schema")
            raise Odd

        with pytest.raises(Odd):
            store._connections.within(odd)
        assert store.carry_out(StoreOperation(op="leave", document=document)) == '"left"'
        versions = store._connections.within(
            lambda cursor: cursor.execute(stores.sql().read_version).fetchall()
        )
        assert versions == [(1,)]
        store.close()
        if isinstance(where, sqlite3.Connection):
            where.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("which", ["sqlite", "postgres"])
def test_a_forked_child_opens_connections_of_its_own(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    where = request.getfixturevalue("database") if which == "postgres" else tmp_path / "p.db"
    out = run(
        """
        import os, sys
        import stablevps
        from stablevps.stores import SqliteStore, PostgresStore
        store = (PostgresStore if sys.argv[1] == "postgres" else SqliteStore)(sys.argv[2])
        client = stablevps.Client.simulated(store=store)
        def buy(key):
            bought = client.vps.provision(
                plan_id="basic", billing_cycle="monthly", location="tokyo", idempotency_key=key
            )
            return bought.vps.id
        buy("before")
        child = os.fork()
        if child == 0:
            buy("in the child")
            sys.exit(0)
        assert os.waitpid(child, 0)[1] == 0
        buy("after")
        print([(record.idempotency_key, str(record.state)) for record in client.purchases.list()])
        store.close()
        """,
        which,
        where,
    )
    keys = ["before", "in the child", "after"]
    assert out == f"{[(key, 'ready') for key in keys]}\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_connection_of_the_callers_is_not_used_by_a_forked_child() -> None:
    out = run(
        """
        import os, sqlite3, sys
        from stablevps.stores import SqliteStore, StoreFailure, StoreOperation
        store = SqliteStore(sqlite3.connect(":memory:"))
        child = os.fork()
        if child == 0:
            try:
                store.carry_out(StoreOperation(op="list", document=sys.argv[1]))
            except StoreFailure as failure:
                print(failure)
            sys.exit(0)
        assert os.waitpid(child, 0)[1] == 0
        """,
        LISTED,
    )
    assert out == "the connection belongs to the process that made it\n"


def test_a_connection_that_the_server_ended_is_replaced(database: str) -> None:
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    store, in_a_loop = PostgresStore(database), AsyncPostgresStore(database)

    async def main() -> None:
        for _ in range(3):
            assert json.loads(store.carry_out(LIST)) == NOTHING
            assert json.loads(await in_a_loop.carry_out(LIST)) == NOTHING
            with psycopg.connect(database, autocommit=True) as other:
                other.execute(ending.replace("WHERE", "WHERE datname = current_database() AND"))
        await in_a_loop.aclose()

    asyncio.run(main())
    store.close()


def test_threads_share_a_store(database: str, tmp_path: Path) -> None:
    for store in (PostgresStore(database), SqliteStore(tmp_path / "p.db"), SqliteStore(":memory:")):
        answers: list[Any] = []

        def ask(store: Any = store, answers: list[Any] = answers) -> None:
            answers.extend(json.loads(store.carry_out(LIST)) for _ in range(20))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert answers == [NOTHING] * 160
        store.close()


def shown(error: BaseException | None) -> Iterator[str]:
    """What error trackers collect of an exception: its text, its frames' variables, its causes."""
    while error is not None:
        yield repr(error)
        frames = traceback.walk_tb(error.__traceback__)
        for frame, _ in frames:
            if frame.f_code.co_filename != __file__:
                yield from map(repr, frame.f_locals.values())
        error = error.__cause__ or error.__context__


def test_no_error_of_a_database_shows_how_to_connect(postgres: str) -> None:
    with pytest.raises(stablevps.InvalidInputError) as refused:
        PostgresStore("postgresql://user:hunter2secret@:no port/")
    assert str(refused.value) == "database is no connection string of libpq"
    assert "hunter2" not in "".join(shown(refused.value))
    nobody = PostgresStore("host=127.0.0.1 port=1 user=u password=hunter2secret")
    with pytest.raises(StoreFailure, match="Connection refused") as caught:
        nobody.carry_out(LIST)
    assert "hunter2" not in str(caught.value) + repr(nobody)
    assert "hunter2" not in "".join(shown(caught.value))

    def connect() -> Any:
        raise RuntimeError("password=hunter2secret")

    with pytest.raises(StoreFailure) as caught:
        PostgresStore(connect).carry_out(LIST)
    assert str(caught.value) == "RuntimeError"
    wrong = StoreOperation(op="list", document='{"op":5}')
    store = PostgresStore(postgres)
    with pytest.raises(StoreFailure) as caught:
        store.carry_out(wrong)
    assert str(caught.value)
    assert json.loads(store.carry_out(LIST)) == NOTHING
    store.close()
    with pytest.raises(stablevps.InvalidInputError, match="must be a pool, a function or a"):
        PostgresStore(5)  # type: ignore[arg-type]
