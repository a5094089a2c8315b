"""Watches over the account's VPS, with both clients."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _child import Child
from _servers import Server, reply, serving

import stablevps
from stablevps import HttpRequest, HttpResponse, ProbeTarget, events
from stablevps.testing import Simulator

DAY = 24 * 3600

FOUR = ["started", "unreachable b", "reboot_sent b", "reachable b"]


def three() -> Simulator:
    return Simulator(vps=[{"id": id} for id in "abc"])


def line(event: events.WatchEvent) -> str:
    vps = getattr(event, "vps", None)
    return f"{event.name} {vps.id}" if isinstance(vps, stablevps.Vps) else event.name


def reboots(simulator: Simulator) -> int:
    return sum(vps["reboots"] for vps in simulator.state()["vps"])


def test_a_vps_that_hangs_is_rebooted_and_what_happens_is_told(connect: Callable[..., Any]) -> None:
    simulator = three()
    client = connect(simulator)
    begun = simulator.now_ms
    with client.vps.watch(reboot="when_silent") as watch:
        assert line(next(watch)) == "started"
        # What this program has stopped is not expected to answer.
        client.vps.stop("c")
        simulator.hang("b")
        unreachable = next(watch)
        assert line(unreachable) == "unreachable b"
        assert (unreachable.silent_probes, unreachable.silent) == (3, 120.0)
        sent = next(watch)
        assert line(sent) == "reboot_sent b"
        assert (sent.reboots, sent.patience) == (1, 300.0)
        assert line(next(watch)) == "reachable b"
        client.vps.delete("a")
        assert line(next(watch)) == "removed a"
    assert reboots(simulator) == 1
    assert simulator.now_ms < begun + 12 * 60_000
    assert list(watch) == []


def test_a_lost_reboot_is_told_and_a_refused_key_ends_the_watch_once(
    connect: Callable[..., Any],
) -> None:
    simulator = three()
    client = connect(simulator)
    watch = client.vps.watch(reboot="when_silent")
    simulator.fault("lose_before", method="POST", path="/vps/b/actions")
    told: list[Any] = []
    with pytest.raises(stablevps.UnauthorizedError):
        for event in watch:
            told.append(event)
            if line(event) == "started":
                simulator.hang("b")
            if line(event) == "still_silent b":
                simulator.control({"expire_key": {"key": simulator.api_key}})
    assert list(watch) == []
    assert [line(event) for event in told] == [
        "started",
        "unreachable b",
        "reboot_unknown b",
        "still_silent b",
        "reboot_refused b",
        "listing_failed",
    ]
    assert isinstance(told[2].error, stablevps.OutcomeUnknownError)
    assert isinstance(told[5].error, stablevps.UnauthorizedError)
    assert told[5].to_dict()["error"]["code"] == "unauthorized"
    assert reboots(simulator) == 0


def test_a_watch_ends_after_the_time_it_is_given(connect: Callable[..., Any]) -> None:
    simulator = three()
    begun = simulator.now_ms
    told = [line(event) for event in connect(simulator).vps.watch(at_most=90 * 60)]
    assert told == ["started"]
    assert simulator.now_ms == begun + 90 * 60_000


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"interval": 0}, "interval must be more than zero"),
        ({"probe_port": 65_536}, "probe_port must be a whole number from 1 to 65535"),
        ({"silent_probes": 0}, "silent_probes must be a whole number from 1 to 1000"),
        ({"reboot": "when_silent", "probing": False}, "reboot needs probes, which are off"),
        ({"reboot": "always"}, 'reboot must be "never" or "when_silent"'),
        ({"longest_patience": 1}, "longest_patience must not be shorter than the first patience"),
        ({"exclude": "vps_1"}, "exclude must be several ids, not one string"),
        ({"exclude": ["a/b"]}, "exclude must not contain spaces"),
        ({"at_most": 0}, "at_most must be more than zero"),
        ({"alarm_days": 1.5}, "alarm_days must be a whole number"),
    ],
)
def test_what_can_not_be_met_is_refused_before_anything_is_sent(
    connect: Callable[..., Any], settings: Any, said: str
) -> None:
    simulator = three()
    with pytest.raises(stablevps.InvalidInputError, match=said):
        connect(simulator).vps.watch(**settings)
    assert simulator.requests() == []


def test_an_excluded_vps_is_left_alone(connect: Callable[..., Any]) -> None:
    simulator = three()
    watch = connect(simulator).vps.watch(reboot="when_silent", exclude={"b"}, at_most=3600)
    simulator.hang("b")
    assert [line(event) for event in watch] == ["started"]
    assert reboots(simulator) == 0


def test_without_probes_the_list_is_told(connect: Callable[..., Any]) -> None:
    simulator = three()
    watch = connect(simulator).vps.watch(probing=False, at_most=3600)
    simulator.hang("b")
    assert line(next(watch)) == "started"
    simulator.control({"set_vps": {"id": "a", "vps_status": "suspended"}})
    changed = next(watch)
    assert line(changed) == "status_changed a"
    assert changed.before is stablevps.VpsStatus.ACTIVE


def test_a_renewal_that_the_wallet_can_not_pay_is_told_with_all_that_a_message_needs(
    connect: Callable[..., Any],
) -> None:
    born = 1_767_225_600_000 - 26 * DAY * 1000
    simulator = Simulator(balance=1, vps=[{"id": "a", "plan_id": "prime", "created_at_ms": born}])
    watch = connect(simulator).vps.watch(probing=False)
    next(watch)
    event = next(watch)
    assert isinstance(event, events.PeriodEnding)
    assert (str(event.renewal), str(event.missing), event.currency) == ("19.49", "18.49", "EUR")
    assert event.ends_in == (event.ends_at - event.at).total_seconds()
    assert 0 < event.ends_in < 7 * DAY
    plain = json.loads(event.to_json())
    assert (plain["event"], plain["balance"]) == ("period_ending", "1.00")
    match event:
        case events.PeriodEnding(vps=vps, missing=missing):
            assert (vps.id, str(missing)) == ("a", "18.49")


class Slow:
    """VPS that answer only once the test allows it."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.answer = threading.Event()

    def probe(self, target: ProbeTarget, within: float) -> stablevps.ProbeOutcome:
        assert (target.port, within) == (3389, 5.0)
        self.asked.release()
        assert self.answer.wait(20)
        return "answered"


