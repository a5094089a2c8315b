"""Buying one VPS, exactly one, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

import stablevps
from stablevps import Phase, Progress
from stablevps.testing import Simulator

ORDER: Any = {"plan_id": "prime", "billing_cycle": "monthly", "location": "london"}
ON_ORDERS = {"method": "POST", "path": "/vps"}


def token_of(ending: BaseException) -> str:
    """The token on a cancellation, or under Python 3.10 on the one that it was made of."""
    token: str | None = getattr(ending, "token", None)
    if token is None:
        assert ending.__context__ is not None
        return token_of(ending.__context__)
    return token


class Stop(Exception):
    """What a caller's own code raises."""


def test_a_purchase_gives_a_usable_vps_and_its_cost(client: Any, simulator: Simulator) -> None:
    bought = client.vps.provision(**ORDER, max_spend=Decimal("19.49"))
    assert bought.vps.vps_status is stablevps.VpsStatus.ACTIVE
    assert bought.vps.ip_address and bought.vps.rdp_username and bought.vps.rdp_password
    assert (bought.charged, bought.currency) == (Decimal("19.49"), "EUR")
    assert (bought.balance_before, bought.balance_after) == (Decimal("100.00"), Decimal("80.51"))
    assert (bought.orders_sent, bought.recovered) == (1, False)
    assert 120_000 <= bought.elapsed_ms < 140_000
    state = simulator.state()
    assert (state["orders_received"], state["charges"]) == (1, [19.49])
    assert bought.requests == state["requests"]["total"]


def test_the_progress_tells_every_phase_in_order(client: Any) -> None:
    seen: list[Progress] = []
    bought = client.vps.provision(**ORDER, on_progress=seen.append)
    phases = list(dict.fromkeys(progress.phase for progress in seen))
    assert phases == [Phase.PREFLIGHT, Phase.BASELINE, Phase.ORDERING, Phase.POLLING]
    assert [p.exclusive for p in seen] == [p.phase is not Phase.POLLING for p in seen]
    assert seen[-1].vps_id == bought.vps.id
    assert seen[-1].last_status is stablevps.VpsStatus.PROVISIONING
    assert (seen[-1].charged, seen[-1].balance_before) == (Decimal("19.49"), Decimal("100.00"))
    assert all(progress.token for progress in seen)
    waits = [progress.next_look_ms for progress in seen if progress.next_look_ms]
    assert waits[0] == 5000 and max(waits) <= 15000


def test_active_is_enough_where_that_is_asked_for(connect: Any) -> None:
    simulator = Simulator(details_delay_ms=600_000)
    bought = connect(simulator).vps.provision(**ORDER, wait_for="active")
    assert (bought.vps.vps_status, bought.vps.rdp_password) == ("active", None)


def test_ready_means_that_there_is_a_password(connect: Any) -> None:
    simulator = Simulator(details_delay_ms=600_000)
    bought = connect(simulator).vps.provision(**ORDER)
    assert bought.vps.rdp_password and bought.elapsed_ms >= 720_000


@pytest.mark.parametrize(
    "do",
    [
        "lose_after",
        {"cut": {"keep": 9}},
        {"status": {"code": 500, "effect": "after"}},
        {"status": {"code": 504, "effect": "after", "body": "<html>", "content_type": "text/html"}},
        {"body": {"text": "not json"}},
        {"late_order": {"ms": 60_000}},
    ],
)
def test_a_lost_reply_is_recovered_with_one_order(
    client: Any, simulator: Simulator, do: Any
) -> None:
    simulator.fault(do, **ON_ORDERS)
    bought = client.vps.provision(**ORDER)
    assert (bought.recovered, bought.charged) == (True, Decimal("19.49"))
    state = simulator.state()
    assert (state["orders_received"], state["charges"]) == (1, [19.49])
    assert [vps["id"] for vps in state["vps"]] == [bought.vps.id]


def test_a_vps_that_was_there_before_is_not_taken_for_the_lost_order(
    client: Any, simulator: Simulator
) -> None:
    simulator.control({"add_vps": {**ORDER}})
    simulator.fault("lose_before", **ON_ORDERS)
    with pytest.raises(stablevps.NotPlacedError):
        client.vps.provision(**ORDER)


