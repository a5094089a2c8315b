"""Over real sockets: interruption, threads, forks, TLS, proxies, and what is lost on the way."""

from __future__ import annotations

import asyncio
import gzip
import logging
import os
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import trustme
from _blocking import Blocking
from _child import Child, Stopwatch, run
from _servers import (
    WALLET,
    Server,
    answering,
    closing_early,
    over_tls,
    reply,
    serving,
    tunnelling,
    unused_port,
)

import stablevps
from stablevps.httpx import AsyncHttpxTransport, HttpxTransport

KEY = "svps_live_0123456789abcdef"
ORDER: Any = {"plan_id": "prime", "billing_cycle": "monthly", "location": "london"}
ORDERS = {"method": "POST", "path": "/vps"}
KINDS = ["Client", "AsyncClient", "Client with httpx", "AsyncClient with httpx"]


to_close: list[Any] = []


def connected(how: str, key: str, url: str, **options: Any) -> Any:
    """A client of one of the kinds, with the face of a synchronous one."""
    client: Any
    if how.startswith("Client"):
        transport = HttpxTransport() if how.endswith("httpx") else None
        client = stablevps.Client(key, base_url=url, transport=transport, **options)
    else:
        twin = AsyncHttpxTransport() if how.endswith("httpx") else None
        client = Blocking(stablevps.AsyncClient(key, base_url=url, transport=twin, **options))
    to_close.append(client)
    return client


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while to_close:
        to_close.pop().close()


