"""Purchases with idempotency keys: a key buys one VPS, whoever asks and whatever goes wrong."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from _flaky import Flaky, Killed
from stablevps._native import stablevps_ffi

import stablevps
from stablevps import Phase, Progress, PurchaseState, _async_storing
from stablevps.stores import SqliteStore, StoreFailure, StoreOperation
from stablevps.testing import Simulator

ORDER: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "london"}
KEYED: Any = {**ORDER, "idempotency_key": "order-1"}
ON_ORDERS: Any = {"method": "POST", "path": "/vps"}
LEASE = 600.0
"""In seconds: after so many, what a process held that died is free."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "purchases.db")
    yield store
    store.close()


@pytest.fixture
def memory() -> SqliteStore:
    return SqliteStore(":memory:")


class Mortal:
    """A store whose process may be dead: it hears nothing more."""

    is_dead = False

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def carry_out(self, operation: StoreOperation) -> str:
        if Mortal.is_dead:
            raise StoreFailure("its process is dead")
        answer: str = self._store.carry_out(operation)
        return answer


@pytest.fixture
def client(connect: Any, simulator: Simulator, store: SqliteStore) -> Any:
    return connect(simulator, store=Mortal(store))


@pytest.fixture
def other(connect: Any, simulator: Simulator, tmp_path: Path) -> Any:
    """A client with a store of its own on the same file, as another process has."""
    return connect(simulator, store=SqliteStore(tmp_path / "purchases.db"))


class Stop(Exception):
    """The process ends here."""


def stop_in(phase: Phase, error: type[BaseException] = Stop) -> Any:
    def stop(progress: Progress) -> None:
        if progress.phase is phase:
            raise error

    return stop


def leave(client: Any, phase: Phase, **more: Any) -> None:
    """Leaves a purchase in a phase, as a process that dies there does."""

    def die(progress: Progress) -> None:
        if progress.phase is phase:
            Mortal.is_dead = True
            raise Stop

    try:
        with pytest.raises(Stop):
            client.vps.provision(**{**KEYED, **more}, on_progress=die)
    finally:
        Mortal.is_dead = False


def orders(simulator: Simulator) -> int:
    placed: int = simulator.state()["orders_placed"]
    return placed


# What a second call with a key gets.