def test_an_order_that_was_not_sent_is_sent_again(client: Any, simulator: Simulator) -> None:
    simulator.fault("not_delivered", **ON_ORDERS)
    bought = client.vps.provision(**ORDER)
    assert (bought.recovered, bought.orders_sent) == (False, 1)
    assert simulator.state()["charges"] == [19.49]


def test_an_order_that_never_arrived_is_not_placed_and_may_be_made_again(
    client: Any, simulator: Simulator
) -> None:
    simulator.fault("lose_before", **ON_ORDERS)
    tokens: list[str] = []
    with pytest.raises(stablevps.NotPlacedError) as caught:
        client.vps.provision(**ORDER, on_progress=lambda it: tokens.append(it.token or ""))
    assert (caught.value.fault, caught.value.next) == ("network", "retry")
    assert caught.value.token is None, "nothing is left to resume"
    state = simulator.state()
    assert (state["balance"], state["vps"]) == (100, [])
    with pytest.raises(stablevps.NotPlacedError):
        client.vps.resume(next(token for token in reversed(tokens) if token))
    assert simulator.state()["requests"]["by_endpoint"]["POST /vps"] == 1
    assert client.vps.provision(**ORDER).orders_sent == 1
    assert simulator.state()["charges"] == [19.49]


def test_money_that_is_gone_without_a_vps_is_unresolved(client: Any, simulator: Simulator) -> None:
    simulator.fault({"partial_order": {"half": "charged_not_created"}}, **ON_ORDERS)
    with pytest.raises(stablevps.UnresolvedError, match="the wallet has changed") as caught:
        client.vps.provision(**ORDER)
    assert (caught.value.candidates, caught.value.next) == ([], "ask")
    assert caught.value.token


def test_two_vps_that_may_be_the_one_are_left_to_a_person(
    client: Any, simulator: Simulator
) -> None:
    simulator.fault("lose_after", **ON_ORDERS)

    def meanwhile(progress: Progress) -> None:
        if progress.phase is Phase.RECONCILING and len(simulator.state()["vps"]) == 1:
            simulator.control({"add_vps": {**ORDER}})

    with pytest.raises(stablevps.UnresolvedError) as caught:
        client.vps.provision(**ORDER, on_progress=meanwhile)
    listed = {vps["id"] for vps in simulator.state()["vps"]}
    assert {vps.id for vps in caught.value.candidates} == listed
    assert all(isinstance(vps, stablevps.Vps) for vps in caught.value.candidates)


@pytest.mark.parametrize("limit", [19, "19.48", Decimal("19.48")])
def test_a_price_above_the_limit_is_never_ordered(
    client: Any, simulator: Simulator, limit: Any
) -> None:
    with pytest.raises(stablevps.OverBudgetError) as caught:
        client.vps.provision(**ORDER, max_spend=limit)
    assert (caught.value.price, caught.value.max_spend) == (Decimal("19.49"), Decimal(limit))
    assert simulator.state()["orders_received"] == 0


@pytest.mark.parametrize("check_funds", [False, True])
def test_too_little_money_is_seen_before_ordering_only_where_that_is_asked_for(
    connect: Any, check_funds: bool
) -> None:
    simulator = Simulator(balance=19.48)
    with pytest.raises(stablevps.InsufficientFundsError) as caught:
        connect(simulator).vps.provision(**ORDER, check_funds=check_funds)
    assert caught.value.shortfall == Decimal("0.01")
    assert simulator.state()["orders_received"] == (0 if check_funds else 1)
    assert simulator.state()["orders_placed"] == 0


def test_without_preflight_the_service_itself_refuses(connect: Any) -> None:
    simulator = Simulator(balance=19.48)
    with pytest.raises(stablevps.InsufficientFundsError) as caught:
        connect(simulator).vps.provision(**ORDER, preflight=False)
    assert (caught.value.status, caught.value.endpoint) == (402, "POST /vps")
    assert "GET /wallet" not in simulator.state()["requests"]["by_endpoint"]


def test_nothing_is_ordered_without_a_list_of_what_is_there(
    client: Any, simulator: Simulator
) -> None:
    simulator.fault({"status": {"code": 500}}, method="GET", path="/vps", times=9)
    with pytest.raises(stablevps.ServerError):
        client.vps.provision(**ORDER)
    assert simulator.state()["orders_received"] == 0


