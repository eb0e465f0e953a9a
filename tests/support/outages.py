"""A Postgres server that can be cut off and restored, and a proxy that loses answers to commits.

In: nothing. Out: `CuttableServer` and `Proxy`. It never touches another server of the machine, and
it loses nothing that was committed: the server writes its log at each commit.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from support.behaviour import eventually
from support.postgres import PostgresServer, patiently

# A ReadyForQuery message: its type, its length, and "I" outside, "T" inside a transaction.
READY, IDLE = ord("Z"), ord("I")


class CuttableServer(PostgresServer):
    """A server of one's own: `cut()` ends it without a goodbye, `restore()` starts it again."""

    def __init__(self) -> None:
        super().__init__()
        # A commit that was answered must survive the end of the server.
        self._execute("ALTER SYSTEM SET synchronous_commit = on")
        self._execute("SELECT pg_reload_conf()")

    def cut(self) -> None:
        """Stop at once, as `pg_ctl stop -m immediate` does; every connection is lost."""
        pid = self._server.get_pid()
        assert pid is not None
        self._admin.close()
        os.kill(pid, signal.SIGQUIT)
        eventually(lambda: not Path(f"/proc/{pid}").exists(), "the server is gone", 30.0)

    def restore(self) -> None:
        """Start again, with everything that was committed."""
        patiently(self._server.ensure_postgres_running)
        self._admin = psycopg.connect(self._admin_url, autocommit=True)

    def socket_path(self) -> str:
        """The socket that the proxy connects to."""
        return socket_of(self._admin_url)


def socket_of(url: str) -> str:
    """The socket of the server at a URL of these tests."""
    folder = parse_qs(urlsplit(url).query)["host"][0]
    return str(Path(folder) / ".s.PGSQL.5432")


class Proxy:
    """A TCP server before a Postgres server that can lose the answer to one commit.

    After `lose_commit_of(text)`, the first connection that sends `text` is watched until what it
    sent is committed: that answer is dropped and the connection cut. So the commit has happened and
    nobody was told. `lose_commit_after(text)` does the same for `text` in what the server says.
    """

    def __init__(self, socket_path: str) -> None:
        self._target = socket_path
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._asked: bytes | None = None
        self._told: bytes | None = None
        self._lock = threading.Lock()
        self.lost = 0
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def url_of(self, database: str) -> str:
        """The URL of a database through this proxy, in the clear so that it can be read."""
        return (
            f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
            "?sslmode=disable&gssencmode=disable"
        )

    def lose_commit_of(self, text: str) -> None:
        """Lose the answer to the next commit of something that contains `text`."""
        with self._lock:
            self._asked = text.encode()

    def lose_commit_after(self, text: str) -> None:
        """Lose the answer to the commit of the next transaction that is told `text`."""
        with self._lock:
            self._told = text.encode()

    def close(self) -> None:
        """Cut all connections."""
        self._listening.close()
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                thread = threading.Thread(target=self._forward, args=(client,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _forward(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        self._open.update((client, server))
        with client, server, contextlib.suppress(OSError):
            server.connect(self._target)
            _Conversation(self, client, server).carry()
        self._open -= {client, server}

    def watches_for(self, asked: bytes) -> bool:
        """Whether this is the question that was waited for; once."""
        with self._lock:
            if self._asked is None or self._asked not in asked:
                return False
            self._asked = None
            return True

    def watches_after(self, told: bytes) -> bool:
        """Whether this is the answer that was waited for; once."""
        with self._lock:
            if self._told is None or self._told not in told:
                return False
            self._told = None
            return True


class _Conversation:
    """One connection, carried message by message from the server."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._buffer = b""
        self._watched = False

    def carry(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._client, selectors.EVENT_READ)
            ready.register(self._server, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    assert isinstance(key.fileobj, socket.socket)
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    if key.fileobj is self._client:
                        self._watched = self._watched or self._proxy.watches_for(data)
                        self._server.sendall(data)
                    elif self._answer(data):
                        self._proxy.lost += 1
                        return

    def _answer(self, data: bytes) -> bool:
        """Carry what the server said; True when the answer to the commit came and is lost."""
        self._buffer += data
        self._watched = self._watched or self._proxy.watches_after(self._buffer)
        whole = 0
        for kind, end in self._messages():
            if self._watched and kind == READY and self._buffer[end - 1] == IDLE:
                return True
            whole = end
        self._client.sendall(self._buffer[:whole])
        self._buffer = self._buffer[whole:]
        return False

    def _messages(self) -> Iterator[tuple[int, int]]:
        """Type and end of each complete message in the buffer."""
        start = 0
        while len(self._buffer) >= start + 5:
            end = start + 1 + int.from_bytes(self._buffer[start + 1 : start + 5], "big")
            if end > len(self._buffer):
                return
            yield self._buffer[start], end
            start = end
