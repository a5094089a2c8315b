"""What ``on_event`` and the log get of requests, purchases and watches, with both clients."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from _servers import Server, reply, serving

import stablevps
from stablevps import Phase, events
from stablevps.testing import Simulator

ORDER: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}
KEY = "svps_live_0123456789abcdef"


class Told(list[Any]):
    """Notes everything."""

    def __call__(self, event: events.ClientEvent) -> None:
        self.append(event)

    def requests(self) -> list[events.RequestDone]:
        return [event for event in self if isinstance(event, events.RequestDone)]

    def phases(self) -> list[events.PhaseChanged]:
        return [event for event in self if isinstance(event, events.PhaseChanged)]


def test_each_attempt_is_told_with_what_became_of_it(connect: Callable[..., Any]) -> None:
    simulator, told = Simulator(), Told()
    simulator.fault("lose_before", path="/wallet")
    simulator.fault({"status": {"code": 503}}, path="/wallet")
    connect(simulator, on_event=told).wallet.get()
    lost, refused, done = told
    assert (lost.call, lost.endpoint, lost.method) == ("wallet.get", "GET /wallet", "GET")
    assert (lost.status, lost.failure, lost.delivery) == (None, "io", "unknown")
    assert [one.attempt for one in told] == [1, 2, 3]
    assert (lost.retry_of, refused.retry_of, done.retry_of) == (None, "transport", "server")
    assert (refused.status, done.status, done.failure) == (503, 200, None)
    assert done.received > 20
    assert done.url.endswith("/wallet")


def test_a_delay_of_the_service_is_the_duration(connect: Callable[..., Any]) -> None:
    simulator, told = Simulator(), Told()
    simulator.fault({"delay": {"ms": 1500}}, path="/account")
    connect(simulator, on_event=told).account.get()
    assert told[0].duration == 1.5


def test_a_purchase_tells_its_phases_and_its_end(connect: Callable[..., Any]) -> None:
    simulator, told = Simulator(), Told()
    simulator.fault("lose_after", method="POST", path="/vps")
    bought = connect(simulator, on_event=told).vps.provision(**ORDER)
    assert [one.phase for one in told.phases()] == [
        Phase.PREFLIGHT,
        Phase.BASELINE,
        Phase.ORDERING,
        Phase.RECONCILING,
        Phase.POLLING,
        Phase.ENDED,
    ]
    first, *_, polling, ended = told.phases()
    assert (first.call, first.vps_id, first.elapsed) == ("vps.provision", None, 0.0)
    assert polling.vps_id == ended.vps_id == bought.vps.id
    assert ended.elapsed == bought.elapsed_ms / 1000 > 100
    assert ended.error is None
    assert {one.purchase for one in told.phases()} == {first.purchase}
    assert [one.endpoint for one in told.requests()].count("POST /vps") == 1


def test_a_purchase_that_fails_tells_with_which_error(connect: Callable[..., Any]) -> None:
    told = Told()
    client = connect(Simulator(balance=1), on_event=told)
    with pytest.raises(stablevps.InsufficientFundsError):
        client.vps.provision(**ORDER)
    ended = told.phases()[-1]
    assert (ended.phase, ended.error, ended.vps_id) == (Phase.ENDED, "insufficient_funds", None)


def test_the_events_of_a_watch_are_told_as_they_are(connect: Callable[..., Any]) -> None:
    told = Told()
    client = connect(Simulator(vps=[{"id": "a"}]), on_event=told)
    [started] = client.vps.watch(at_most=100)
    assert [event for event in told if event.name == "started"] == [started]
    assert [one.endpoint for one in told.requests()] == ["GET /vps"] * 2


def test_what_a_hook_raises_breaks_nothing_and_is_logged_once(
    connect: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    calls = []

    def broken(event: events.ClientEvent) -> None:
        calls.append(event)
        raise LookupError("a bug of the hook")

    client = connect(Simulator(), on_event=broken)
    assert client.vps.provision(**ORDER).vps.vps_status == "active"
    assert len(calls) > 10
    logged = [record for record in caplog.records if "on_event raised" in record.getMessage()]
    assert [record.levelname for record in logged] == ["ERROR"]


def test_no_event_of_a_client_holds_a_secret(connect: Callable[..., Any]) -> None:
    simulator, told = Simulator(), Told()
    client = connect(simulator, on_event=told)
    bought = client.vps.provision(**ORDER)
    client.vps.get(bought.vps.id)
    secrets = [simulator.api_key, bought.vps.rdp_password.reveal()]
    shown = [repr(event) + event.to_json(reveal=True) for event in told]
    assert shown
    assert [text for text in shown if any(secret in text for secret in secrets)] == []


def test_a_hook_must_be_a_function_that_nothing_awaits(connect: Callable[..., Any]) -> None:
    async def hook(event: events.ClientEvent) -> None:
        pass

    class Callable:
        async def __call__(self, event: events.ClientEvent) -> None:
            pass

    for one in (hook, Callable()):
        with pytest.raises(TypeError, match="on_event must not be asynchronous"):
            connect(Simulator(), on_event=one)
    with pytest.raises(TypeError, match="on_event must be a function"):
        connect(Simulator(), on_event="print")


def test_a_purchase_within_a_hook_of_another_is_refused_and_not_waited_for() -> None:
    simulator, ends = Simulator(), []

    def buys(event: events.ClientEvent) -> None:
        if getattr(event, "phase", None) is Phase.ORDERING and not ends:
            ends.append("begun")
            try:
                client.vps.provision(**ORDER)
            except stablevps.InvalidInputError as error:
                ends.append(str(error))

    client = simulator.client(on_event=buys)
    client.vps.provision(**ORDER)
    assert ends == [
        "begun",
        "on_progress must not buy on the account of the purchase that calls it",
    ]
    assert simulator.state()["orders_placed"] == 1


@pytest.mark.parametrize("made", ["Client", "AsyncClient"])
def test_requests_of_the_built_in_transport_are_told_as_well(made: str) -> None:
    def behave(server: Server, connection: Any) -> None:
        while server.read_head(connection):
            connection.sendall(reply(more="X-Request-Id: req_4711\r\n"))

    told = Told()
    with serving(behave) as server:
        url = f"http://127.0.0.1:{server.port}"
        if made == "Client":
            with stablevps.Client(KEY, base_url=url, on_event=told) as client:
                client.wallet.get()
        else:
            import asyncio

            async def main() -> None:
                async with stablevps.AsyncClient(KEY, base_url=url, on_event=told) as client:
                    await client.wallet.get()

            asyncio.run(main())
    [done] = told
    assert (done.status, done.received, done.request_id) == (200, 33, "req_4711")
    assert done.url == f"{url}/api/v1/wallet"
    assert done.duration >= 0


def lines(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    records = [record for record in caplog.records if record.name == "stablevps"]
    return [record.getMessage() for record in records if record.levelno == level]


def test_orders_deletions_and_reboots_are_logged_for_information(
    connect: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    client = connect(Simulator())
    caplog.set_level(logging.INFO, "stablevps")
    bought = client.vps.provision(**ORDER)
    id = bought.vps.id
    client.vps.stop(id)
    client.vps.start(id)
    client.vps.reboot(id)
    client.vps.delete(id)
    assert lines(caplog, logging.INFO) == [
        "vps.provision: POST /api/v1/vps: 201 in 0.000 s",
        f"vps.reboot: POST /api/v1/vps/{id}/actions: 200 in 0.000 s",
        f"vps.delete: DELETE /api/v1/vps/{id}: 200 in 0.000 s",
    ]
    assert lines(caplog, logging.DEBUG) == []
    caplog.set_level(logging.DEBUG, "stablevps")
    client.wallet.get()
    assert "wallet.get: GET /api/v1/wallet: 200 in 0.000 s" in lines(caplog, logging.DEBUG)