def test_a_suspended_vps_ends_the_wait_at_once(client: Any, simulator: Simulator) -> None:
    simulator.fault({"shape_order": {"vps_status": "suspended"}}, **ON_ORDERS)
    with pytest.raises(stablevps.ProvisioningFailedError) as caught:
        client.vps.provision(**ORDER)
    assert caught.value.vps_status is stablevps.VpsStatus.SUSPENDED
    assert caught.value.vps is not None and caught.value.vps.vps_status == "suspended"
    assert caught.value.token


def test_a_wait_goes_on_through_failures_and_unknown_statuses(
    client: Any, simulator: Simulator
) -> None:
    for do in (
        {"status": {"code": 503}},
        "lose_before",
        {"patch": {"merge": {"vpsStatus": "odd"}}},
    ):
        simulator.fault(do, method="GET", path="/vps/:id")
    seen: list[Progress] = []
    assert client.vps.provision(**ORDER, on_progress=seen.append).vps.rdp_password
    assert {"server", "transport"} <= {progress.last_error for progress in seen}


def test_after_the_deadline_the_token_leads_to_the_same_vps(
    connect: Any, simulator: Simulator
) -> None:
    with pytest.raises(stablevps.DeadlineExceededError, match="it is bought") as caught:
        connect(simulator).vps.provision(**ORDER, timeout=90)
    (vps,) = simulator.state()["vps"]
    assert caught.value.token and caught.value.vps
    assert caught.value.vps.id == vps["id"]
    bought = connect(simulator).vps.resume(caught.value.token)
    assert (bought.vps.id, bought.charged) == (vps["id"], Decimal("19.49"))
    assert simulator.state()["orders_received"] == 1


def test_a_token_is_refused_with_another_key_unless_any_key_will_do(
    connect: Any, simulator: Simulator
) -> None:
    with pytest.raises(stablevps.DeadlineExceededError) as caught:
        connect(simulator).vps.provision(**ORDER, timeout=90)
    other = simulator.control({"create_key": {}})["key"]
    with pytest.raises(stablevps.StaleTokenError, match="another API key") as stale:
        connect(simulator, api_key=other).vps.resume(caught.value.token)
    assert stale.value.reason == "it was begun with another API key"
    resumed = connect(simulator, api_key=other).vps.resume(caught.value.token, any_key=True)
    assert resumed.vps.id == simulator.state()["vps"][0]["id"]


@pytest.mark.parametrize("token", ["", "null", "{}", '{"v":1}', '{"v":99}', "x" * (1 << 21)])
def test_what_is_no_token_is_stale(client: Any, simulator: Simulator, token: str) -> None:
    with pytest.raises(stablevps.StaleTokenError):
        client.vps.resume(token)
    assert simulator.state()["requests"]["total"] == 0


def test_a_token_of_another_server_is_refused(connect: Any, simulator: Simulator) -> None:
    tokens: list[Any] = []
    connect(simulator).vps.provision(**ORDER, on_progress=lambda p: tokens.append(p.token))
    with pytest.raises(stablevps.StaleTokenError, match="another server"):
        connect(simulator, base_url="https://example.com").vps.resume(tokens[-1])


@pytest.mark.parametrize("phase", [Phase.PREFLIGHT, Phase.BASELINE, Phase.ORDERING])
@pytest.mark.parametrize("ending", [Stop, KeyboardInterrupt, stablevps.TransportFailure])
def test_progress_that_raises_before_the_order_means_that_nothing_was_ordered(
    client: Any, simulator: Simulator, phase: Phase, ending: type[BaseException]
) -> None:
    def stop(progress: Progress) -> None:
        if progress.phase is phase:
            raise ending("io", "unknown")

    with pytest.raises(ending) as caught:
        client.vps.provision(**ORDER, on_progress=stop)
    assert simulator.state()["orders_received"] == 0
    assert json.loads(caught.value.token)["v"] == 1  # type: ignore[attr-defined]
    # The account is free for the next purchase.
    assert client.vps.provision(**ORDER).orders_sent == 1