def test_of_one_that_goes_on_it_is_told_so(client: Any, other: Any, simulator: Simulator) -> None:
    leave(client, Phase.POLLING)
    with pytest.raises(stablevps.PurchaseInProgressError) as caught:
        other.vps.provision(**KEYED)
    assert caught.value.code == "purchase_in_progress"
    with pytest.raises(stablevps.PurchaseInProgressError):
        other.purchases.resume("order-1")
    assert orders(simulator) == 1


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt])
@pytest.mark.parametrize("phase", [Phase.PREFLIGHT, Phase.BASELINE, Phase.POLLING])
def test_after_one_that_was_stopped_it_goes_on_at_once(
    client: Any, other: Any, simulator: Simulator, phase: Phase, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        client.vps.provision(**KEYED, on_progress=stop_in(phase, error))
    bought = other.vps.provision(**KEYED)
    assert [vps["id"] for vps in simulator.state()["vps"]] == [bought.vps.id]
    assert orders(simulator) == 1


def test_after_one_that_was_stopped_while_its_order_may_be_on_its_way_it_is_told_so(
    client: Any, other: Any, simulator: Simulator
) -> None:
    with pytest.raises(Stop):
        client.vps.provision(**KEYED, on_progress=stop_in(Phase.ORDERING))
    with pytest.raises(stablevps.PurchaseInProgressError):
        other.vps.provision(**KEYED)


def test_within_the_call_that_it_would_wait_for_it_is_refused(
    simulator: Simulator, memory: SqliteStore
) -> None:
    client = simulator.client(store=memory)
    refusals = []

    def ask_again(progress: Progress) -> None:
        if progress.phase is Phase.POLLING:
            with pytest.raises(stablevps.PurchaseInProgressError) as caught:
                client.vps.provision(**KEYED)
            refusals.append(caught.value.code)

    client.vps.provision(**KEYED, on_progress=ask_again)
    assert refusals and orders(simulator) == 1


def test_a_store_that_does_not_answer_keeps_nobody_from_stopping(
    connect: Any, simulator: Simulator, memory: SqliteStore
) -> None:
    opened = threading.Event()

    class Stuck:
        def carry_out(self, operation: StoreOperation) -> str:
            if '"leaseMs":0' in operation.document:
                opened.wait()
            answer: str = memory.carry_out(operation)
            return answer

    client = connect(simulator, store=Stuck())
    with pytest.raises(Stop):
        client.vps.provision(**KEYED, on_progress=stop_in(Phase.POLLING))
    opened.set()


def test_it_waits_for_one_that_goes_on_where_that_is_asked_for(
    client: Any, other: Any, simulator: Simulator
) -> None:
    leave(client, Phase.POLLING)
    begun = simulator.now_ms
    bought = other.vps.provision(**KEYED, when_held="wait")
    assert simulator.now_ms - begun >= 60_000
    assert [vps["id"] for vps in simulator.state()["vps"]] == [bought.vps.id]


@pytest.mark.parametrize("phase", [Phase.PREFLIGHT, Phase.BASELINE, Phase.POLLING])
def test_it_takes_over_from_a_process_that_died(
    client: Any, other: Any, simulator: Simulator, phase: Phase
) -> None:
    leave(client, phase)
    simulator.advance(LEASE)
    bought = other.vps.provision(**KEYED)
    assert [vps["id"] for vps in simulator.state()["vps"]] == [bought.vps.id]
    assert orders(simulator) == 1


def test_after_a_death_before_the_order_was_sent_it_looks_for_it_before_it_orders(
    client: Any, other: Any, simulator: Simulator
) -> None:
    leave(client, Phase.ORDERING)
    simulator.advance(LEASE)
    with pytest.raises(stablevps.NotPlacedError):
        other.vps.provision(**KEYED)
    assert orders(simulator) == 0
    assert other.vps.provision(**KEYED).vps.id
    assert orders(simulator) == 1


def test_of_one_that_is_ready_it_gets_the_vps_as_it_is_now(
    client: Any, other: Any, simulator: Simulator
) -> None:
    first = client.vps.provision(**KEYED)
    simulator.control({"set_vps": {"id": first.vps.id, "status": "past_due"}})
    second = other.vps.provision(**KEYED)
    assert (first.vps.status, second.vps.status) == ("active", "past_due")
    assert second.vps.id == first.vps.id
    assert orders(simulator) == 1


def test_of_one_that_failed_it_gets_the_same_error(
    client: Any, other: Any, simulator: Simulator
) -> None:
    simulator.fault({"shape_order": {"vps_status": "suspended"}}, **ON_ORDERS)
    ends = []
    for each in (client, other):
        with pytest.raises(stablevps.ProvisioningFailedError) as caught:
            each.vps.provision(**KEYED)
        ends.append((str(caught.value), caught.value.next))
    assert ends[0] == ends[1]
    assert orders(simulator) == 1
    assert client.purchases.get("order-1").state is PurchaseState.FAILED


def test_of_one_that_a_person_must_look_at_it_gets_the_same_error(
    client: Any, other: Any, simulator: Simulator
) -> None:
    simulator.fault({"partial_order": {"half": "charged_not_created"}}, **ON_ORDERS)
    for each in (client, other):
        with pytest.raises(stablevps.UnresolvedError) as caught:
            each.vps.provision(**KEYED)
        assert caught.value.next == "ask"
    assert simulator.state()["orders_received"] == 1
    assert client.purchases.get("order-1").state is PurchaseState.UNRESOLVED


def test_after_one_that_was_refused_it_orders(
    client: Any, other: Any, simulator: Simulator
) -> None:
    with pytest.raises(stablevps.OverBudgetError):
        client.vps.provision(**KEYED, max_spend="1")
    assert other.vps.provision(**KEYED).orders_sent == 1
    assert orders(simulator) == 1


def test_after_one_that_was_not_placed_it_orders(
    client: Any, other: Any, simulator: Simulator
) -> None:
    simulator.fault("lose_before", **ON_ORDERS)
    with pytest.raises(stablevps.NotPlacedError) as caught:
        client.vps.provision(**KEYED)
    assert caught.value.next == "retry"
    assert client.purchases.get("order-1").state is PurchaseState.NOT_ORDERED
    assert other.vps.provision(**KEYED).vps.id
    record = client.purchases.get("order-1")
    assert (record.state, record.attempt) == (PurchaseState.READY, 2)
    assert orders(simulator) == 1


def test_another_order_under_the_same_key_is_refused(
    client: Any, other: Any, simulator: Simulator
) -> None:
    client.vps.provision(**KEYED, max_spend="20")
    with pytest.raises(stablevps.IdempotencyMismatchError) as caught:
        other.vps.provision(**{**KEYED, "plan_id": "pro"})
    assert caught.value.field == "plan_id"
    assert other.vps.provision(**KEYED, max_spend="30", timeout=60).vps.id
    assert orders(simulator) == 1


def test_a_key_that_was_forgotten_stays_used(client: Any, other: Any, simulator: Simulator) -> None:
    bought = client.vps.provision(**KEYED)
    client.purchases.forget("order-1")
    record = other.purchases.get("order-1")
    assert (record.state, record.vps_id) == (PurchaseState.FORGOTTEN, bought.vps.id)
    assert record.token is None
    with pytest.raises(stablevps.InvalidInputError, match="a purchase that was forgotten"):
        other.vps.provision(**KEYED)
    with pytest.raises(stablevps.InvalidInputError, match="is not known to the store"):
        other.purchases.forget("order-9")
    leave(client, Phase.POLLING, idempotency_key="order-2")
    with pytest.raises(stablevps.InvalidInputError, match="has not ended"):
        other.purchases.forget("order-2")
    assert orders(simulator) == 2


def test_another_key_of_the_account_changes_nothing(
    connect: Any, client: Any, simulator: Simulator, store: SqliteStore
) -> None:
    first = client.vps.provision(**KEYED)
    rotated = simulator.control({"create_key": {"name": "new", "scope": "full"}})["key"]
    second = connect(simulator, store=store, api_key=rotated).vps.provision(**KEYED)
    assert second.vps.id == first.vps.id


# What is recorded.


def test_purchases_are_listed_with_and_without_keys(client: Any, simulator: Simulator) -> None:
    assert client.purchases.list() == []
    first = client.vps.provision(**KEYED)
    second = client.vps.provision(**ORDER)
    leave(client, Phase.POLLING, idempotency_key="order-2")
    records = client.purchases.list()
    assert [record.idempotency_key for record in records] == ["order-1", None, "order-2"]
    assert [record.vps_id for record in records][:2] == [first.vps.id, second.vps.id]
    assert [record.state for record in records] == ["ready", "ready", "bought"]
    assert client.purchases.list(open_only=True) == records[2:]
    assert client.purchases.get("order-2") == records[2]
    assert client.purchases.get("order-3") is None
    assert (records[2].plan_id, records[2].location) == ("basic", "london")


def test_a_token_of_a_recorded_purchase_leads_to_it_without_a_store(
    connect: Any, client: Any, simulator: Simulator
) -> None:
    leave(client, Phase.POLLING)
    token = client.purchases.get("order-1").token
    assert token is not None
    assert connect(simulator).vps.resume(token).vps.id == simulator.state()["vps"][0]["id"]
    assert orders(simulator) == 1


def test_nothing_secret_is_stored(client: Any, simulator: Simulator, tmp_path: Path) -> None:
    bought = client.vps.provision(**KEYED)
    leave(client, Phase.POLLING, idempotency_key="order-2")
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert any(b"order-1" in file and b"order-2" in file for file in files)
    for secret in (simulator.api_key, bought.vps.rdp_password.reveal()):
        assert all(secret.encode() not in file for file in files)


# What a program does when it starts.


def test_what_a_process_left_is_taken_up_by_the_next_one(
    client: Any, other: Any, simulator: Simulator
) -> None:
    for phase in (Phase.PREFLIGHT, Phase.BASELINE, Phase.ORDERING, Phase.POLLING):
        leave(client, phase, idempotency_key=f"left in {phase}")
        simulator.advance(LEASE)
    resumed = other.purchases.resume_all()
    ends = {one.record.idempotency_key: one.error or one.result.vps.id for one in resumed}
    bought = [vps["id"] for vps in simulator.state()["vps"]]
    assert list(ends) == ["left in preflight", "left in baseline", "left in polling"]
    assert set(ends.values()) == set(bought)
    # The next purchase looked for the order that was announced, and it was not sent.
    unsent = other.purchases.get("left in ordering")
    assert unsent.state is PurchaseState.NOT_ORDERED
    assert other.purchases.resume_all() == []
    assert orders(simulator) == 3


def test_how_a_purchase_ends_is_no_error_of_taking_them_all_up(
    client: Any, other: Any, simulator: Simulator
) -> None:
    leave(client, Phase.POLLING)
    (held,) = other.purchases.resume_all()
    assert isinstance(held.error, stablevps.PurchaseInProgressError) and held.result is None
    simulator.advance(LEASE)
    (resumed,) = other.purchases.resume_all()
    assert resumed.error is None and resumed.result is not None
    assert resumed.record.vps_id == resumed.result.vps.id


# A store that fails.

WAYS = ["before", "lost", "killed before", "killed after"]


def operations_of_a_smooth_purchase() -> list[str]:
    counted = Flaky(SqliteStore(":memory:"))
    with Simulator().client(store=counted) as client:
        client.vps.provision(**KEYED)
    return [operation.op for operation in counted.operations]


SMOOTH = operations_of_a_smooth_purchase()


def test_a_smooth_purchase_takes_few_operations() -> None:
    assert len(SMOOTH) <= 9, SMOOTH


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", range(len(SMOOTH)))
def test_an_operation_that_fails_leads_to_no_second_order_and_loses_none(
    connect: Any, simulator: Simulator, memory: SqliteStore, way: str, number: int
) -> None:
    failing = connect(simulator, store=Flaky(memory, way, number))
    try:
        failing.vps.provision(**KEYED)
    except stablevps.StoreError as error:
        if error.next == "retry":
            assert simulator.state()["orders_received"] == 0
        else:
            assert (error.next, bool(error.token)) == ("resume", True)
    except Killed as killed:
        if orders(simulator):
            assert killed.token is not None  # type: ignore[attr-defined]
    assert orders(simulator) <= 1
    simulator.advance(LEASE)
    client = connect(simulator, store=memory)
    for resumed in client.purchases.resume_all():
        assert not isinstance(resumed.error, (stablevps.StoreError, stablevps.UnresolvedError))
    bought = client.vps.provision(**KEYED)
    assert [vps["id"] for vps in simulator.state()["vps"]] == [bought.vps.id]
    record = client.purchases.get("order-1")
    assert (record.state, record.vps_id) == (PurchaseState.READY, bought.vps.id)
    # The account is not locked.
    assert client.vps.provision(**ORDER).vps.id != bought.vps.id


@pytest.mark.parametrize("phase", [Phase.PREFLIGHT, Phase.BASELINE, Phase.ORDERING, Phase.POLLING])
def test_nothing_is_ordered_unrecorded_while_the_store_is_down(
    connect: Any, simulator: Simulator, memory: SqliteStore, phase: Phase
) -> None:
    flaky = Flaky(memory)
    back_at: list[int] = []

    def goes_down(progress: Progress) -> None:
        if progress.phase is phase and not back_at:
            back_at.append(simulator.now_ms + 120_000)

    flaky.is_down = lambda: bool(back_at) and simulator.now_ms < back_at[0]
    client = connect(simulator, store=flaky)
    if phase in (Phase.PREFLIGHT, Phase.BASELINE):
        with pytest.raises(stablevps.StoreError) as caught:
            client.vps.provision(**KEYED, on_progress=goes_down)
        assert (caught.value.detail, caught.value.next) == ("the database is down", "retry")
        assert str(caught.value) == "the store failed: the database is down"
        assert isinstance(caught.value.__cause__, StoreFailure)
        assert simulator.state()["orders_received"] == 0
        simulator.advance(LEASE)
    bought = client.vps.provision(**KEYED, on_progress=goes_down)
    assert back_at, "it went down"
    record = client.purchases.get("order-1")
    assert (record.state, record.vps_id) == (PurchaseState.READY, bought.vps.id)
    assert orders(simulator) == 1


def test_a_store_that_stays_down_after_the_order_leaves_the_token(
    connect: Any, simulator: Simulator, memory: SqliteStore
) -> None:
    flaky = Flaky(memory)
    flaky.is_down = lambda: orders(simulator) > 0
    with pytest.raises(stablevps.StoreError) as caught:
        connect(simulator, store=flaky).vps.provision(**KEYED)
    assert caught.value.next == "resume"
    flaky.is_down = lambda: False
    bought = connect(simulator).vps.resume(caught.value.token)
    assert [vps["id"] for vps in simulator.state()["vps"]] == [bought.vps.id]


@pytest.mark.parametrize("answer", [None, b"bytes", 5, "no json", "{}", '"left"'])
def test_a_store_that_answers_nonsense_orders_nothing(
    connect: Any, simulator: Simulator, answer: Any
) -> None:
    class Odd:
        def carry_out(self, operation: StoreOperation) -> Any:
            return answer

    with pytest.raises(stablevps.StoreError):
        connect(simulator, store=Odd()).vps.provision(**KEYED)
    assert simulator.state()["orders_received"] == 0


def test_of_an_exception_that_is_no_failure_of_a_store_only_the_name_is_shown(
    connect: Any, simulator: Simulator
) -> None:
    class Odd:
        def carry_out(self, operation: StoreOperation) -> str:
            raise ConnectionError("password=hunter2secret")

    with pytest.raises(stablevps.StoreError) as caught:
        connect(simulator, store=Odd()).vps.provision(**KEYED)
    assert caught.value.detail == "ConnectionError"
    assert isinstance(caught.value.__cause__, ConnectionError)


# Arguments.


def test_a_key_needs_a_store_and_a_length(client: Any, connect: Any, simulator: Simulator) -> None:
    plain = connect(simulator)
    with pytest.raises(stablevps.InvalidInputError) as caught:
        plain.vps.provision(**KEYED)
    assert str(caught.value) == "idempotency_key needs a client with a store"
    for ask in (
        lambda: plain.purchases.list(),
        lambda: plain.purchases.resume("order-1"),
        lambda: plain.purchases.resume_all(),
    ):
        with pytest.raises(stablevps.InvalidInputError, match="store is missing: recorded purch"):
            ask()
    for key in ("", "k" * 256, "k\0", 5):
        with pytest.raises(stablevps.InvalidInputError, match="idempotency_key must"):
            client.vps.provision(**ORDER, idempotency_key=key)
    with pytest.raises(stablevps.InvalidInputError, match="when_held"):
        client.vps.provision(**KEYED, when_held="later")
    for wrong in ("purchases.db", SqliteStore, 5):
        with pytest.raises(stablevps.InvalidInputError, match="store must have the method"):
            connect(simulator, store=wrong)
    assert simulator.requests() == []


def test_a_client_in_no_event_loop_takes_no_store_of_one(simulator: Simulator) -> None:
    class InLoop:
        async def carry_out(self, operation: StoreOperation) -> str:
            return ""

    with pytest.raises(TypeError, match="only an AsyncClient awaits it"):
        simulator.client(store=InLoop())


# The time to begin.


def test_an_order_whose_time_is_over_is_not_sent(
    connect: Any, client: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    limited = stablevps_ffi.Machine.may_begin

    def over_at_first(machine: Any) -> bool:
        asked.append(simulator.state()["orders_received"])
        return len(asked) > 1 and bool(limited(machine))

    monkeypatch.setattr(stablevps_ffi.Machine, "may_begin", over_at_first)
    bought = client.vps.provision(**KEYED)
    assert asked == [0, 0]
    assert [vps["id"] for vps in simulator.state()["vps"]] == [bought.vps.id]
    assert simulator.state()["orders_received"] == 1


def test_an_order_whose_time_is_always_over_ends_unsent(
    client: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stablevps_ffi.Machine, "may_begin", lambda machine: False)
    with pytest.raises(stablevps.StableVPSError) as caught:
        client.vps.provision(**KEYED)
    assert caught.value.next == "retry"
    assert simulator.state()["orders_received"] == 0
    monkeypatch.undo()
    assert client.vps.provision(**KEYED).vps.id
    assert orders(simulator) == 1


def test_the_lease_is_renewed_where_on_progress_took_longer_before_anything_is_sent(
    connect: Any, simulator: Simulator, memory: SqliteStore
) -> None:
    flaky = Flaky(memory)
    received_at: list[int] = []

    def takes_long(progress: Progress) -> None:
        if progress.phase is Phase.ORDERING and not received_at:
            received_at.append(-1)
            simulator.advance(300)

    def noting() -> bool:
        if received_at == [-1]:
            received_at.append(simulator.state()["orders_received"])
        return False

    flaky.is_down = noting
    bought = connect(simulator, store=flaky).vps.provision(**KEYED, on_progress=takes_long)
    assert received_at == [-1, 0]
    assert [vps["id"] for vps in simulator.state()["vps"]] == [bought.vps.id]


def test_a_pause_is_shorter_by_what_on_progress_took(connect: Any, simulator: Simulator) -> None:
    seen: list[tuple[int, int]] = []

    def takes_long(progress: Progress) -> None:
        if progress.phase is Phase.POLLING:
            seen.append((simulator.now_ms, progress.next_look_ms))
            if len(seen) == 1:
                simulator.advance(4)

    connect(simulator).vps.provision(**ORDER, on_progress=takes_long)
    (told_at, pause), (looked_at, _) = seen[:2]
    assert (pause, looked_at - told_at) == (5000, 5000)


# Threads and tasks.


def test_threads_with_one_key_buy_one_vps(simulator: Simulator, tmp_path: Path) -> None:
    stores = [SqliteStore(tmp_path / "purchases.db") for _ in range(4)]
    clients = [simulator.client(store=store) for store in stores]
    together = threading.Barrier(len(clients))

    def buy(client: Any) -> str:
        together.wait()
        bought: str = client.vps.provision(**KEYED).vps.id
        return bought

    with ThreadPoolExecutor(len(clients)) as pool:
        ids = set(pool.map(buy, clients))
    assert ids == {vps["id"] for vps in simulator.state()["vps"]} and len(ids) == 1
    for store in stores:
        store.close()


def test_tasks_with_one_key_buy_one_vps(simulator: Simulator, store: SqliteStore) -> None:
    async def main() -> set[str]:
        clients = [simulator.async_client(store=store) for _ in range(4)]
        ends = await asyncio.gather(*(client.vps.provision(**KEYED) for client in clients))
        return {bought.vps.id for bought in ends}

    assert len(asyncio.run(main())) == 1
    assert orders(simulator) == 1


def test_after_a_task_that_was_cancelled_it_goes_on_at_once(
    simulator: Simulator, store: SqliteStore
) -> None:
    async def main() -> None:
        waits = asyncio.Event()

        async def wait(progress: Progress) -> None:
            if progress.phase is Phase.POLLING:
                waits.set()
                await asyncio.Event().wait()

        first, second = (simulator.async_client(store=store) for _ in range(2))
        task = asyncio.ensure_future(first.vps.provision(**KEYED, on_progress=wait))
        await waits.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await second.vps.provision(**KEYED)).vps.id

    asyncio.run(main())
    assert orders(simulator) == 1


def test_many_keys_in_one_loop_buy_one_vps_each(memory: SqliteStore) -> None:
    simulator = Simulator(balance=1000)

    async def main() -> set[str]:
        async with simulator.async_client(store=memory) as client:
            keys = [f"order-{number}" for number in range(10)]
            ends = await asyncio.gather(
                *(client.vps.provision(**ORDER, idempotency_key=key) for key in keys)
            )
            return {bought.vps.id for bought in ends}

    assert len(asyncio.run(main())) == 10
    assert orders(simulator) == 10


def test_a_store_that_blocks_does_not_block_the_event_loop(
    simulator: Simulator, memory: SqliteStore
) -> None:
    class Waiting:
        """Answers only once the event loop has run meanwhile."""

        def carry_out(self, operation: StoreOperation) -> str:
            has_run = threading.Event()
            loop.call_soon_threadsafe(has_run.set)
            if not has_run.wait(10):
                raise StoreFailure("the event loop is blocked")
            return memory.carry_out(operation)

    async def main() -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        async with simulator.async_client(store=Waiting()) as client:
            await client.vps.provision(**KEYED)

    loop: Any = None
    asyncio.run(main())
    assert orders(simulator) == 1


class InLoop:
    """A store in an event loop, which hangs at one operation."""

    def __init__(self, store: SqliteStore, hangs_at: int | None = None) -> None:
        self._store = store
        self._hangs_at = hangs_at
        self._operations = 0
        self.hangs = asyncio.Event()

    async def carry_out(self, operation: StoreOperation) -> str:
        self._operations += 1
        await asyncio.sleep(0)
        answer = self._store.carry_out(operation)
        if self._operations - 1 == self._hangs_at:
            self.hangs.set()
            await asyncio.Event().wait()
        return answer


def test_a_store_may_be_asynchronous(simulator: Simulator, memory: SqliteStore) -> None:
    async def main() -> None:
        async with simulator.async_client(store=InLoop(memory)) as client:
            bought = await client.vps.provision(**KEYED)
            (record,) = await client.purchases.list()
            assert record.vps_id == bought.vps.id

    asyncio.run(main())


@pytest.mark.parametrize("ends_by", ["cancelling", "closing"])
@pytest.mark.parametrize("number", range(len(SMOOTH)))
def test_what_ends_in_the_midst_of_an_operation_leaves_its_token_and_no_lock(
    simulator: Simulator,
    memory: SqliteStore,
    ends_by: str,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_async_storing, "PARTING", 0.01)

    async def main() -> None:
        hanging = InLoop(memory, number)
        client = simulator.async_client(store=hanging)
        purchase = client.vps.provision(**KEYED)
        task = asyncio.ensure_future(purchase)
        await asyncio.wait_for(hanging.hangs.wait(), 10)
        if ends_by == "cancelling":
            task.cancel()
        else:
            await client.aclose()
        with pytest.raises((asyncio.CancelledError, stablevps.TransportError)) as caught:
            await task
        if SMOOTH[number] != "open" and orders(simulator):
            assert purchase.token is not None
            assert getattr(caught.value, "token", purchase.token) == purchase.token
        async with simulator.async_client(store=memory) as next_one:
            bought = None
            while bought is None:
                try:
                    bought = await next_one.vps.provision(**KEYED, when_held="wait")
                except stablevps.NotPlacedError:
                    assert SMOOTH[number] == "save"
            await next_one.vps.provision(**ORDER)
            assert (await next_one.purchases.get("order-1")).vps_id == bought.vps.id

    asyncio.run(main())
    assert orders(simulator) == 2


class Slow:
    """A store whose writes come late: it notes which operations are under way together."""

    def __init__(self, store: SqliteStore, slow_at: int) -> None:
        self._store = store
        self._slow_at = slow_at
        self._operations = 0
        self._under_way = 0
        self.most_under_way = 0
        self.begins = asyncio.Event()

    async def carry_out(self, operation: StoreOperation) -> str:
        is_slow = self._operations == self._slow_at
        self._operations += 1
        self._under_way += 1
        self.most_under_way = max(self.most_under_way, self._under_way)
        if is_slow:
            self.begins.set()
            for _ in range(100):
                await asyncio.sleep(0)
        answer = self._store.carry_out(operation)
        self._under_way -= 1
        return answer


@pytest.mark.parametrize("number", range(len(SMOOTH)))
def test_what_a_cancelled_task_lets_go_comes_after_its_last_operation(
    simulator: Simulator, memory: SqliteStore, number: int
) -> None:
    async def main() -> None:
        slow = Slow(memory, number)
        task = asyncio.ensure_future(simulator.async_client(store=slow).vps.provision(**KEYED))
        await slow.begins.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert slow.most_under_way == 1

    asyncio.run(main())


def test_a_store_that_fails_after_a_cancellation_is_not_reported_as_unheard(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing:
        def __init__(self) -> None:
            self.begins = asyncio.Event()

        async def carry_out(self, operation: Any) -> str:
            self.begins.set()
            for _ in range(100):
                await asyncio.sleep(0)
            raise ConnectionError("the database is down")

    async def main() -> None:
        failing = Failing()
        task = asyncio.ensure_future(simulator.async_client(store=failing).vps.provision(**KEYED))
        await failing.begins.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        del task
        gc.collect()

    asyncio.run(main())
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


# Over sockets.


def test_a_purchase_over_a_socket_is_recorded(program: Any, kind: str, store: SqliteStore) -> None:
    service = program("--speed", "1000", "--provisioning-ms", "1000")
    order = {**KEYED, "first_look": 0.01, "longest_pause": 0.05}

    async def main() -> str:
        async with stablevps.AsyncClient(service.key, base_url=service.url, store=store) as client:
            return (await client.vps.provision(**order)).vps.id

    def in_thread() -> str:
        with stablevps.Client(service.key, base_url=service.url, store=store) as client:
            bought: str = client.vps.provision(**order).vps.id
            assert client.purchases.get("order-1") == client.purchases.list()[0]
            return bought

    ids = [asyncio.run(main()) if kind == "AsyncClient" else in_thread() for _ in range(2)]
    assert ids == [vps["id"] for vps in service.state()["vps"]] * 2
