"""The transports that send through httpx: what becomes of each of its failures."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from _servers import Server, answering, serving

import stablevps
from stablevps.httpx import AsyncHttpxTransport, HttpxTransport


def order(timeout: float) -> stablevps.HttpRequest:
    return stablevps.HttpRequest(
        method="POST",
        url="https://stablevps.com/api/v1/vps",
        headers={"authorization": "Bearer svps_live_0123456789"},
        body=b"{}",
        timeout=timeout,
        connect_timeout=3,
        fresh_connection=True,
        endpoint="POST /vps",
    )


REQUEST = order(timeout=20)


@pytest.fixture(params=["HttpxTransport", "AsyncHttpxTransport"])
def send(request: pytest.FixtureRequest) -> Any:
    """Sends through either transport, with httpx itself replaced below."""

    def sent(handler: Any, **options: Any) -> stablevps.HttpResponse:
        below = httpx.MockTransport(handler)
        if request.param == "HttpxTransport":
            with httpx.Client(transport=below, **options) as client:
                transport = HttpxTransport(client)
                try:
                    return transport.send(REQUEST)
                finally:
                    transport.close()
                    assert not client.is_closed

        async def main() -> stablevps.HttpResponse:
            async with httpx.AsyncClient(transport=below, **options) as client:
                transport = AsyncHttpxTransport(client)
                try:
                    return await transport.send(REQUEST)
                finally:
                    await transport.aclose()
                    assert not client.is_closed

        return asyncio.run(main())

    return sent


def failing(error: Exception) -> Any:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error

    return handler


@pytest.mark.parametrize(
    ("error", "kind", "delivery"),
    [
        (httpx.ConnectError, "connect", "not_sent"),
        (httpx.ConnectTimeout, "timeout", "not_sent"),
        (httpx.PoolTimeout, "timeout", "not_sent"),
        (httpx.ReadTimeout, "timeout", "unknown"),
        (httpx.WriteTimeout, "timeout", "unknown"),
        (httpx.ReadError, "io", "unknown"),
        (httpx.WriteError, "io", "unknown"),
        (httpx.CloseError, "io", "unknown"),
        (httpx.RemoteProtocolError, "io", "unknown"),
        (httpx.LocalProtocolError, "io", "unknown"),
        (httpx.UnsupportedProtocol, "io", "unknown"),
        (httpx.DecodingError, "io", "unknown"),
        (httpx.TooManyRedirects, "io", "unknown"),
        (httpx.InvalidURL, "io", "unknown"),
        (httpx.ProxyError, "proxy", "unknown"),
    ],
)
def test_each_failure_of_httpx_has_its_kind_and_its_delivery(
    send: Any, error: type[Exception], kind: str, delivery: str
) -> None:
    with pytest.raises(stablevps.TransportFailure) as caught:
        send(failing(error("words with svps_live_0123456789 in them, perhaps")))
    assert (caught.value.kind, caught.value.delivery) == (kind, delivery)
    if error is not httpx.ConnectError:
        assert caught.value.detail == error.__name__


def test_every_failure_that_httpx_has_is_known_to_be_either() -> None:
    known = {httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout}
    below = [httpx.TransportError]
    while below:
        kind = below.pop()
        below += kind.__subclasses__()
        # A later httpx with another failure of the connection would have to be looked at.
        if issubclass(kind, tuple(known)):
            assert kind in known


def test_nothing_of_the_given_client_is_added_to_a_request(send: Any) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b"{}")

    send(
        handler,
        headers={"x-extra": "1", "authorization": "Basic other"},
        cookies={"c": "1"},
        params={"p": "1"},
        auth=("user", "password"),
        base_url="https://elsewhere.invalid",
        timeout=99,
    )
    (request,) = seen
    assert str(request.url) == REQUEST.url
    assert dict(request.headers) == {
        "host": "stablevps.com",
        "authorization": "Bearer svps_live_0123456789",
        "content-length": "2",
    }
    assert request.extensions["timeout"] == {"connect": 3, "read": 20, "write": 20, "pool": 20}


def test_a_client_that_follows_redirects_and_signs_in_does_neither_here(send: Any) -> None:
    seen: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(1)
        challenge = {"location": "/", "www-authenticate": 'Digest realm="r", nonce="n", qop="auth"'}
        return httpx.Response(307 if len(seen) == 1 else 401, headers=challenge)

    response = send(handler, follow_redirects=True, auth=httpx.DigestAuth("user", "password"))
    assert (response.status, len(seen)) == (307, 1)


def test_a_401_is_not_answered_with_a_second_request(send: Any) -> None:
    seen: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(1)
        challenge = {"www-authenticate": 'Digest realm="r", nonce="n", qop="auth"'}
        return httpx.Response(401, headers=challenge)

    assert send(handler, auth=httpx.DigestAuth("user", "password")).status == 401
    assert len(seen) == 1


def test_a_response_comes_decoded_with_its_headers(send: Any) -> None:
    import gzip

    headers = {"content-encoding": "gzip", "Retry-After": "7"}
    body = gzip.compress(b'{"a":1}')
    response = send(lambda request: httpx.Response(429, headers=headers, content=body))
    assert (response.status, response.body) == (429, b'{"a":1}')
    assert response.headers["retry-after"] == "7"


def test_a_small_reply_that_grows_beyond_16_mib_is_refused(send: Any) -> None:
    import gzip

    body = gzip.compress(b" " * (17 << 20))
    headers = {"content-encoding": "gzip"}
    with pytest.raises(stablevps.TransportFailure) as caught:
        send(lambda request: httpx.Response(200, headers=headers, content=body))
    assert (caught.value.kind, caught.value.delivery) == ("too_large", "unknown")


class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that never ends."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b" "

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b" "
        await asyncio.Event().wait()


def test_a_reply_that_trickles_in_is_given_up_when_the_time_is_over(
    send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = order(timeout=0.05)
    monkeypatch.setitem(globals(), "REQUEST", hurried)
    with pytest.raises(stablevps.TransportFailure) as caught:
        send(lambda request: httpx.Response(200, stream=Endless()))
    assert (caught.value.kind, caught.value.delivery) == ("timeout", "unknown")


def test_without_httpx_the_message_says_what_to_install() -> None:
    source = "import sys; sys.modules['httpx'] = None\nimport stablevps\nimport stablevps.httpx"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.stderr.rstrip().endswith(
        "ImportError: stablevps.httpx needs httpx: pip install 'stablevps[httpx]'"
    )


def test_the_package_itself_does_not_import_httpx_or_asyncio() -> None:
    source = "import sys, stablevps; print({'httpx', 'asyncio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


@pytest.mark.parametrize("may_begin", [True, False])
@pytest.mark.parametrize("kind", [HttpxTransport, AsyncHttpxTransport])
def test_a_request_whose_time_is_over_writes_no_byte(kind: Any, may_begin: bool) -> None:
    connected = threading.Event()
    asked: list[bool] = []

    def may() -> bool:
        # Not before the connection is there.
        asked.append(connected.wait(10))
        return may_begin

    def behave(server: Server, connection: socket.socket) -> None:
        connected.set()
        answering(server, connection)

    async def main(request: stablevps.HttpRequest) -> stablevps.HttpResponse:
        transport = AsyncHttpxTransport()
        try:
            return await transport.send(request)
        finally:
            await transport.aclose()

    def send(request: stablevps.HttpRequest) -> stablevps.HttpResponse:
        if kind is AsyncHttpxTransport:
            return asyncio.run(main(request))
        transport = HttpxTransport()
        try:
            return transport.send(request)
        finally:
            transport.close()

    with serving(behave) as server:
        url = f"http://127.0.0.1:{server.port}/api/v1/vps"
        request = msgspec.structs.replace(REQUEST, url=url, may_begin=may)
        if may_begin:
            assert send(request).status == 200
        else:
            with pytest.raises(stablevps.TransportFailure) as caught:
                send(request)
            assert (caught.value.kind, caught.value.delivery) == ("timeout", "not_sent")
    assert asked == [True]
    assert len(server.heads) == int(may_begin)