def test_every_token_on_the_way_leads_to_one_order_and_one_vps(connect: Any) -> None:
    """Whatever moment a process dies at, another one that resumes never buys a second VPS."""
    rehearsal: list[Progress] = []
    connect(Simulator()).vps.provision(**ORDER, on_progress=rehearsal.append)
    for moment in range(len(rehearsal)):
        simulator = Simulator()
        tokens: list[str] = []

        def die(progress: Progress, moment: int = moment, tokens: list[str] = tokens) -> None:
            tokens.append(progress.token or "")
            if len(tokens) > moment:
                raise Stop

        with pytest.raises(Stop):
            connect(simulator).vps.provision(**ORDER, on_progress=die)
        resumed = connect(simulator)
        if rehearsal[moment].phase is Phase.ORDERING:
            # The order may have been sent, as far as the token knows. It was not.
            with pytest.raises(stablevps.NotPlacedError):
                resumed.vps.resume(tokens[-1])
        else:
            assert resumed.vps.resume(tokens[-1]).vps.rdp_password
        placed = 0 if rehearsal[moment].phase is Phase.ORDERING else 1
        assert simulator.state()["orders_placed"] == placed, moment


def test_an_error_of_the_package_that_a_caller_raises_amid_a_purchase_gets_the_token(
    client: Any, simulator: Simulator
) -> None:
    def look(progress: Progress) -> None:
        if progress.phase is Phase.POLLING:
            with simulator.client() as other:
                other.vps.get("664a00000000000000000000")

    with pytest.raises(stablevps.NotFoundError) as caught:
        client.vps.provision(**ORDER, on_progress=look)
    assert caught.value.token
    assert client.vps.resume(caught.value.token).vps.id == simulator.state()["vps"][0]["id"]


def test_a_vps_that_was_bought_elsewhere_is_waited_for(client: Any) -> None:
    id = client.vps.create(**ORDER).id
    ready = client.vps.wait_until_ready(id)
    assert (ready.vps.id, ready.charged, ready.orders_sent) == (id, None, 0)


def test_waiting_for_what_does_not_exist_ends_with_the_second_look(
    client: Any, simulator: Simulator
) -> None:
    with pytest.raises(stablevps.NotFoundError):
        client.vps.wait_until_ready("664a00000000000000000000")
    assert simulator.state()["requests"]["total"] == 2


def test_an_interrupted_wait_leaves_its_token(simulator: Simulator) -> None:
    class Interrupted:
        def now_ms(self) -> int:
            return simulator.now_ms

        def monotonic_ms(self) -> int:
            return simulator.now_ms

        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    client = simulator.client()
    client._clock = Interrupted()
    with pytest.raises(KeyboardInterrupt) as caught:
        client.vps.provision(**ORDER)
    token: str = caught.value.token  # type: ignore[attr-defined]
    assert simulator.client().vps.resume(token).vps.id == simulator.state()["vps"][0]["id"]


@pytest.mark.parametrize("moment", ["order", "wait"])
def test_a_cancelled_purchase_leaves_its_token_and_frees_the_account(
    simulator: Simulator, moment: str
) -> None:
    reached = asyncio.Event()

    class Hanging:
        async def send(self, request: stablevps.HttpRequest) -> stablevps.HttpResponse:
            response = simulator.serve(request)
            if moment == "order" and request.endpoint == "POST /vps":
                reached.set()
                await asyncio.Event().wait()
            return response

        async def aclose(self) -> None: ...

    class Clock:
        def now_ms(self) -> int:
            return simulator.now_ms

        def monotonic_ms(self) -> int:
            return simulator.now_ms

        async def sleep(self, seconds: float) -> None:
            reached.set()
            await asyncio.Event().wait()

    async def main() -> str:
        client = stablevps.AsyncClient(
            simulator.api_key, transport=Hanging(), clock=Clock(), random_seed=1
        )
        task = asyncio.ensure_future(client.vps.provision(**ORDER))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        other = simulator.async_client()
        resumed = await other.vps.resume(token_of(caught.value))
        assert resumed.recovered == (moment == "order")
        return resumed.vps.id

    bought = asyncio.run(main())
    state = simulator.state()
    assert ([vps["id"] for vps in state["vps"]], state["orders_received"]) == ([bought], 1)


