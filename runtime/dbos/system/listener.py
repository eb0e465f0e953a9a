"""Wake-ups between the processes of one Postgres: LISTEN and NOTIFY on a connection of its own.

In: the keys of committed writes. Out: wakes in the other processes, and here those that others
send. Never takes part in a commit: a notification follows the commit it tells of, sent by the
thread of this module, so no workflow waits for it; what was written meanwhile shares one statement.

Nothing is sent while nobody listens. Processes know each other by their connections' process ids:
a newcomer says hello, the others answer that they are here. Whoever hears of a process for the
first time wakes all its waiters once, so what was committed before the two met is not missed. The
same happens after a reconnect. A process that was killed never says bye; its id is dropped when it
is gone from the server's list of connections, which is asked rarely and only while there is
something to send.

A connection pooler may accept LISTEN and never deliver, or deliver by chance. Behind one that shows
itself (``pooler``) this process counts as deaf: it still tells, and ``sweep`` asks once a second in
its place. For all others a word is sent once over another connection; a process at which it does
not arrive is deaf, too. Measured between two processes on one machine of two cores, with synced
commits: 2.4 ms from an enqueue to the start, 2.0 ms from a workflow's last step to its result, 4.0
ms for a message there and an event back.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dbos.kernel import notices, seam
from dbos.kernel.notices import Notice
from dbos.kernel.wakes import Key
from dbos.log import logger
from dbos.system import dialect, pooler

if TYPE_CHECKING:
    from dbos.system import SystemDatabase

PROBE_SECONDS = 3.0
PRUNE_SECONDS = 30.0
FIRST_RETRY_SECONDS = 0.05
LONGEST_RETRY_SECONDS = 5.0


class Listener:
    """The thread that tells other processes and hears from them."""

    def __init__(self, system: SystemDatabase) -> None:
        self._system = system
        self._channel = f"dbos/{system.language.schema}"[:63]
        self._lock = threading.Lock()
        self._outgoing: set[Key] = set()
        self._peers: set[int] = set()
        self._own = 0
        self._pruned_at = 0.0
        self._word = ""
        self._probe_until: float | None = None
        self._greeted = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._read_end, self._write_end = -1, -1
        # whether notifications reach this process
        self.hears = False
        self._deaf = False

    def start(self) -> None:
        """Start listening, and telling what this process commits."""
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        os.set_blocking(self._write_end, False)
        self._thread = seam.start_thread("dbos-listener", self._serve)
        self._system.wakes.outlet = self.tell

    def stop(self) -> None:
        """Tell what is left to tell, say bye, and close the connection."""
        self._system.wakes.outlet = None
        self._stopping.set()
        with self._lock:
            self._poke()
        if self._thread is not None:
            self._thread.join(timeout=2.0)
        with self._lock:
            for end in (self._read_end, self._write_end):
                if end != -1:
                    os.close(end)
            self._read_end = self._write_end = -1

    def tell(self, keys: Iterable[Key]) -> None:
        """Wake those who wait for these keys in other processes, soon; returns at once."""
        if not self._peers and not self._deaf:
            return
        with self._lock:
            had_some = bool(self._outgoing)
            self._outgoing.update(keys)
            if not had_some and self._outgoing:
                self._poke()

    def _poke(self) -> None:
        if self._write_end != -1:
            with contextlib.suppress(OSError):
                os.write(self._write_end, b"!")

    def _serve(self) -> None:
        delay = FIRST_RETRY_SECONDS
        while not self._stopping.is_set():
            try:
                with contextlib.closing(dialect.connect_postgres(self._system.language)) as told:
                    self._meet(told)
                    delay = FIRST_RETRY_SECONDS
                    self._converse(told)
            except Exception as error:
                if not dialect.is_driver_error(error) and not isinstance(error, OSError):
                    logger.exception("The listener failed and connects again")
                else:
                    logger.debug("The listener lost its connection (%s)", type(error).__name__)
            self.hears = False
            self._peers.clear()
            self._stopping.wait(delay)
            delay = min(delay * 2, LONGEST_RETRY_SECONDS)

    def _meet(self, connection: Any) -> None:
        """Begin to listen, greet the others, and wake everyone: something may have been missed."""
        self._own = connection.info.backend_pid
        if pooler.is_lent(connection):
            self._be_deaf()
            return
        connection.add_notify_handler(self._hear)
        connection.execute(f'LISTEN "{self._channel}"')
        self._send(connection, [notices.spell("hello")])
        self._word = seam.new_id()
        self._probe_until = seam.monotonic() + PROBE_SECONDS
        with self._system.database.reader() as other:
            self._send(other.connection, [notices.spell("probe", self._word)])
        self._system.wakes.notify_everyone()

    def _converse(self, connection: Any) -> None:
        socket = connection.pgconn.socket
        ready = select.poll()
        ready.register(socket, select.POLLIN)
        ready.register(self._read_end, select.POLLIN)
        while True:
            if self._greeted:
                self._greeted = False
                self._send(connection, [notices.spell("here")])
            self._tell_outgoing(connection)
            if self._stopping.is_set():
                self._send(connection, [notices.spell("bye")])
                return
            found = {end for end, _ in ready.poll(self._milliseconds_to_probe())}
            if self._read_end in found:
                os.read(self._read_end, 4096)
            if socket in found:
                connection.pgconn.consume_input()
                while heard := connection.pgconn.notifies():
                    connection.pgconn.notify_handler(heard)
            self._judge_probe()

    def _milliseconds_to_probe(self) -> int | None:
        if self._probe_until is None:
            return None
        return max(1, int((self._probe_until - seam.monotonic()) * 1000) + 1)

    def _judge_probe(self) -> None:
        if self._probe_until is not None and seam.monotonic() >= self._probe_until:
            self._be_deaf()

    def _be_deaf(self) -> None:
        self._probe_until = None
        if not self._deaf:
            self._deaf = True
            logger.info(
                "Notifications of the system database do not arrive, as behind a pooler in"
                " transaction mode: this process asks once a second instead. Give it a direct"
                " connection for faster wake-ups, or set use_listen_notify to False"
            )

    def _tell_outgoing(self, connection: Any) -> None:
        with self._lock:
            keys, self._outgoing = self._outgoing, set()
        if not keys:
            return
        now = seam.monotonic()
        if not self._deaf and now - self._pruned_at > PRUNE_SECONDS:
            self._pruned_at = now
            self._prune(connection)
        if self._peers or self._deaf:
            self._send(connection, notices.wake_payloads(keys))

    def _prune(self, connection: Any) -> None:
        """Forget the connections that are gone."""
        seam.current.executed("SELECT pid FROM pg_stat_activity")
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s)", (sorted(self._peers),)
        ).fetchall()
        self._peers.intersection_update(row[0] for row in rows)

    def _send(self, connection: Any, payloads: list[str]) -> None:
        sql = "SELECT pg_notify(%s, told) FROM unnest(%s::text[]) AS told"
        seam.current.executed(sql)
        connection.execute(sql, (self._channel, payloads))

    def _hear(self, heard: Any) -> None:
        """Act on one notification; called while the connection reads, so it sends nothing."""
        notice = notices.read(heard.payload)
        if notice.kind == "probe" and notice.word == self._word:
            self.hears, self._deaf, self._probe_until = True, False, None
        if heard.pid != self._own:
            self._obey(notice, heard.pid)

    def _obey(self, notice: Notice, sender: int) -> None:
        wakes = self._system.wakes
        match notice.kind:
            case "bye":
                self._peers.discard(sender)
            case "hello" | "here":
                self._peers.add(sender)
                self._greeted = self._greeted or notice.kind == "hello"
                wakes.notify_everyone()
            case "wake":
                wakes.notify(notice.keys)
            case "everyone":
                wakes.notify_everyone()
            case "probe":
                pass
