"""Orders that are bought together, with both clients."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from _child import Child
from _servers import Server, reply, serving

import stablevps
from stablevps import BatchOrder, BatchProgress, BatchResult, Phase, Progress
from stablevps.stores import SqliteStore
from stablevps.testing import Simulator

BASIC: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}
ORDER = BatchOrder(**BASIC)
PRIME = BatchOrder(plan_id="prime", billing_cycle="monthly", location="london")


def codes(ends: list[BatchResult]) -> list[str]:
    return sorted("ready" if end.error is None else end.error.code for end in ends)


def order_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith("stablevps-order")]


def placed(simulator: Simulator) -> int:
    count: int = simulator.state()["orders_placed"]
    return count


def test_each_order_has_its_end_and_one_that_fails_ends_no_other(
    connect: Callable[..., Any],
) -> None:
    simulator = Simulator(balance=1000)
    dear = BatchOrder(**BASIC, max_spend=1)
    wrong = BatchOrder(plan_id="", billing_cycle="monthly", location="tokyo")
    orders = [ORDER, dear, wrong, PRIME]
    client = connect(simulator)
    with client.vps.provision_many(iter(orders)) as batch:
        ends = list(batch)
        assert list(batch) == []
    assert sorted(end.index for end in ends) == [0, 1, 2, 3]
    for end in ends:
        assert end.order is orders[end.index]
        assert (end.result is None) != (end.error is None)
    assert codes(ends) == ["invalid_input", "over_budget", "ready", "ready"]
    bought = {end.index: end.result for end in ends if end.result is not None}
    assert bought[0].vps.plan_id == "basic"
    assert bought[3].vps.plan_id == "prime"
    assert placed(simulator) == 2
    assert batch.tokens == []


def test_twenty_are_bought_once_each_and_waited_for_together(connect: Callable[..., Any]) -> None:
    simulator = Simulator(balance=1000)
    simulator.fault("lose_after", method="POST", path="/vps", skip=3)
    begun = simulator.now_ms
    ends = list(connect(simulator).vps.provision_many([ORDER] * 20))
    assert codes(ends) == ["ready"] * 20
    assert len({end.result.vps.id for end in ends if end.result is not None}) == 20
    assert placed(simulator) == len(simulator.state()["vps"]) == 20
    assert simulator.now_ms < begun + 10 * 60_000
    assert order_threads() == []


def test_the_whole_has_a_limit(connect: Callable[..., Any]) -> None:
    simulator = Simulator(balance=1000)
    with connect(simulator).vps.provision_many([ORDER] * 4, max_spend="30") as batch:
        ends = list(batch)
        assert codes(ends) == ["over_budget", "over_budget", "ready", "ready"]
        assert str(batch.progress.spent) == "24.98"
    assert placed(simulator) == 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"max_spend": "-1"}, "max_spend must"),
        ({"max_spend": 1.5}, "max_spend must be a Decimal, a string or an int"),
        ({"at_once": 0}, "at_once must be a whole number from 1 to 10000"),
    ],
)
def test_a_limit_that_can_not_be_met_is_refused(
    connect: Callable[..., Any], settings: Any, said: str
) -> None:
    with pytest.raises(stablevps.InvalidInputError, match=said):
        connect(Simulator()).vps.provision_many([ORDER], **settings)


@pytest.mark.parametrize("at_once", [1, 3])
def test_orders_are_taken_when_they_may_begin(connect: Callable[..., Any], at_once: int) -> None:
    taken, ended = [0], [0]

    def orders() -> Iterator[BatchOrder]:
        for _ in range(7):
            taken[0] += 1
            assert taken[0] - ended[0] <= at_once
            yield ORDER

    simulator = Simulator(balance=1000)
    batch = connect(simulator).vps.provision_many(orders(), at_once=at_once)
    assert taken == [0]
    for end in batch:
        assert end.error is None
        ended[0] += 1
    assert (taken, ended) == ([7], [7])


def test_one_progress_is_of_all_of_them(connect: Callable[..., Any]) -> None:
    seen: list[BatchProgress] = []
    simulator = Simulator(balance=1000)
    orders = [ORDER, ORDER, BatchOrder(**BASIC, max_spend=1)]
    batch = connect(simulator).vps.provision_many(orders, on_progress=seen.append)
    list(batch)
    last = batch.progress
    assert (last.begun, last.ready, last.failed, last.polling) == (3, 2, 1, 0)
    assert (str(last.spent), last.currency) == ("24.98", "EUR")
    assert max(one.polling for one in seen) == 2
    assert max(one.longest_ms for one in seen) > 100_000
    assert all(one.begun <= 3 for one in seen)


def test_an_order_has_a_token_before_it_is_sent(connect: Callable[..., Any]) -> None:
    simulator = Simulator()
    tokens: list[tuple[int, str]] = []

    def note(progress: Progress) -> None:
        if progress.phase is Phase.ORDERING:
            assert progress.token is not None
            tokens.append((placed(simulator), progress.token))

    client = connect(simulator)
    [end] = client.vps.provision_many([BatchOrder(**BASIC, on_progress=note)])
    assert tokens[0][0] == 0
    assert client.vps.resume(tokens[0][1]).vps.id == end.result.vps.id
    assert placed(simulator) == 1


def test_who_leaves_early_has_the_tokens_of_what_goes_on(connect: Callable[..., Any]) -> None:
    simulator = Simulator(balance=1000)
    client = connect(simulator)
    soon = BatchOrder(**BASIC, wait_for="active", timeout=30)
    orders = iter([soon, *[ORDER] * 30])
    with client.vps.provision_many(orders, at_once=5) as batch:
        for end in batch:
            assert isinstance(end.error, stablevps.DeadlineExceededError)
            break
    count = placed(simulator)
    assert count == 5
    tokens = batch.tokens
    ended = [end.result.vps.id for end in batch]
    assert order_threads() == []
    every = [end.error.token, *tokens]
    bought = [client.vps.resume(token, timeout=1800).vps.id for token in every]
    assert len({*bought, *ended}) == count == placed(simulator)
    assert len(list(orders)) == 26
    assert client.vps.provision(**BASIC).vps.vps_status == "active", "the account is not locked"


def test_what_became_ready_and_was_not_given_has_a_token_too(connect: Callable[..., Any]) -> None:
    simulator = Simulator(balance=1000)
    client = connect(simulator)
    batch = client.vps.provision_many([ORDER] * 5)
    first = next(batch)
    simulator.advance(600)
    batch.close()
    tokens = batch.tokens
    ids = {client.vps.resume(token).vps.id for token in tokens}
    assert len(tokens) == 4
    assert {*ids, first.result.vps.id} == {vps["id"] for vps in simulator.state()["vps"]}
    assert {end.result.vps.id for end in batch} <= ids
    assert set(batch.tokens) <= set(tokens)


def test_who_drops_a_batch_ends_it() -> None:
    simulator = Simulator(balance=1000)
    with simulator.client() as client:
        for _ in client.vps.provision_many([BatchOrder(**BASIC, timeout=1), *[ORDER] * 9]):
            break
        gc.collect()
        for thread in order_threads():
            thread.join(20)
            assert not thread.is_alive()

    async def main() -> None:
        tasks = len(asyncio.all_tasks())
        async with simulator.async_client() as client:
            async for _ in client.vps.provision_many([BatchOrder(**BASIC, timeout=1), ORDER]):
                break
            gc.collect()
            while len(asyncio.all_tasks()) > tasks:
                await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), 20))


def test_what_is_no_order_is_refused_and_the_others_go_on(connect: Callable[..., Any]) -> None:
    simulator = Simulator(balance=1000)
    orders: Any = [ORDER, BASIC, None, ORDER]
    batch = connect(simulator).vps.provision_many(orders)
    ends, refusals = [], []
    while True:
        try:
            ends.append(next(batch))
        except StopIteration:
            break
        except TypeError as error:
            refusals.append(str(error))
    assert refusals == [
        "an order must be a BatchOrder, not dict",
        "an order must be a BatchOrder, not NoneType",
    ]
    assert codes(ends) == ["ready", "ready"]


def test_an_iterable_that_raises_loses_no_order(connect: Callable[..., Any]) -> None:
    def orders() -> Iterator[BatchOrder]:
        yield ORDER
        raise LookupError("no more customers")

    batch = connect(Simulator()).vps.provision_many(orders())
    with pytest.raises(LookupError):
        next(batch)
    assert codes(list(batch)) == ["ready"]


def test_what_a_progress_of_an_order_raises_is_raised_with_its_token_kept(
    connect: Callable[..., Any],
) -> None:
    def broken(progress: Progress) -> None:
        if progress.phase is Phase.POLLING:
            raise LookupError("a bug")

    simulator = Simulator(balance=1000)
    client = connect(simulator)
    batch = client.vps.provision_many([BatchOrder(**BASIC, on_progress=broken), ORDER])
    with pytest.raises(LookupError) as caught:
        list(batch)
    assert codes(list(batch)) == ["ready"]
    [token] = batch.tokens
    assert caught.value.token == token  # type: ignore[attr-defined]
    client.vps.resume(token)
    assert placed(simulator) == 2


def test_keys_buy_once_also_together(connect: Callable[..., Any], tmp_path: Path) -> None:
    simulator = Simulator(balance=1000)
    store = SqliteStore(tmp_path / "purchases.db")
    client = connect(simulator, store=store)
    orders = [BatchOrder(**BASIC, idempotency_key=f"order-{n % 3}") for n in range(6)]
    ends = list(client.vps.provision_many(orders, when_held="wait"))
    assert codes(ends) == ["ready"] * 6
    assert len({end.result.vps.id for end in ends if end.result is not None}) == 3
    assert placed(simulator) == 3
    store.close()
    [end] = connect(simulator).vps.provision_many([orders[0]])
    assert "needs a client with a store" in str(end.error)


def test_a_closed_client_ends_each_with_its_token(connect: Callable[..., Any]) -> None:
    simulator = Simulator(balance=1000)
    client = connect(simulator)

    def close(progress: Progress) -> None:
        if progress.phase is Phase.POLLING:
            client._closing.close()

    ends = list(client.vps.provision_many([BatchOrder(**BASIC, on_progress=close), ORDER]))
    assert len(ends) == 2
    assert all(isinstance(end.error, stablevps.StableVPSError) for end in ends)
    tokens = [end.error.token for end in ends if end.error is not None and end.error.token]
    other = connect(simulator)
    assert {other.vps.resume(token).vps.id for token in tokens} >= {
        vps["id"] for vps in simulator.state()["vps"]
    }


def test_without_a_free_thread_those_that_run_must_do(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def starts(thread: threading.Thread) -> None:
        if len(order_threads()) >= 2:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", starts)
    simulator = Simulator(balance=1000)
    assert codes(list(simulator.client().vps.provision_many([ORDER] * 5))) == ["ready"] * 5
    assert placed(simulator) == 5


def test_a_client_of_threads_takes_no_asynchronous_progress() -> None:
    async def note(progress: BatchProgress) -> None:
        pass

    hook: Any = note
    with pytest.raises(TypeError, match="on_progress must not be asynchronous"):
        Simulator().client().vps.provision_many([ORDER], on_progress=hook)


def test_orders_may_come_asynchronously_and_hold_no_result_back() -> None:
    async def main() -> None:
        simulator = Simulator(balance=1000)
        seen: list[int] = []
        first_ended = asyncio.Event()

        async def orders() -> AsyncIterator[BatchOrder]:
            yield ORDER
            # The next customer comes only when the first one is served.
            await first_ended.wait()
            yield PRIME

        async def note(progress: BatchProgress) -> None:
            await asyncio.sleep(0)
            seen.append(progress.begun)

        async with simulator.async_client() as client:
            ends = []
            async for end in client.vps.provision_many(orders(), on_progress=note):
                ends.append(end)
                first_ended.set()
        assert codes(ends) == ["ready", "ready"]
        assert [end.order.plan_id for end in ends] == ["basic", "prime"]
        assert set(seen) == {1, 2}

    asyncio.run(asyncio.wait_for(main(), 60))


def test_asking_may_be_cancelled_and_loses_no_result() -> None:
    async def main() -> None:
        simulator = Simulator(balance=1000)
        async with simulator.async_client() as client:
            batch = client.vps.provision_many([ORDER] * 5)
            ends: list[BatchResult] = []
            turns = 0
            while len(ends) < 5:
                asking = asyncio.ensure_future(anext(batch))
                turns += 1
                for _ in range(turns % 7):
                    await asyncio.sleep(0)
                asking.cancel()
                try:
                    ends.append(await asking)
                except asyncio.CancelledError:
                    continue
            with pytest.raises(StopAsyncIteration):
                await anext(batch)
            assert sorted(end.index for end in ends) == [0, 1, 2, 3, 4]
            assert placed(simulator) == 5

    asyncio.run(asyncio.wait_for(main(), 60))


def test_ctrl_c_ends_the_wait_and_leaves_the_tokens() -> None:
    order = (
        b'{"id":"vps_1","planId":"basic","billingCycle":"monthly","location":"tokyo",'
        b'"status":"active","vpsStatus":"provisioning"}'
    )

    def behave(server: Server, connection: Any) -> None:
        while head := server.read_head(connection):
            path = head.split(" ", 2)[1]
            body = b'{"balance":99.5,"currency":"EUR"}' if path.endswith("/wallet") else order
            if path.endswith("/vps") and head.startswith("get"):
                body = b'{"vps":[],"total":0}'
            connection.sendall(reply(body))

    with serving(behave) as server:
        child = Child(
            """
            import sys, stablevps
            from stablevps import BatchOrder, Phase
            def note(progress):
                if progress.phase is Phase.POLLING and not order:
                    print("ready")
                    order.append(progress)
            order = []
            orders = [BatchOrder(plan_id="basic", billing_cycle="monthly", location="tokyo",
                                 on_progress=note, first_look=1000)]
            client = stablevps.Client("svps_live_0123456789abcdef", base_url=sys.argv[1])
            try:
                for end in client.vps.provision_many(orders):
                    print(end)
            except KeyboardInterrupt as stopped:
                print(len(stopped.tokens), "vps_1" in stopped.tokens[0])
            """,
            f"http://127.0.0.1:{server.port}",
        )
        child.wait_until_ready()
        child.interrupt()
        status, out, errors = child.end()
    assert (status, out) == (0, "1 True\n"), errors