def all_good(simulator: Simulator, results: list[stablevps.Provisioned], price: Decimal) -> None:
    """Each got a VPS of its own, and each was charged once."""
    state = simulator.state()
    assert len({result.vps.id for result in results}) == len(results) == len(state["vps"])
    assert state["orders_received"] == state["orders_placed"] == len(results)
    assert state["charges"] == [float(price)] * len(results)
    assert all(result.charged == price for result in results)


@pytest.mark.parametrize("faulty", [False, True])
def test_fifty_purchases_in_threads_buy_fifty_vps(faulty: bool) -> None:
    simulator = Simulator(balance=5000)
    if faulty:
        simulator.fault("lose_after", **ON_ORDERS, times=20, skip=10)
    start = threading.Barrier(50)
    client = simulator.client()

    def buy(number: int) -> stablevps.Provisioned:
        start.wait()
        return client.vps.provision(**ORDER, timeout=10**6)

    with ThreadPoolExecutor(50) as threads:
        results = list(threads.map(buy, range(50)))
    all_good(simulator, results, Decimal("19.49"))
    assert sum(result.recovered for result in results) == (20 if faulty else 0)


@pytest.mark.parametrize("faulty", [False, True])
def test_fifty_purchases_in_tasks_buy_fifty_vps(faulty: bool) -> None:
    simulator = Simulator(balance=5000)
    if faulty:
        simulator.fault("lose_after", **ON_ORDERS, times=20, skip=10)

    async def main() -> list[stablevps.Provisioned]:
        # Two clients of one account: the order of purchases is the account's affair.
        clients = [simulator.async_client(), simulator.async_client()]
        return await asyncio.gather(
            *(clients[n % 2].vps.provision(**ORDER, timeout=10**6) for n in range(50))
        )

    results = asyncio.run(main())
    all_good(simulator, results, Decimal("19.49"))
    assert sum(result.recovered for result in results) == (20 if faulty else 0)


def test_purchases_in_threads_and_event_loops_do_not_take_each_others_vps() -> None:
    simulator = Simulator(balance=5000)
    simulator.fault("lose_after", **ON_ORDERS, times=9)

    def buy(number: int) -> stablevps.Provisioned:
        if number % 2:
            # The same account, though its address is written differently.
            client = simulator.client(base_url="https://stablevps.com/")
            return client.vps.provision(**ORDER, timeout=10**6)
        return asyncio.run(simulator.async_client().vps.provision(**ORDER, timeout=10**6))

    with ThreadPoolExecutor(9) as threads:
        results = list(threads.map(buy, range(9)))
    all_good(simulator, results, Decimal("19.49"))


