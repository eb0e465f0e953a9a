"""A connection pooler in transaction mode before a Postgres server, as PgBouncer is one.

In: the socket of a server whose connections need no password, and a database. Out: `Pooler`, a TCP
server that lends a server connection for one transaction at a time, always the one that has rested
longest. So what a client leaves on a connection (a prepared statement, a setting, LISTEN) is
somebody else's at its next statement. It tells no notification to anybody.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NOTIFICATION, READY, KEY, TERMINATE = b"A", b"Z", b"K", b"X"
# After a query or a sync the client waits for the server to be ready.
ASKING = (b"Q", b"S")
OUTSIDE_TRANSACTIONS = b"I"
# A pooler hands out keys of its own, in the place of a process id and a secret.
OWN_KEY = KEY + struct.pack("!iii", 12, 1, 1)
PROTOCOL = 196608
ENCRYPTION_REQUESTS = (80877103, 80877104)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the protocol: its type and everything, type and length included."""

    kind: bytes
    whole: bytes

    @property
    def status(self) -> bytes:
        """The state of the transaction, in the message that a server is ready."""
        return self.whole[-1:]


def read_exactly(end: socket.socket, count: int) -> bytes:
    """So many bytes. Raises `EOFError` when the other side is gone."""
    found = b""
    while len(found) < count:
        more = end.recv(count - len(found))
        if not more:
            raise EOFError
        found += more
    return found


def read_message(end: socket.socket) -> Message:
    """The next message with a type."""
    head = read_exactly(end, 5)
    (length,) = struct.unpack("!i", head[1:])
    return Message(head[:1], head + read_exactly(end, length - 4))


def read_startup(end: socket.socket) -> bytes:
    """The first message of a client, which has no type; requests for encryption are declined."""
    while True:
        head = read_exactly(end, 8)
        length, code = struct.unpack("!ii", head)
        body = head + read_exactly(end, length - 8)
        if code not in ENCRYPTION_REQUESTS:
            return body
        end.sendall(b"N")


class Pooler:
    """A pool of `size` server connections for any number of clients."""

    def __init__(self, socket_path: str, database: str, size: int = 3) -> None:
        self._socket_path, self._database = socket_path, database
        self._resting: queue.Queue[socket.socket] = queue.Queue()
        self._greeting = b""
        self._servers: list[socket.socket] = []
        for _ in range(size):
            self._resting.put(self._connect())
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._clients: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.url = (
            f"postgresql://postgres@127.0.0.1:{self._listening.getsockname()[1]}/{database}"
            "?sslmode=disable&gssencmode=disable"
        )
        self._start(self._accept)

    def close(self) -> None:
        """Cut all connections and wait for the threads."""
        for end in (self._listening, *self._clients, *self._servers):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        for thread in self._threads:
            thread.join(10)

    def _connect(self) -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._socket_path)
        self._servers.append(server)
        asked = (
            struct.pack("!i", PROTOCOL) + f"user\0postgres\0database\0{self._database}\0\0".encode()
        )
        server.sendall(struct.pack("!i", len(asked) + 4) + asked)
        greeting = b""
        while (message := read_message(server)).kind != READY:
            greeting += OWN_KEY if message.kind == KEY else message.whole
        self._greeting = greeting + message.whole
        return server

    def _start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self._clients.append(client)
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, EOFError):
            read_startup(client)
            client.sendall(self._greeting)
            while True:
                first = read_message(client)
                if first.kind == TERMINATE:
                    return
                with self._lent() as server:
                    _carry(client, server, first)

    @contextlib.contextmanager
    def _lent(self) -> Iterator[socket.socket]:
        server = self._resting.get(timeout=30)
        try:
            yield server
        except BaseException:
            # Somebody went in the middle of a transaction: that connection serves nobody else.
            server.close()
            server = self._connect()
            raise
        finally:
            self._resting.put(server)


def _carry(client: socket.socket, server: socket.socket, first: Message) -> None:
    """Carry one transaction: until the server has answered everything and is idle."""
    message = first
    while True:
        server.sendall(message.whole)
        if message.kind in ASKING:
            while (answer := read_message(server)).kind != READY:
                if answer.kind != NOTIFICATION:
                    client.sendall(answer.whole)
            client.sendall(answer.whole)
            if answer.status == OUTSIDE_TRANSACTIONS:
                return
        message = read_message(client)
