"""What a purchase tells its caller: progress, tokens, and what a transport did wrong."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from _blocking import Blocking
from _servers import answering, serving

import stablevps
from stablevps.testing import Simulator

KEY = "svps_live_0123456789abcdef"
ORDER: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}
ON_ORDERS: Any = {"method": "POST", "path": "/vps"}


# Asynchronous progress.


def test_an_asynchronous_on_progress_is_awaited_before_the_step_is_carried_out(
    simulator: Simulator,
) -> None:
    stored: list[tuple[str, int]] = []

    async def store(progress: stablevps.Progress) -> None:
        await asyncio.sleep(0)
        stored.append((progress.phase, simulator.state()["orders_placed"]))

    class Store:
        async def __call__(self, progress: stablevps.Progress) -> None:
            await store(progress)

    async def main() -> None:
        async with simulator.async_client() as client:
            await client.vps.provision(**ORDER, on_progress=store)
            await client.vps.provision(**ORDER, on_progress=Store())

    asyncio.run(main())
    orders = [placed for phase, placed in stored if phase == "ordering"]
    assert orders == [0, 1], "stored before the order is sent"


def test_an_asynchronous_on_progress_is_refused_by_a_synchronous_client(
    simulator: Simulator,
) -> None:
    async def store(progress: stablevps.Progress) -> None: ...

    class Store:
        async def __call__(self, progress: stablevps.Progress) -> None: ...

    for on_progress in (store, Store(), lambda progress: store(progress)):
        with pytest.raises(TypeError, match="only an AsyncClient awaits it"):
            simulator.client().vps.provision(**ORDER, on_progress=on_progress)
    assert simulator.state()["orders_placed"] == 0


# The token of a purchase that something else cancels.


@pytest.mark.parametrize("how", ["wait_for", "gather", "task"])
def test_the_token_of_a_cancelled_purchase_is_within_reach(simulator: Simulator, how: str) -> None:
    async def main() -> None:
        ordered = asyncio.Event()

        async def hang(progress: stablevps.Progress) -> None:
            if progress.phase == "polling":
                ordered.set()
                await asyncio.Event().wait()

        async with simulator.async_client() as client:
            purchase = client.vps.provision(**ORDER, on_progress=hang)
            assert purchase.token is None, "it begins when it is awaited"
            if how == "wait_for":
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(purchase, 0.1)
            else:
                task = asyncio.create_task(purchase)
                whole = asyncio.gather(task, return_exceptions=True)
                await ordered.wait()
                task.cancel()
                assert isinstance((await whole)[0], asyncio.CancelledError)
            assert purchase.token is not None
            resumed = await client.vps.resume(purchase.token)
            assert resumed.vps.id == simulator.state()["vps"][0]["id"]

    asyncio.run(main())
    assert simulator.state()["orders_placed"] == 1


def test_a_purchase_at_its_end_has_nothing_to_resume(simulator: Simulator) -> None:
    async def main() -> None:
        async with simulator.async_client() as client:
            purchase = client.vps.provision(**ORDER)
            bought = await purchase
            assert bought.vps.ip_address
            assert repr(purchase) == "<AsyncPurchase: begun>"
            never = client.vps.provision(**ORDER)
            assert repr(never) == "<AsyncPurchase: not begun>"
            never.close()

    asyncio.run(main())


# A transport with a bug.


class Buggy:
    """Raises, or returns nonsense, for orders."""

    def __init__(self, simulator: Simulator, bug: Any) -> None:
        self._simulator = simulator
        self._bug = bug

    def send(self, request: stablevps.HttpRequest) -> Any:
        response = self._simulator.serve(request)
        if request.endpoint != "POST /vps":
            return response
        return self._bug(request)

    def close(self) -> None: ...


class AsyncBuggy(Buggy):
    async def send(self, request: stablevps.HttpRequest) -> Any:  # type: ignore[override]
        return super().send(request)

    async def aclose(self) -> None: ...


def name_error(request: stablevps.HttpRequest) -> Any:
    return undefined  # type: ignore[name-defined]  # noqa: F821


def key_in_words(request: stablevps.HttpRequest) -> Any:
    raise ValueError(f"bad header {request.headers['authorization']!s}")


BUGS = {
    "raises": (name_error, NameError),
    "shows the key": (key_in_words, ValueError),
    "returns nothing": (lambda request: None, TypeError),
    "returns a text": (lambda request: stablevps.HttpResponse(200, {}, "{}"), TypeError),
    "returns no status": (lambda request: stablevps.HttpResponse("200", {}, b"{}"), TypeError),
    "returns no headers": (
        lambda request: stablevps.HttpResponse(200, None, b"{}"),
        AttributeError,
    ),
    "returns a status of no sense": (
        lambda request: stablevps.HttpResponse(10**9, {}, b"{}"),
        ValueError,
    ),
}


def with_transport(kind: str, simulator: Simulator, bug: Any) -> Any:
    # A server of its own: what was bought there by another test is no VPS of this one.
    options: Any = {"base_url": f"https://{id(simulator)}.example"}
    if kind == "Client":
        return stablevps.Client(simulator.api_key, transport=Buggy(simulator, bug), **options)
    transport: Any = AsyncBuggy(simulator, bug)
    return Blocking(stablevps.AsyncClient(simulator.api_key, transport=transport, **options))


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_in_a_transport_is_the_cause_and_is_logged(
    kind: str, simulator: Simulator, bug: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken, raised = BUGS[bug]
    with (
        with_transport(kind, simulator, broken) as client,
        pytest.raises(stablevps.OutcomeUnknownError) as caught,
    ):
        client.vps.create(**ORDER)
    assert type(caught.value.__cause__) is raised
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage() == (
        f"vps.create: the transport raised {raised.__name__}; the request may have been sent"
    )
    assert bool(record.exc_info) == (bug != "shows the key"), "a key is not logged"


def test_a_purchase_with_such_a_transport_finds_its_order(kind: str, simulator: Simulator) -> None:
    class Clock:
        now_ms = monotonic_ms = lambda self: simulator.now_ms

        def sleep(self, seconds: float) -> None:
            simulator.advance(seconds)

    with with_transport(kind, simulator, name_error) as client:
        inner = getattr(client, "_client", client)
        clock = Clock()
        inner._clock, inner._has_own_clock = clock, True
        if kind == "AsyncClient":

            async def sleep(seconds: float) -> None:
                simulator.advance(seconds)

            clock.sleep = sleep  # type: ignore[method-assign, assignment]
        assert client.vps.provision(**ORDER).recovered
    assert simulator.state()["orders_placed"] == 1


# One clock.


class Standing:
    """A clock that moves only when a client sleeps."""

    def __init__(self) -> None:
        self.now = 5_000
        self.slept = 0.0

    def now_ms(self) -> int:
        return 946_684_800_000 + self.now

    def monotonic_ms(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += round(seconds * 1000)


class AsyncStanding(Standing):
    async def sleep(self, seconds: float) -> None:  # type: ignore[override]
        super().sleep(seconds)


def with_clock(kind: str, url: str) -> tuple[Any, Standing]:
    if kind == "Client":
        clock = Standing()
        return stablevps.Client(KEY, base_url=url, clock=clock), clock
    slow: Any = AsyncStanding()
    return Blocking(stablevps.AsyncClient(KEY, base_url=url, clock=slow)), slow


def test_a_clock_of_the_users_own_is_the_only_one_beside_the_built_in_transport(kind: str) -> None:
    with serving(answering) as server:
        client, clock = with_clock(kind, f"http://127.0.0.1:{server.port}")
        with client:
            # By the machine's own clock, the deadline was decades ago, or is decades away.
            assert client.wallet.get(deadline=1).currency == "EUR"
            assert client.wallet.get(deadline=1).currency == "EUR"
        assert clock.now == 5_000


def test_a_deadline_passes_by_the_users_own_clock(kind: str) -> None:
    def busy(server: Any, connection: Any) -> None:
        while server.read_head(connection):
            connection.sendall(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")

    with serving(busy) as server:
        client, clock = with_clock(kind, f"http://127.0.0.1:{server.port}")
        with client, pytest.raises((stablevps.DeadlineExceededError, stablevps.ServerError)):
            client.wallet.get(deadline=3600)
        assert len(server.heads) == 3 and clock.slept > 0


# Virtual time that several share.


def test_simulated_purchases_side_by_side_sleep_side_by_side() -> None:
    simulator = Simulator(balance=10_000)
    start = simulator.now_ms

    async def main() -> list[Any]:
        async with simulator.async_client() as client:
            purchases = [client.vps.provision(**ORDER) for _ in range(60)]
            return await asyncio.gather(*purchases)

    bought = asyncio.run(main())
    assert len({each.vps.id for each in bought}) == 60
    # Setting up takes two minutes. One after the other would take two hours.
    assert simulator.now_ms - start < 10 * 60_000


def test_simulated_purchases_in_threads_sleep_side_by_side() -> None:
    simulator = Simulator(balance=10_000)
    start = simulator.now_ms
    with simulator.client() as client, ThreadPoolExecutor(60) as threads:
        bought = list(threads.map(lambda _: client.vps.provision(**ORDER), range(60)))
    assert len({each.vps.id for each in bought}) == 60
    assert simulator.now_ms - start < 20 * 60_000


def test_virtual_time_stands_while_a_purchase_does_something_real() -> None:
    simulator = Simulator()
    start = simulator.now_ms

    async def main() -> None:
        resting, real = asyncio.Event(), asyncio.Event()

        async def work(progress: stablevps.Progress) -> None:
            if progress.phase == "polling":
                resting.set()
                await real.wait()

        async with simulator.async_client() as client:
            busy = asyncio.create_task(client.vps.provision(**ORDER, on_progress=work))
            await resting.wait()
            other = asyncio.create_task(client.vps.provision(**ORDER))
            for _ in range(100):
                await asyncio.sleep(0)
            assert simulator.now_ms == start and not other.done()
            real.set()
            await asyncio.gather(busy, other)

    asyncio.run(main())


def test_each_simulated_service_has_a_queue_of_its_own() -> None:
    first, second = Simulator(seed=7), Simulator(seed=7)
    assert first.api_key == second.api_key

    def buy(progress: stablevps.Progress) -> None:
        if progress.phase == "ordering" and not second.state()["orders_placed"]:
            second.client().vps.provision(**ORDER)

    first.client().vps.provision(**ORDER, on_progress=buy)
    assert second.state()["orders_placed"] == first.state()["orders_placed"] == 1


def test_a_call_within_on_progress_may_wait(connect: Any, simulator: Simulator) -> None:
    """The purchase waits for it, so its own waits pass."""
    simulator.fault({"status": {"code": 503}}, path="/account")

    def look(progress: stablevps.Progress) -> None:
        if progress.phase == "ordering":
            simulator.client().account.get()

    assert connect(simulator).vps.provision(**ORDER, on_progress=look).vps.ip_address


NESTED = "on_progress must not buy on the account of the purchase that calls it"


def judge(ends: list[tuple[bool, Any]], simulator: Simulator) -> None:
    """The turn lasts until the first progress that is not exclusive was told."""
    first = [exclusive for exclusive, _ in ends].index(False)
    for number, (_, end) in enumerate(ends):
        if number > first:
            assert isinstance(end, stablevps.Provisioned)
        else:
            assert isinstance(end, stablevps.InvalidInputError)
            assert (str(end), end.next, end.token) == (NESTED, "fix", None)
    assert simulator.state()["orders_placed"] == len(ends) - first


def test_a_purchase_within_on_progress_is_refused_while_the_other_orders() -> None:
    simulator = Simulator(balance=1000)
    client = simulator.client()
    ends: list[tuple[bool, Any]] = []

    def buy(progress: stablevps.Progress) -> None:
        try:
            ends.append((progress.exclusive, client.vps.provision(**ORDER)))
        except stablevps.StableVPSError as error:
            ends.append((progress.exclusive, error))

    client.vps.provision(**ORDER, on_progress=buy)
    judge(ends, simulator)


@pytest.mark.parametrize("inner", ["awaited", "synchronous"])
def test_a_purchase_in_the_task_of_on_progress_is_refused_while_the_other_orders(
    inner: str,
) -> None:
    simulator = Simulator(balance=1000)
    ends: list[tuple[bool, Any]] = []

    async def main() -> None:
        client, blocking = simulator.async_client(), simulator.client()

        async def buy(progress: stablevps.Progress) -> None:
            try:
                if inner == "awaited":
                    bought = await client.vps.provision(**ORDER)
                else:
                    bought = blocking.vps.provision(**ORDER)
                ends.append((progress.exclusive, bought))
            except stablevps.StableVPSError as error:
                ends.append((progress.exclusive, error))

        await client.vps.provision(**ORDER, on_progress=buy)

    asyncio.run(main())
    judge(ends, simulator)


def test_a_purchase_that_on_progress_only_begins_waits_for_its_turn() -> None:
    simulator = Simulator(balance=1000)
    begun: list[Any] = []

    async def main() -> None:
        client = simulator.async_client()

        async def begin(progress: stablevps.Progress) -> None:
            if not begun:
                begun.append(asyncio.ensure_future(client.vps.provision(**ORDER)))
                await asyncio.sleep(0)

        await client.vps.provision(**ORDER, on_progress=begin)
        await begun[0]

    asyncio.run(main())
    assert simulator.state()["orders_placed"] == 2


def test_a_loop_that_ends_with_purchases_in_it_holds_up_no_other() -> None:
    simulator = Simulator(balance=1000)
    tokens: dict[int, str] = {}
    left: list[Any] = []

    async def dies(client: Any, number: int) -> None:
        def keep(progress: stablevps.Progress) -> None:
            if simulator.state()["orders_placed"] >= 3:
                raise SystemExit
            tokens[number] = progress.token or ""

        purchase = client.vps.provision(**ORDER, on_progress=keep)
        left.append(purchase)
        await purchase

    async def first() -> None:
        client = simulator.async_client()
        await asyncio.gather(*(dies(client, number) for number in range(8)))

    async def second() -> list[str]:
        client = simulator.async_client()
        purchases = (client.vps.resume(token) for token in tokens.values())
        return [bought.vps.id for bought in await asyncio.gather(*purchases)]

    # Not all of them are told of the end: they stay where they are, with the queue's first place.
    with pytest.raises(SystemExit):
        asyncio.run(first())
    ids = asyncio.run(second())
    assert len(set(ids)) == len(tokens) == simulator.state()["orders_placed"]