@pytest.mark.parametrize("other", ["thread", "task"])
def test_a_purchase_that_waits_for_another_can_be_cancelled(
    simulator: Simulator, other: str
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Blocked:
        def send(self, request: stablevps.HttpRequest) -> stablevps.HttpResponse:
            begun.set()
            assert go_on.wait(15)
            return simulator.serve(request)

        def close(self) -> None: ...

    class AsyncBlocked:
        async def send(self, request: stablevps.HttpRequest) -> stablevps.HttpResponse:
            return await asyncio.to_thread(Blocked().send, request)

        async def aclose(self) -> None: ...

    async def first() -> stablevps.Provisioned:
        if other == "thread":
            blocked = simulator.client()
            blocked._transport = Blocked()
            return await asyncio.to_thread(blocked.vps.provision, **ORDER)
        twin = simulator.async_client()
        twin._transport = AsyncBlocked()
        return await twin.vps.provision(**ORDER)

    async def main() -> None:
        holding = asyncio.ensure_future(first())
        assert await asyncio.to_thread(begun.wait, 15)
        client = simulator.async_client()
        waiting = asyncio.ensure_future(client.vps.provision(**ORDER))
        await asyncio.sleep(0)
        assert simulator.state()["requests"]["total"] == 0
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await waiting
        assert "unordered" in json.loads(token_of(caught.value))["stage"]
        go_on.set()
        await holding
        await client.vps.provision(**ORDER)

    asyncio.run(main())
    assert simulator.state()["charges"] == [19.49, 19.49]


@pytest.mark.parametrize("other", ["sync", "async"])
def test_a_purchase_that_waits_for_another_keeps_to_its_time(
    simulator: Simulator, other: str
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Blocked:
        def send(self, request: stablevps.HttpRequest) -> stablevps.HttpResponse:
            begun.set()
            assert go_on.wait(15)
            return simulator.serve(request)

        def close(self) -> None: ...

    def buy() -> stablevps.Provisioned:
        if other == "sync":
            return simulator.client().vps.provision(**ORDER, timeout=0.01)
        return asyncio.run(simulator.async_client().vps.provision(**ORDER, timeout=0.01))

    holder = simulator.client()
    holder._transport = Blocked()
    with ThreadPoolExecutor() as threads:
        holding = threads.submit(holder.vps.provision, **ORDER)
        assert begun.wait(15)
        waiting = threads.submit(buy)
        # Time stands while the first one does something real, so it is let pass.
        while not waiting.done():
            simulator.advance(0.001)
        with pytest.raises(stablevps.DeadlineExceededError) as late:
            waiting.result()
        assert late.value.waiting_for == "the other purchases of this account"
        assert "unordered" in json.loads(token_of(late.value))["stage"]
        go_on.set()
        holding.result()
    assert late.value.token is not None
    simulator.client().vps.resume(late.value.token, timeout=3600)
    assert simulator.state()["charges"] == [19.49, 19.49]


def test_purchases_order_in_the_order_in_which_they_came(simulator: Simulator) -> None:
    simulator.control({"set_balance": {"amount": 1000}})
    came: list[int] = []

    async def main() -> None:
        client = simulator.async_client()
        go_on = asyncio.Event()

        async def hold(progress: stablevps.Progress) -> None:
            await go_on.wait()

        def note(number: int) -> Any:
            def noted(progress: stablevps.Progress) -> None:
                if progress.phase == "preflight":
                    came.append(number)

            return noted

        purchases = [asyncio.ensure_future(client.vps.provision(**ORDER, on_progress=hold))]
        for number in range(6):
            await asyncio.sleep(0)
            buying = client.vps.provision(**ORDER, on_progress=note(number))
            purchases.append(asyncio.ensure_future(buying))
        await asyncio.sleep(0)
        assert came == []
        purchases[3].cancel()
        go_on.set()
        await asyncio.gather(*purchases, return_exceptions=True)

    asyncio.run(main())
    assert came == [0, 1, 3, 4, 5]
    assert simulator.state()["orders_placed"] == 6


def test_keys_of_one_account_wait_for_each_other_where_it_has_a_name(simulator: Simulator) -> None:
    other = simulator.client().keys.create(
        email="john@example.com", password="correct horse battery staple", name="other"
    )
    for account, waits in ((None, False), ("acme", True)):
        one = simulator.client(account=account)
        two = simulator.client(account=account, api_key=other.api_key)
        begun: list[str] = []

        def within(progress: stablevps.Progress, two: Any = two, begun: Any = begun) -> None:
            if progress.phase == "baseline":
                with suppress(stablevps.InvalidInputError):
                    two.vps.provision(**ORDER, on_progress=lambda progress: begun.append("two"))

        one.vps.provision(**ORDER, on_progress=within)
        assert (not begun) == waits
    with pytest.raises(stablevps.InvalidInputError, match="account must not be empty"):
        simulator.client(account="")


def test_a_purchase_that_ran_out_of_time_is_resumed_with_more_of_it() -> None:
    simulator = stablevps.testing.Simulator(provisioning_ms=600_000)
    with simulator.client() as client:
        with pytest.raises(stablevps.DeadlineExceededError) as ended:
            client.vps.provision(
                plan_id="basic", billing_cycle="monthly", location="tokyo", timeout=60
            )
        token = ended.value.token
        assert token is not None
        with pytest.raises(stablevps.DeadlineExceededError):
            client.vps.resume(token)
        with pytest.raises(stablevps.InvalidInputError):
            client.vps.resume(token, timeout=0)
        bought = client.vps.resume(token, timeout=3600)
    assert bought.vps.vps_status == "active"
    assert simulator.state()["orders_received"] == 1


def test_a_key_without_a_scope_is_refused_before_it_is_asked_for() -> None:
    simulator = stablevps.testing.Simulator()
    with simulator.client() as client, pytest.raises(stablevps.InvalidInputError) as refused:
        client.keys.create(email="john@example.com", password="secret", name="bot", scope="")
    assert refused.value.field == "scope"
    assert simulator.requests() == []