@pytest.fixture(params=KINDS)
def how(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def hanging(reached: threading.Event) -> Any:
    """A server that takes the request and never answers."""

    def behave(server: Server, connection: socket.socket) -> None:
        server.read_head(connection)
        reached.set()
        while connection.recv(1):
            pass

    return behave


# Replies that HTTP allows and few servers send.

PLAIN = reply()
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n"
LONG = b"x" * 60

REPLIES = {
    "compressed, unasked": reply(gzip.compress(WALLET), more="Content-Encoding: gzip\r\n"),
    "compressed, in chunks": CHUNKED
    + b"content-encoding: gzip\r\n\r\n"
    + b"%x\r\n%s\r\n0\r\n\r\n" % (len(gzip.compress(WALLET)), gzip.compress(WALLET)),
    "after a 100 with headers": b"HTTP/1.1 100 Continue\r\nvia: x\r\ndate: y\r\n\r\n" + PLAIN,
    "after a 100 and a 103": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
    b"link: x\r\n\r\n" + PLAIN,
    "with long lines of chunks": CHUNKED
    + b"\r\n%x;%s=%s\r\n%s\r\n" % (len(WALLET), LONG, LONG, WALLET)
    + b"0;%s\r\n\r\n" % LONG,
    "with many digits of chunks": CHUNKED
    + b"\r\n0000%x\r\n%s\r\n00\r\n\r\n" % (len(WALLET), WALLET),
    "with trailers": CHUNKED + b"\r\n%x\r\n%s\r\n0\r\nx: y\r\n\r\n" % (len(WALLET), WALLET),
    "without a length": HEAD + b"connection: close\r\n\r\n" + WALLET,
}


@pytest.mark.parametrize("piece", [1, 1 << 16])
@pytest.mark.parametrize("sent", REPLIES)
def test_a_reply_that_http_allows_is_read(how: str, sent: str, piece: int) -> None:
    def behave(server: Server, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while server.read_head(connection):
            for begin in range(0, len(REPLIES[sent]), piece):
                connection.sendall(REPLIES[sent][begin : begin + piece])
            if "length" in sent:
                return

    with serving(behave) as server, connected(how, KEY, address(server), max_retries=0) as client:
        for _ in range(2):
            assert client.wallet.get().balance == Decimal("12.50")
        assert server.accepted == (2 if "length" in sent else 1), "the connection is kept"


@pytest.mark.parametrize("cut", [5, -12])
def test_a_compressed_reply_that_is_cut_is_no_reply(how: str, cut: int) -> None:
    whole = gzip.compress(WALLET)

    def behave(server: Server, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(reply(whole[:cut], more="content-encoding: gzip\r\n"))

    with serving(behave) as server, connected(how, KEY, address(server), max_retries=0) as client:
        with pytest.raises(stablevps.StableVPSError) as caught:
            client.wallet.get()
        assert caught.value.code in ("transport", "unexpected_response")


def test_a_compressed_reply_that_grows_without_end_is_refused(how: str) -> None:
    def behave(server: Server, connection: socket.socket) -> None:
        server.read_head(connection)
        bomb = gzip.compress(bytes(40 * 1024 * 1024))
        connection.sendall(reply(bomb, more="content-encoding: gzip\r\n"))

    with serving(behave) as server, connected(how, KEY, address(server), max_retries=0) as client:
        with pytest.raises(stablevps.TransportError) as caught:
            client.wallet.get()
        assert caught.value.kind == "too_large"


# The simulator over sockets.


def test_a_purchase_over_a_socket_ends_with_a_usable_vps(how: str, program: Any) -> None:
    service = program("--speed", "1000", "--provisioning-ms", "1000")
    client = connected(how, service.key, service.url)
    with client:
        bought = client.vps.provision(**ORDER, first_look=0.01, longest_pause=0.02)
    assert bought.vps.rdp_password and bought.charged == Decimal("19.49")
    assert service.state()["orders_received"] == 1


@pytest.mark.parametrize("do", ["lose_after", {"cut": {"keep": 20}}])
def test_an_order_lost_on_a_socket_is_recovered_and_was_sent_once(
    how: str, program: Any, do: Any
) -> None:
    service = program("--speed", "1000", "--provisioning-ms", "1000")
    service.fault(do, **ORDERS)
    with connected(how, service.key, service.url) as client:
        bought = client.vps.provision(**ORDER, first_look=0.01, longest_pause=0.02)
    assert (bought.recovered, bought.charged) == (True, Decimal("19.49"))
    state = service.state()
    assert (state["orders_received"], state["charges"]) == (1, [19.49])
    assert state["requests"]["by_endpoint"]["POST /vps"] == 1


def test_every_endpoint_works_over_a_socket(how: str, program: Any) -> None:
    service = program("--provisioning-ms", "0")
    with connected(how, service.key, service.url) as client:
        made = client.keys.create(
            email="john@example.com", password="correct horse battery staple", name="b"
        )
        id = next(key.id for key in client.keys.list() if key.key_prefix == made.key_prefix)
        assert client.keys.revoke(id).message
        vps = client.vps.create(**ORDER).id
        assert [each.id for each in client.vps.list()] == [vps]
        assert client.vps.get(vps).rdp_password
        for action in (client.vps.stop, client.vps.start, client.vps.reboot):
            assert action(vps).message
        assert client.account.get().total_vps_count == 1
        assert client.wallet.get().balance == Decimal("80.51")
        assert client.vps.delete(vps).provider_deleted


def test_every_request_is_logged_at_the_level_of_debugging(
    how: str, program: Any, caplog: pytest.LogCaptureFixture
) -> None:
    service = program()
    caplog.set_level(logging.DEBUG, "stablevps")
    with connected(how, service.key, service.url) as client:
        client.wallet.get()
    lines = [record.getMessage() for record in caplog.records if record.name == "stablevps"]
    assert [re.sub(r"[0-9.]+ s$", "N s", line) for line in lines] == [
        "wallet.get: sending GET /wallet",
        "wallet.get: GET /api/v1/wallet: 200 in N s",
        "wallet.get done",
    ]


def test_sixty_four_threads_share_a_client(program: Any) -> None:
    service = program("--balance", "10000", "--provisioning-ms", "0")
    start = threading.Barrier(64)
    client = stablevps.Client(service.key, base_url=service.url)

    def work(number: int) -> str:
        start.wait()
        client.wallet.get()
        if number % 8:
            return client.account.get().id
        return client.vps.provision(**ORDER, first_look=0.01).vps.id

    with ThreadPoolExecutor(64) as threads:
        results = list(threads.map(work, range(64)))
    assert len({result for number, result in enumerate(results) if number % 8 == 0}) == 8
    assert service.state()["charges"] == [19.49] * 8


def test_a_hundred_tasks_share_an_asynchronous_client(program: Any) -> None:
    service = program()

    async def main() -> set[Decimal]:
        async with stablevps.AsyncClient(service.key, base_url=service.url) as client:
            wallets = await asyncio.gather(*(client.wallet.get() for _ in range(100)))
        return {wallet.balance for wallet in wallets}

    assert asyncio.run(main()) == {Decimal("100.00")}
    assert service.state()["requests"]["total"] == 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.parametrize("made", ["Client", "AsyncClient"])
def test_a_forked_child_goes_on_with_its_parents_client(program: Any, made: str) -> None:
    service = program()
    out = run(
        """
        import asyncio, os, sys, threading, stablevps
        made, key, url = sys.argv[1:]
        client = getattr(stablevps, made)(key, base_url=url)
        def call(method, *arguments, **named):
            async def run():
                return await method(*arguments, **named)
            return asyncio.run(run()) if made == "AsyncClient" else method(*arguments, **named)
        call(client.wallet.get)
        # Something else meanwhile, so that the thread of that call is idle again.
        stablevps.Client(key, base_url=url).wallet.get()
        # Another thread of the parent is amid a purchase, and does not exist in the child.
        order = dict(plan_id="basic", billing_cycle="monthly", location="tokyo")
        begun, go_on = threading.Event(), threading.Event()
        def hold(progress):
            begun.set()
            go_on.wait()
            raise SystemExit
        thread = threading.Thread(
            target=lambda: call(client.vps.provision, **order, on_progress=hold)
        )
        thread.start()
        begun.wait()
        child = os.fork()
        if child == 0:
            call(client.wallet.get)
            try:
                call(client.vps.provision, **order, max_spend=1, timeout=20)
            except stablevps.OverBudgetError:
                os._exit(7)
            os._exit(1)
        # The parent's own queue stands as it was.
        try:
            call(client.vps.provision, **order, timeout=0.05)
        except stablevps.DeadlineExceededError as late:
            assert late.waiting_for == "the other purchases of this account"
        go_on.set()
        thread.join()
        _, status = os.waitpid(child, 0)
        call(client.wallet.get)
        print(os.waitstatus_to_exitcode(status))
        """,
        made,
        service.key,
        service.url,
    )
    assert out == "7\n"


# Interruption.

INTERRUPTED = """
import sys, threading, stablevps
url, key, what, httpx = sys.argv[1:]
if httpx:
    from stablevps.httpx import HttpxTransport
transport = HttpxTransport() if httpx else None
client = stablevps.Client(key, base_url=url, timeout=600, transport=transport)
def report(progress):
    if progress.next_look_ms:
        print("ready")
try:
    if what == "wait":
        client.vps.provision(plan_id="prime", billing_cycle="monthly", location="london",
                             first_look=600, longest_pause=600, on_progress=report)
    elif what == "order":
        client.vps.provision(plan_id="prime", billing_cycle="monthly", location="london")
    else:
        client.wallet.get()
except KeyboardInterrupt as ending:
    print("interrupted", getattr(ending, "token", None))
    raise
"""


@pytest.mark.parametrize("httpx", ["", "httpx"])
def test_ctrl_c_ends_a_wait_and_the_token_leads_on(program: Any, httpx: str) -> None:
    service = program("--provisioning-ms", "0")
    child = Child(INTERRUPTED, service.url, service.key, "wait", httpx)
    child.wait_until_ready()
    child.interrupt()
    status, out, errors = child.end()
    assert errors.rstrip().endswith("KeyboardInterrupt") and status != 0
    token = out.partition("interrupted ")[2].strip()
    with stablevps.Client(service.key, base_url=service.url) as client:
        assert client.vps.resume(token).vps.id == service.state()["vps"][0]["id"]
    assert service.state()["orders_received"] == 1


@pytest.mark.parametrize("httpx", ["", "httpx"])
def test_ctrl_c_ends_a_hanging_request(httpx: str) -> None:
    reached = threading.Event()
    with serving(hanging(reached)) as server:
        child = Child(INTERRUPTED, address(server), KEY, "request", httpx)
        assert reached.wait(15)
        child.interrupt()
        status, out, errors = child.end()
    assert errors.rstrip().endswith("KeyboardInterrupt") and status != 0
    assert out == "interrupted None\n"
    assert len(server.heads) == 1


KEPT = """
import signal, sys, threading, stablevps
url, what = sys.argv[1:]
client = stablevps.Client("svps_live_0123456789abcdef", base_url=url, timeout=600)
client.wallet.get()
if what == "handled":
    signal.signal(signal.SIGINT, lambda *_: print("handled"))
elif what == "loop":
    import os
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGINT, lambda *_: print("woken", os.read(woken, 1) == b"\\x02"))
print("ready")
try:
    print(client.wallet.get().balance)
except KeyboardInterrupt:
    print("interrupted")
    raise
finally:
    print("descriptor", signal.set_wakeup_fd(-1) == (wake if what == "loop" else -1))
"""


def hanging_once(
    reached: threading.Event, goes_on: threading.Event
) -> Callable[[Server, socket.socket], None]:
    """Gives the wallet, leaves the second request without a reply, and answers every later one."""

    def behave(server: Server, connection: socket.socket) -> None:
        while server.read_head(connection):
            if len(server.heads) == 2:
                reached.set()
                goes_on.wait()
                return
            connection.sendall(reply())

    return behave


def test_ctrl_c_ends_a_request_on_a_kept_connection() -> None:
    reached, goes_on = threading.Event(), threading.Event()
    with serving(hanging_once(reached, goes_on)) as server:
        child = Child(KEPT, address(server), "")
        assert reached.wait(15)
        child.interrupt()
        status, out, errors = child.end()
        goes_on.set()
    assert errors.rstrip().endswith("KeyboardInterrupt") and status != 0
    assert out == "ready\ninterrupted\ndescriptor True\n"
    assert len(server.heads) == 2


@pytest.mark.parametrize("what, expected", [("handled", "handled"), ("loop", "woken True")])
def test_a_signal_that_is_handled_costs_no_reply(what: str, expected: str) -> None:
    """A request that it ended is sent again; where others listen for signals, none is ended."""
    reached, goes_on = threading.Event(), threading.Event()
    with serving(hanging_once(reached, goes_on)) as server:
        child = Child(KEPT, address(server), what)
        assert reached.wait(15)
        child.interrupt()
        child.wait_until_ready()
        child.wait_until(expected)
        goes_on.set()
        status, out, errors = child.end()
    assert status == 0, errors
    assert out == "12.50\ndescriptor True\n"


def test_a_thread_that_is_not_the_main_one_uses_kept_connections_too() -> None:
    with serving(answering) as server, stablevps.Client(KEY, base_url=address(server)) as client:
        client.wallet.get()
        with ThreadPoolExecutor(1) as threads:
            balance = threads.submit(lambda: client.wallet.get().balance).result(15)
        assert balance == Decimal("12.50")
        assert (server.accepted, len(server.heads)) == (1, 2)


def test_ctrl_c_amid_an_order_leaves_a_token_that_never_orders_again(program: Any) -> None:
    service = program("--provisioning-ms", "0")
    service.fault({"delay": {"ms": 600_000}}, **ORDERS)
    child = Child(INTERRUPTED, service.url, service.key, "order", "")
    while not service.state()["orders_received"]:
        pass
    child.interrupt()
    _, out, errors = child.end()
    assert errors.rstrip().endswith("KeyboardInterrupt")
    with stablevps.Client(service.key, base_url=service.url) as client:
        bought = client.vps.resume(out.partition("interrupted ")[2].strip())
    assert bought.recovered
    assert service.state()["charges"] == [19.49]


CANCELLED = """
import asyncio, sys, stablevps
url, key, what, httpx = sys.argv[1:]
async def main():
    if httpx:
        from stablevps.httpx import AsyncHttpxTransport
    transport = AsyncHttpxTransport() if httpx else None
    client = stablevps.AsyncClient(key, base_url=url, timeout=600, transport=transport)
    reached = asyncio.Event()
    def report(progress):
        if progress.next_look_ms:
            reached.set()
    if what == "wait":
        call = client.vps.provision(plan_id="prime", billing_cycle="monthly", location="london",
                                    first_look=600, longest_pause=600, on_progress=report)
    else:
        call = client.wallet.get()
        # The server says so on standard input when the request has reached it.
        asyncio.get_running_loop().add_reader(0, reached.set)
    task = asyncio.ensure_future(call)
    await reached.wait()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as ending:
        endings = ending, ending.__context__  # The latter under Python 3.10.
        print("cancelled", any(getattr(each, "token", None) for each in endings))
asyncio.run(main())
"""


@pytest.mark.parametrize("httpx", ["", "httpx"])
def test_cancelling_a_wait_ends_it_and_no_thread_lingers(program: Any, httpx: str) -> None:
    service = program()
    with Stopwatch() as watch:
        assert run(CANCELLED, service.url, service.key, "wait", httpx) == "cancelled True\n"
    assert watch.seconds < 15


@pytest.mark.parametrize("httpx", [False, True])
def test_cancelling_a_request_ends_it_at_once_and_never_sends_it_again(httpx: bool) -> None:
    reached = threading.Event()

    async def main(server: Server) -> None:
        loop = asyncio.get_running_loop()
        transport = AsyncHttpxTransport() if httpx else None
        client = stablevps.AsyncClient(
            KEY, base_url=address(server), timeout=600, transport=transport
        )
        task = asyncio.ensure_future(client.wallet.get())
        assert await loop.run_in_executor(None, reached.wait, 15)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.aclose()

    with serving(hanging(reached)) as server, Stopwatch() as watch:
        asyncio.run(main(server))
        assert len(server.heads) == 1
    assert watch.seconds < 15


def test_an_interpreter_ends_though_a_cancelled_request_hangs() -> None:
    reached = threading.Event()
    with serving(hanging(reached)) as server:
        out = run(
            """
            import asyncio, sys, stablevps
            async def main():
                client = stablevps.AsyncClient(sys.argv[2], base_url=sys.argv[1], timeout=600)
                calls = [client.wallet.get() for _ in range(20)]
                try:
                    await asyncio.wait_for(asyncio.gather(*calls), 0.2)
                except asyncio.TimeoutError:
                    print("over")
            asyncio.run(main())
            """,
            address(server),
            KEY,
        )
    assert out == "over\n"


@pytest.mark.parametrize("made", KINDS)
def test_a_request_takes_no_longer_than_its_timeout(made: str) -> None:
    reached = threading.Event()
    with serving(hanging(reached)) as server, Stopwatch() as watch:
        client = connected(made, KEY, address(server), max_retries=0)
        with pytest.raises(stablevps.TransportError) as caught:
            client.wallet.get(timeout=0.2)
    assert (caught.value.kind, caught.value.delivery) == ("timeout", "unknown")
    assert 0.15 < watch.seconds < 10


# TLS and proxies.


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Server]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "service.invalid").configure_cert(context)
    with serving(over_tls(context)) as server:
        yield server


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def test_a_certificate_of_an_unknown_authority_is_refused_before_sending(
    how: str, secure: Server
) -> None:
    client = connected(how, KEY, f"https://localhost:{secure.port}", max_retries=0)
    with pytest.raises(stablevps.TransportError, match=r"(?i)certificate") as caught:
        client.wallet.get()
    assert (caught.value.kind, caught.value.delivery) == ("tls", "not_sent")
    assert "nothing was sent" in str(caught.value)
    assert secure.heads == []


@pytest.mark.parametrize("made", [stablevps.Client, stablevps.AsyncClient])
def test_a_certificate_is_accepted_of_the_authority_in_ca_file(
    made: Any, secure: Server, ca_file: str
) -> None:
    client = made(KEY, base_url=f"https://localhost:{secure.port}", ca_file=ca_file)
    if made is stablevps.AsyncClient:
        client = Blocking(client)
    assert client.wallet.get().balance == Decimal("12.50")


def test_a_certificate_for_another_host_is_refused(authority: trustme.CA, ca_file: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("elsewhere.invalid").configure_cert(context)
    with serving(over_tls(context)) as server:
        client = stablevps.Client(
            KEY, base_url=f"https://localhost:{server.port}", ca_file=ca_file, max_retries=0
        )
        with pytest.raises(stablevps.TransportError) as caught:
            client.wallet.get()
    assert (caught.value.kind, caught.value.delivery) == ("tls", "not_sent")


FROM_ENVIRONMENT = """
import sys, stablevps
url, httpx = sys.argv[1:]
if httpx:
    from stablevps.httpx import HttpxTransport
client = stablevps.Client(base_url=url, transport=HttpxTransport() if httpx else None)
print(client.wallet.get().balance)
"""


@pytest.mark.parametrize("httpx", ["", "httpx"])
def test_the_authorities_of_ssl_cert_file_are_trusted(
    secure: Server, ca_file: str, httpx: str
) -> None:
    environment = {"SSL_CERT_FILE": ca_file, "STABLEVPS_API_KEY": KEY}
    url = f"https://localhost:{secure.port}"
    assert run(FROM_ENVIRONMENT, url, httpx, environment=environment) == "12.50\n"
    assert f"authorization: bearer {KEY}" in secure.heads[0]


@pytest.mark.parametrize("httpx", ["", "httpx"])
def test_the_proxy_of_https_proxy_is_used_and_sees_no_key(
    secure: Server, ca_file: str, httpx: str
) -> None:
    with serving(tunnelling(secure.port)) as proxy:
        environment = {
            "HTTPS_PROXY": address(proxy),
            "SSL_CERT_FILE": ca_file,
            "STABLEVPS_API_KEY": KEY,
        }
        url = "https://service.invalid"
        assert run(FROM_ENVIRONMENT, url, httpx, environment=environment) == "12.50\n"
        (head,) = proxy.heads
    assert head.startswith("connect service.invalid:443 ")
    assert KEY not in head


def test_the_proxy_option_wins_over_the_environment(
    secure: Server, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_port()}")
    with serving(tunnelling(secure.port)) as proxy:
        client = stablevps.Client(
            KEY, base_url="https://service.invalid", proxy=address(proxy), ca_file=ca_file
        )
        assert client.wallet.get().balance == Decimal("12.50")
        assert len(proxy.heads) == 1


def test_plain_http_to_another_machine_is_refused_before_sending() -> None:
    for made in (stablevps.Client, stablevps.AsyncClient):
        with pytest.raises(stablevps.InvalidInputError, match="in the clear"):
            made(KEY, base_url="http://192.0.2.1")


# What is lost, and what becomes of it.


def test_a_refused_connection_means_that_nothing_was_sent(how: str) -> None:
    client = connected(how, KEY, f"http://127.0.0.1:{unused_port()}", max_retries=0)
    with pytest.raises(stablevps.TransportError, match="nothing was sent") as caught:
        client.vps.create(**ORDER)
    assert (caught.value.kind, caught.value.delivery) == ("connect", "not_sent")


def test_a_connection_closed_before_the_answer_means_that_nothing_is_known(how: str) -> None:
    with serving(closing_early) as server:
        client = connected(how, KEY, address(server), max_retries=2)
        with pytest.raises(stablevps.OutcomeUnknownError):
            client.vps.create(**ORDER)
        assert (server.accepted, len(server.heads)) == (1, 1)


def test_an_order_goes_out_on_a_connection_of_its_own(how: str) -> None:
    with serving(answering) as server:
        with connected(how, KEY, address(server)) as client:
            client.wallet.get()
            with pytest.raises(stablevps.OutcomeUnknownError):
                client.vps.create(**ORDER)
        assert server.accepted == 2


@pytest.mark.parametrize("made", ["Client", "AsyncClient", "Client with httpx"])
def test_reads_share_a_connection(made: str) -> None:
    with serving(answering) as server:
        with connected(made, KEY, address(server)) as client:
            for _ in range(5):
                client.wallet.get()
        assert (server.accepted, len(server.heads)) == (1, 5)


def test_a_redirect_is_not_followed_with_a_key(how: str) -> None:
    with serving(answering) as elsewhere:

        def redirecting(server: Server, connection: socket.socket) -> None:
            server.read_head(connection)
            more = f"location: {address(elsewhere)}/api/v1/wallet\r\n"
            connection.sendall(reply(b"", "307 Temporary Redirect", more))

        with serving(redirecting) as server:
            client = connected(how, KEY, address(server))
            with pytest.raises(stablevps.UnexpectedResponseError, match="redirect"):
                client.wallet.get()
        assert elsewhere.accepted == 0


@pytest.mark.parametrize("length", [f"content-length: {17 << 20}", "transfer-encoding: chunked"])
def test_a_reply_of_more_than_16_mib_is_refused(how: str, length: str) -> None:
    megabyte = b" " * (1 << 20)
    chunk = b"100000\r\n" + megabyte + b"\r\n"

    def endless(server: Server, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{length}\r\n\r\n".encode())
        for _ in range(17):
            connection.sendall(chunk if "chunked" in length else megabyte)

    with serving(endless) as server:
        client = connected(how, KEY, address(server), max_retries=0)
        with pytest.raises(stablevps.TransportError) as caught:
            client.wallet.get()
    assert (caught.value.kind, caught.value.delivery) == ("too_large", "unknown")


def test_a_body_that_is_cut_off_is_no_response(how: str) -> None:
    def cutting(server: Server, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(reply()[:-3])

    with serving(cutting) as server:
        client = connected(how, KEY, address(server), max_retries=1)
        with pytest.raises(stablevps.TransportError) as caught:
            client.wallet.get()
    assert (caught.value.kind, caught.value.delivery) == ("io", "unknown")
    assert (caught.value.attempts, len(server.heads)) == (2, 2)


def test_a_host_that_does_not_exist_is_told_as_such(how: str) -> None:
    client = connected(how, KEY, "https://service.invalid", max_retries=0)
    with pytest.raises(stablevps.TransportError) as caught:
        client.wallet.get()
    assert (caught.value.kind, caught.value.delivery) == ("dns", "not_sent")
