"""Closing a client: its sockets and threads go, and what is under way ends with its token."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _blocking import Blocking
from _child import run
from _servers import Server, answering, serving

import stablevps
from stablevps.httpx import AsyncHttpxTransport, HttpxTransport

KEY = "svps_live_0123456789abcdef"
ORDER: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}


def hanging(reached: threading.Event) -> Any:
    """A server that takes the request and never answers."""

    def behave(server: Server, connection: socket.socket) -> None:
        server.read_head(connection)
        reached.set()
        while connection.recv(1):
            pass

    return behave


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    """Begins work; what is returned waits for its end, and gives or raises it."""
    ends: list[Any] = []

    def run() -> None:
        try:
            ends.append((work(), None))
        except BaseException as error:
            ends.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()

    def end() -> Any:
        thread.join(20)
        assert not thread.is_alive(), "it goes on"
        result, error = ends[0]
        if error is not None:
            raise error
        return result

    return end


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts by /proc")
@pytest.mark.parametrize("made", ["Client", "AsyncClient"])
def test_closed_clients_leave_neither_sockets_nor_threads(made: str) -> None:
    with serving(answering) as server:
        out = run(
            """
            import asyncio, os, sys, threading, time, stablevps
            made, url = sys.argv[1:]
            loop = asyncio.new_event_loop()
            def one():
                client = getattr(stablevps, made)("svps_live_0123456789abcdef", base_url=url)
                if made == "AsyncClient":
                    loop.run_until_complete(client.wallet.get())
                    loop.run_until_complete(client.aclose())
                else:
                    client.wallet.get()
                    client.close()
                return client
            def count():
                return [len(os.listdir(f"/proc/self/{what}")) for what in ("fd", "task")]
            clients = [one()]
            before = count()
            clients += [one() for _ in range(300)]
            end = time.monotonic() + 10
            while any(now > then for now, then in zip(count(), before)) and time.monotonic() < end:
                os.sched_yield()
            print(before, count())
            loop.close()
            """,
            made,
            f"http://127.0.0.1:{server.port}",
        )
    before, after = json.loads(f"[{out.replace('] [', '], [')}]")
    assert after[0] <= before[0] and after[1] <= before[1]


@pytest.mark.parametrize("transport", [None, HttpxTransport])
def test_closing_ends_a_call_in_another_thread(transport: Any) -> None:
    reached = threading.Event()
    with serving(hanging(reached)) as server:
        client = stablevps.Client(
            KEY, base_url=f"http://127.0.0.1:{server.port}", transport=transport and transport()
        )
        end = in_thread(client.wallet.get)
        assert reached.wait(10)
        client.close()
        if transport is not None:
            # What another library waits for is ended from the other side.
            server.end()
        with pytest.raises(stablevps.TransportError, match="the client was closed") as caught:
            end()
    assert caught.value.kind == "cancelled"


@pytest.mark.parametrize("transport", [None, AsyncHttpxTransport])
def test_closing_ends_a_call_in_another_task(transport: Any) -> None:
    reached = threading.Event()

    async def main(url: str) -> None:
        client = stablevps.AsyncClient(KEY, base_url=url, transport=transport and transport())
        call = asyncio.ensure_future(client.vps.reboot("0123456789abcdef01234567"))
        while not reached.is_set():
            await asyncio.sleep(0.01)
        await client.aclose()
        with pytest.raises(stablevps.OutcomeUnknownError):
            await asyncio.wait_for(call, 10)

    with serving(hanging(reached)) as server:
        asyncio.run(main(f"http://127.0.0.1:{server.port}"))


def test_closing_ends_a_purchase_whose_order_is_under_way_with_its_token(program: Any) -> None:
    service = program("--speed", "1000", "--provisioning-ms", "100000000")
    client = stablevps.Client(service.key, base_url=service.url)
    waits = threading.Event()

    def progressed(progress: stablevps.Progress) -> None:
        if progress.phase == "polling":
            waits.set()

    end = in_thread(lambda: client.vps.provision(**ORDER, on_progress=progressed))
    assert waits.wait(10)
    client.close()
    with pytest.raises(stablevps.TransportError, match="the client was closed") as caught:
        end()
    assert caught.value.next == "resume" and caught.value.token
    another = stablevps.Client(service.key, base_url=service.url)
    with another, pytest.raises(stablevps.DeadlineExceededError):
        another.vps.resume(caught.value.token, timeout=0.2)
    assert service.state()["orders_received"] == 1


def test_closing_ends_a_purchase_that_waits_for_its_turn(
    program: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = program()
    made: Any = getattr(stablevps, kind)(service.key, base_url=service.url)
    client = made if kind == "Client" else Blocking(made)
    holding, waits, go_on = threading.Event(), threading.Event(), threading.Event()

    def hold(progress: stablevps.Progress) -> None:
        holding.set()
        assert go_on.wait(15)
        raise LookupError

    monkeypatch.setattr(stablevps._machine, "_end_turns_of_closed_loops", waits.set)
    with stablevps.Client(service.key, base_url=service.url) as other:
        first = in_thread(lambda: other.vps.provision(**ORDER, on_progress=hold))
        assert holding.wait(10)
        end = in_thread(lambda: client.vps.provision(**ORDER))
        assert waits.wait(10)
        made._closing.close()
        with pytest.raises(stablevps.TransportError, match="the client was closed") as closed:
            end()
        go_on.set()
        with pytest.raises(LookupError):
            first()
        assert closed.value.next == "resume"
        assert service.state()["orders_received"] == 0
        with pytest.raises(stablevps.DeadlineExceededError, match="it is bought"):
            other.vps.resume(closed.value.token or "", timeout=0.2)
    assert service.state()["orders_received"] == 1


def test_a_closed_asynchronous_client_leaves_a_cancellation_from_elsewhere_alone() -> None:
    async def main() -> None:
        closing = stablevps._async_client.AsyncClosing()

        async def work() -> None:
            await asyncio.Event().wait()

        task = asyncio.ensure_future(closing.unless(work()))
        await asyncio.sleep(0)
        closing.close()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        other = asyncio.ensure_future(closing.unless(work()))
        assert await other is None

    asyncio.run(main())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_child_that_closes_its_copy_leaves_the_parents_connections() -> None:
    with serving(answering) as server:
        out = run(
            """
            import os, sys, stablevps
            client = stablevps.Client("svps_live_0123456789abcdef", base_url=sys.argv[1])
            client.wallet.get()
            if os.fork() == 0:
                client.close()
                os._exit(0)
            os.wait()
            print(client.wallet.get().balance)
            """,
            f"http://127.0.0.1:{server.port}",
        )
        assert (out, server.accepted) == ("12.50\n", 1)
