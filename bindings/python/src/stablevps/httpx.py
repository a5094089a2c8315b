"""Transports that send through httpx: ``pip install 'stablevps[httpx]'``.

>>> import stablevps
>>> from stablevps.httpx import HttpxTransport
>>> with stablevps.Client("svps_live_0123456789", transport=HttpxTransport()) as client:
...     client
Client(base_url=None)

By default, requests that must not be sent twice (orders, new keys, reboots) are each sent on a new
connection.

A transport can use your own httpx client instead. It uses the client's proxies, certificates,
limits and connections, and nothing else: it adds no headers, cookies, authentication or redirects,
and the timeouts are those of the STABLEVPS client. With a client of your own:

- The client must not repeat requests, as some httpx transports do. A repeated order is bought
  twice, and a failed repetition looks like an order that was never sent. The ``retries`` of
  ``httpx.HTTPTransport`` are safe: they repeat only attempts to connect.
- An order can be sent on a connection that was used before. When the server closes that connection
  at the same moment, the outcome is unknown, and ``vps.provision`` looks for the order.
- The client stays open when the STABLEVPS client is closed.

``timeout`` limits each wait for the server and, between the parts of a reply, the whole exchange.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias

try:
    import httpx
except ImportError as _missing:
    raise ImportError("stablevps.httpx needs httpx: pip install 'stablevps[httpx]'") from _missing

from ._transport import HttpRequest, HttpResponse, TransportFailure, always, too_late

__all__ = ["AsyncHttpxTransport", "HttpxTransport"]

LARGEST_BODY = 16 * 1024 * 1024

# What happens before a byte of the request is sent. After anything else it may have arrived.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class HttpxTransport:
    """Sends requests through an ``httpx.Client``, for :class:`stablevps.Client`.

    :param client: the httpx client to send through; by default a new one, which is closed with the
        transport. The module's page says what is used of a client of your own.
    """

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._verify = None if client is not None else httpx.create_ssl_context()
        self._client = self._new_client() if client is None else client

    def send(self, request: HttpRequest) -> HttpResponse:
        """Returns the response, or raises :class:`TransportFailure`."""
        until = time.monotonic() + request.timeout
        try:
            with self._client_for(request) as client:
                response = client.send(
                    _translated(request, _watching(request)),
                    auth=None,
                    follow_redirects=False,
                    stream=True,
                )
                try:
                    body = _Body(response)
                    for part in response.iter_bytes():
                        body.add(part)
                        if time.monotonic() > until:
                            raise httpx.ReadTimeout(
                                "the timeout passed before the reply was complete"
                            )
                    return body.response()
                finally:
                    response.close()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _failure(error) from error

    def close(self) -> None:
        """Closes the httpx client, unless it is yours."""
        if self._verify is not None:
            self._client.close()

    @contextmanager
    def _client_for(self, request: HttpRequest) -> Iterator[httpx.Client]:
        if request.fresh_connection and self._verify is not None:
            with self._new_client() as client:
                yield client
        else:
            yield self._client

    def _new_client(self) -> httpx.Client:
        return httpx.Client(verify=self._verify or True, follow_redirects=False)


class AsyncHttpxTransport:
    """Sends requests through an ``httpx.AsyncClient``, for :class:`stablevps.AsyncClient`.

    As with httpx itself, its connections belong to the event loop in which it was first used.

    :param client: the httpx client to send through; by default a new one, which is closed with the
        transport. The module's page says what is used of a client of your own.
    """

    def __init__(self, client: httpx.AsyncClient | None = None) -> None:
        self._verify = None if client is not None else httpx.create_ssl_context()
        self._client = self._new_client() if client is None else client

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Returns the response, or raises :class:`TransportFailure`."""
        try:
            return await asyncio.wait_for(self._exchange(request), request.timeout)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _failure(error) from error
        except asyncio.TimeoutError as error:
            raise TransportFailure("timeout", "unknown", "the timeout passed") from error

    async def aclose(self) -> None:
        """Closes the httpx client, unless it is yours."""
        if self._verify is not None:
            await self._client.aclose()

    async def _exchange(self, request: HttpRequest) -> HttpResponse:
        async with self._client_for(request) as client:
            response = await client.send(
                _translated(request, _awaiting(request)),
                auth=None,
                follow_redirects=False,
                stream=True,
            )
            try:
                body = _Body(response)
                async for part in response.aiter_bytes():
                    body.add(part)
                return body.response()
            finally:
                await response.aclose()

    @asynccontextmanager
    async def _client_for(self, request: HttpRequest) -> AsyncIterator[httpx.AsyncClient]:
        if request.fresh_connection and self._verify is not None:
            async with self._new_client() as client:
                yield client
        else:
            yield self._client

    def _new_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(verify=self._verify or True, follow_redirects=False)


class _Body:
    """A reply as it arrives."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._bytes = bytearray()

    def add(self, part: bytes) -> None:
        self._bytes += part
        if len(self._bytes) > LARGEST_BODY:
            raise TransportFailure("too_large", "unknown", "the response is larger than 16 MiB")

    def response(self) -> HttpResponse:
        headers = dict(self._response.headers.items())
        return HttpResponse(self._response.status_code, headers, bytes(self._bytes))


Watch: TypeAlias = Callable[[str, Any], Any]
"""What httpx calls with all that it does."""


def _watching(request: HttpRequest) -> Watch:
    """Ends a request that may not begin any more, right before its first byte."""

    def watch(event: str, _: Any) -> None:
        if event.endswith(".send_request_headers.started") and not request.may_begin():
            raise too_late()

    return watch


def _awaiting(request: HttpRequest) -> Watch:
    """The same in an event loop."""
    watch = _watching(request)

    async def watching(event: str, about: Any) -> None:
        watch(event, about)

    return watching


def _translated(request: HttpRequest, watch: Watch) -> httpx.Request:
    """The request verbatim: an httpx client would add its own headers."""
    limits = httpx.Timeout(request.timeout, connect=request.connect_timeout)
    extensions: dict[str, Any] = {"timeout": limits.as_dict()}
    if request.may_begin is not always:
        extensions["trace"] = watch
    return httpx.Request(
        request.method,
        request.url,
        headers=dict(request.headers),
        content=request.body,
        extensions=extensions,
    )


def _failure(error: Exception) -> TransportFailure:
    delivery = "not_sent" if isinstance(error, _BEFORE_SENDING) else "unknown"
    return TransportFailure(_kind(error), delivery, _detail(error))


def _kind(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, httpx.ProxyError):
        return "proxy"
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "tls"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "dns"
    return "connect" if isinstance(error, httpx.ConnectError) else "io"


def _detail(error: Exception) -> str:
    """The error's name, and its text if it comes from the operating system or the TLS stack.

    Other texts may quote what was sent or received.
    """
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, httpx.ConnectError) else name


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
