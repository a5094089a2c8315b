"""Small servers on the loopback interface, each with one way to behave."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

WALLET = b'{"balance":12.5,"currency":"EUR"}'

Behaviour = Callable[[socket.socket], None]


class Server:
    """Accepts connections and lets a behaviour have each of them."""

    def __init__(self, behave: Behaviour) -> None:
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.accepted = 0
        self.heads: list[str] = []
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def end(self) -> None:
        """Closes everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def follow(self, connection: socket.socket, wrapped: socket.socket) -> None:
        """Takes note that a connection is now used through another object."""
        self._open.discard(connection)
        self._open.add(wrapped)

    def read_head(self, connection: socket.socket) -> str:
        """Reads a request's head, and its body as far as it came along; empty at the end."""
        read = b""
        while b"\r\n\r\n" not in read:
            part = connection.recv(65536)
            if not part:
                return ""
            read += part
        head, _, body = read.partition(b"\r\n\r\n")
        text = head.decode().lower()
        self.heads.append(text)
        length = 0
        for line in text.split("\r\n"):
            if line.startswith("content-length:"):
                length = int(line.split(":")[1])
        while len(body) < length:
            body += connection.recv(65536)
        return text

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            self._open.add(connection)
            self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), closing(connection):
            self._behave(connection)
        self._open.discard(connection)


@contextmanager
def serving(behave: Callable[[Server, socket.socket], None]) -> Iterator[Server]:
    """A server for as long as it is needed."""
    server = Server(lambda connection: behave(server, connection))
    try:
        yield server
    finally:
        server.end()


def reply(body: bytes = WALLET, status: str = "200 OK", more: str = "") -> bytes:
    """A reply as bytes."""
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def answering(server: Server, connection: socket.socket) -> None:
    """Gives the wallet, for as long as the connection lasts."""
    while server.read_head(connection):
        connection.sendall(reply())


def closing_early(server: Server, connection: socket.socket) -> None:
    """Reads the request and closes."""
    server.read_head(connection)


def over_tls(context: ssl.SSLContext) -> Callable[[Server, socket.socket], None]:
    """Gives the wallet over TLS."""

    def behave(server: Server, connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            server.follow(connection, secure)
            answering(server, secure)

    return behave


def tunnelling(port: int) -> Callable[[Server, socket.socket], None]:
    """A proxy that takes every CONNECT to one port of this machine."""

    def copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def behave(server: Server, connection: socket.socket) -> None:
        if not server.read_head(connection).startswith("connect "):
            return
        with socket.create_connection(("127.0.0.1", port)) as target:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=copy, args=(target, connection), daemon=True)
            back.start()
            copy(connection, target)
            back.join(10)

    return behave


def unused_port() -> int:
    """A port of this machine at which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port: int = taken.getsockname()[1]
    return port