def test_a_close_from_another_thread_ends_the_iteration_whatever_is_under_way() -> None:
    simulator, prober = three(), Slow()
    with simulator.client(prober=prober) as client:
        watch = client.vps.watch()
        assert line(next(watch)) == "started"
        left: list[Any] = []
        thread = threading.Thread(target=lambda: left.extend(watch))
        thread.start()
        assert prober.asked.acquire(timeout=20)
        watch.close()
        thread.join(20)
        assert not thread.is_alive()
        assert left == []
        assert list(watch) == []
        prober.answer.set()


def test_a_close_from_another_task_ends_the_iteration_whatever_is_under_way() -> None:
    async def main() -> None:
        asked = asyncio.Event()
        ended: list[str] = []

        class Never:
            async def probe(self, target: ProbeTarget, within: float) -> stablevps.ProbeOutcome:
                asked.set()
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    ended.append(target.address)
                raise AssertionError

        async with three().async_client() as client:
            watch = client.vps.watch(prober=Never())
            assert line(await anext(watch)) == "started"
            rest = asyncio.ensure_future(_all(watch))
            await asked.wait()
            with pytest.raises(RuntimeError, match="is asked for its next event already"):
                await anext(watch)
            await watch.aclose()
            assert await rest == []
            assert len(ended) == 3

    asyncio.run(main())


async def _all(watch: Any) -> list[str]:
    return [line(event) async for event in watch]


def test_a_closed_client_ends_its_watches_with_an_error(connect: Callable[..., Any]) -> None:
    client = connect(three())
    watch = client.vps.watch()
    next(watch)
    client.close()
    with pytest.raises(stablevps.TransportError) as caught:
        next(watch)
    assert caught.value.kind == "cancelled"
    assert list(watch) == []
    with pytest.raises(stablevps.InvalidInputError, match="the client is closed"):
        client.vps.watch()


class Breaks:
    def probe(self, target: ProbeTarget, within: float) -> Any:
        raise KeyError(target.address)


class AsyncBreaks:
    async def probe(self, target: ProbeTarget, within: float) -> Any:
        return "perhaps"


def test_a_prober_that_breaks_says_nothing_about_any_vps(
    kind: str, connect: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    simulator = three()
    prober = Breaks() if kind == "Client" else AsyncBreaks()
    watch = connect(simulator, prober=prober).vps.watch(reboot="when_silent", at_most=3600)
    assert [line(event) for event in watch] == ["started"]
    assert "the prober raised" in caplog.text
    assert reboots(simulator) == 0


def test_a_client_of_threads_takes_no_asynchronous_prober() -> None:
    prober: Any = AsyncBreaks()
    with pytest.raises(TypeError, match="a prober must not be asynchronous"):
        three().client(prober=prober)


class Interrupts:
    """A transport that Ctrl-C ends when it has sent a reboot."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def send(self, request: HttpRequest) -> HttpResponse:
        response = self._simulator.serve(request)
        if request.endpoint == "POST /vps/:id/actions":
            raise KeyboardInterrupt
        return response

    def close(self) -> None:
        pass


def test_a_reboot_that_was_interrupted_is_not_sent_again() -> None:
    simulator = three()
    client = simulator.client()
    client._transport = Interrupts(simulator)
    watch = client.vps.watch(reboot="when_silent")
    next(watch)
    simulator.hang("b")
    assert line(next(watch)) == "unreachable b"
    with pytest.raises(KeyboardInterrupt):
        next(watch)
    assert line(next(watch)) == "reboot_unknown b"
    assert line(next(watch)) == "reachable b"
    assert reboots(simulator) == 1


@pytest.mark.parametrize("turns", range(1, 8))
def test_asking_may_be_cancelled_at_any_point_and_loses_no_event(turns: int) -> None:
    async def main() -> None:
        simulator = three()
        client = simulator.async_client()
        watch = client.vps.watch(reboot="when_silent")
        told: list[str] = []
        lengths = itertools.cycle([turns, 20, turns + 1, 3])
        while len(told) < 4:
            asking = asyncio.ensure_future(anext(watch))
            for _ in range(next(lengths)):
                await asyncio.sleep(0)
                if asking.done():
                    break
            asking.cancel()
            try:
                told.append(line(await asking))
            except asyncio.CancelledError:
                continue
            if told[-1] == "started":
                simulator.hang("b")
        # A reboot that was cancelled on its way counts as one that may have been done.
        assert [one.replace("reboot_unknown", "reboot_sent") for one in told] == FOUR
        assert reboots(simulator) == 1
        await client.aclose()

    asyncio.run(asyncio.wait_for(main(), 60))


LIST = json.dumps({"vps": [{
    "id": id, "planId": "basic", "billingCycle": "monthly", "location": "london",
    "status": "active", "vpsStatus": "active", "ipAddress": f"203.0.113.{number}",
} for number, id in enumerate("ab")], "total": 2}).encode()  # fmt: skip


class OnlyA:
    """Two VPS that answer, and then one of them does not."""

    def __init__(self) -> None:
        self.hangs = True
        self._asked: set[str] = set()

    def probe(self, target: ProbeTarget, within: float) -> stablevps.ProbeOutcome:
        if target.address not in self._asked:
            self._asked.add(target.address)
            return "answered"
        return "silent" if target.address.endswith(".1") and self.hangs else "answered"


class AsyncOnlyA(OnlyA):
    async def probe(  # type: ignore[override]
        self, target: ProbeTarget, within: float
    ) -> stablevps.ProbeOutcome:
        return OnlyA.probe(self, target, within)


def rebooting(reached: threading.Event) -> Callable[[Server, Any], None]:
    """A server that shows two VPS, and never answers a reboot."""

    def behave(server: Server, connection: Any) -> None:
        while head := server.read_head(connection):
            path = head.split(" ", 2)[1]
            if head.startswith("post"):
                reached.set()
                while connection.recv(1):
                    pass
                return
            one = json.dumps(json.loads(LIST)["vps"][1]).encode()
            connection.sendall(reply(LIST if path.endswith("/vps") else one))

    return behave


def test_a_reboot_whose_task_is_cancelled_over_http_is_not_sent_again() -> None:
    reached = threading.Event()

    async def main(url: str) -> list[str]:
        prober = AsyncOnlyA()
        client = stablevps.AsyncClient("svps_live_0123456789abcdef", base_url=url, prober=prober)
        settings: Any = {"interval": 0.01, "silent_probes": 1, "reboot": "when_silent"}
        async with client:
            watch = client.vps.watch(**settings)
            told = [line(await anext(watch)), line(await anext(watch))]
            asking = asyncio.ensure_future(anext(watch))
            await asyncio.get_running_loop().run_in_executor(None, reached.wait, 20)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            told.append(line(await anext(watch)))
            prober.hangs = False
            told.append(line(await anext(watch)))
        return told

    with serving(rebooting(reached)) as server:
        told = asyncio.run(main(f"http://127.0.0.1:{server.port}"))
        assert told == ["started", "unreachable b", "reboot_unknown b", "reachable b"]
        assert [head.split()[0] for head in server.heads].count("post") == 1


@pytest.mark.skipif(os.name != "posix", reason="sends itself a signal")
def test_a_reboot_that_ctrl_c_ends_over_http_is_not_sent_again() -> None:
    reached, prober = threading.Event(), OnlyA()

    def interrupt() -> None:
        assert reached.wait(20)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with serving(rebooting(reached)) as server:
            url, key = f"http://127.0.0.1:{server.port}", "svps_live_0123456789abcdef"
            with stablevps.Client(key, base_url=url, prober=prober) as client:
                watch = client.vps.watch(interval=0.01, silent_probes=1, reboot="when_silent")
                told = [line(next(watch)), line(next(watch))]
                interrupter = threading.Thread(target=interrupt)
                interrupter.start()
                with pytest.raises(KeyboardInterrupt):
                    next(watch)
                interrupter.join()
                told.append(line(next(watch)))
                prober.hangs = False
                told.append(line(next(watch)))
            assert [head.split()[0] for head in server.heads].count("post") == 1
    finally:
        signal.signal(signal.SIGINT, before)
    assert told == ["started", "unreachable b", "reboot_unknown b", "reachable b"]


def test_a_close_ends_a_request_over_http() -> None:
    reached = threading.Event()
    with serving(rebooting(reached)) as server:
        url, prober = f"http://127.0.0.1:{server.port}", OnlyA()
        key = "svps_live_0123456789abcdef"
        with stablevps.Client(key, base_url=url, prober=prober) as client:
            watch = client.vps.watch(interval=0.01, silent_probes=1, reboot="when_silent")
            told = [line(next(watch))]
            closer = threading.Thread(target=lambda: reached.wait(20) and watch.close())
            closer.start()
            told += [line(event) for event in watch]
            closer.join()
    assert told == ["started", "unreachable b"]


@pytest.mark.parametrize("made", ["Client", "AsyncClient"])
def test_ctrl_c_ends_a_wait_at_once(made: str) -> None:
    def behave(server: Server, connection: Any) -> None:
        while server.read_head(connection):
            connection.sendall(reply(b'{"vps":[],"total":0}'))

    with serving(behave) as server:
        child = Child(
            """
            import asyncio, sys, stablevps
            made, url = sys.argv[1:]
            def told(event):
                print("ready" if event.name == "started" else event.name)
            async def main():
                async with stablevps.AsyncClient("svps_live_0123456789abcdef", base_url=url) as c:
                    async for event in c.vps.watch():
                        told(event)
            if made == "AsyncClient":
                asyncio.run(main())
            else:
                with stablevps.Client("svps_live_0123456789abcdef", base_url=url) as client:
                    for event in client.vps.watch():
                        told(event)
            """,
            made,
            f"http://127.0.0.1:{server.port}",
        )
        child.wait_until_ready()
        child.interrupt()
        status, _, errors = child.end()
    assert status != 0
    assert "KeyboardInterrupt" in errors


class ThirdTime:
    """A VPS that answers the third time."""

    def __init__(self) -> None:
        self.times = 0

    def probe(self, target: ProbeTarget, within: float) -> stablevps.ProbeOutcome:
        self.times += 1
        return "answered" if self.times == 3 else "silent"


class AsyncThirdTime(ThirdTime):
    async def probe(  # type: ignore[override]
        self, target: ProbeTarget, within: float
    ) -> stablevps.ProbeOutcome:
        return ThirdTime.probe(self, target, within)


def test_a_purchase_waits_until_the_vps_answers(kind: str, connect: Callable[..., Any]) -> None:
    simulator = Simulator()
    prober = ThirdTime() if kind == "Client" else AsyncThirdTime()
    client = connect(simulator, prober=prober)
    order: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}
    bought = client.vps.provision(**order, wait_for="reachable")
    assert bought.vps.vps_status == "active"
    assert prober.times == 3
    usual = connect(Simulator()).vps.provision(**order, wait_for="reachable")
    assert usual.elapsed_ms < bought.elapsed_ms


def test_every_event_of_the_documentation_has_a_class() -> None:
    words = Path(__file__).parents[3] / "docs" / "watch.md"
    if not words.exists():
        pytest.skip("there is no repository here")
    table = words.read_text().split("## Events")[1].split("| event |")[1].split("\n\n")[0]
    named = {cell for row in table.splitlines()[2:] for cell in row.split("|")[1].split("`")[1::2]}
    classes = [getattr(events, name) for name in events.__all__]
    known = {one.name for one in classes if isinstance(one, type) and hasattr(one, "name")}
    assert named == known - {"request_done", "phase_changed"}


def test_a_failed_request_of_a_transport_is_waited_out(connect: Callable[..., Any]) -> None:
    simulator = three()
    simulator.fault("lose_before", path="/vps", skip=1, times=9)
    watch = connect(simulator).vps.watch(at_most=3600)
    told = list(watch)
    assert [line(event) for event in told] == ["started", "listing_failed", "listing_recovered"]
    assert isinstance(told[1].error, stablevps.TransportError)
