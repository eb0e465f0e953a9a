"""A small client of a language server that runs as a process: messages in, messages out.

In: a command. Out: answers to requests, and notifications, each awaited with a deadline. Never
does: sleep; leave the process behind.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

ANSWER_SECONDS = 60.0


class LanguageClient:
    """A language server's process, spoken to over its pipes; a context manager that ends it."""

    def __init__(self, command: list[str], folder: Path) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._kept: list[dict[str, Any]] = []
        self._number = 0
        self._reader = threading.Thread(target=self._read, name="language server reader")
        self._reader.start()

    def __enter__(self) -> LanguageClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None
    ) -> None:
        self._process.kill()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()

    def ask(self, method: str, **given: Any) -> Any:
        """Send a request; the result of the answer."""
        return self.answer(self.begin(method, **given))

    def begin(self, method: str, **given: Any) -> int:
        """Send a request without waiting for its answer; the number of the request."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": given})
        return self._number

    def answer(self, number: int) -> Any:
        """The result of the answer to a request."""
        message = self._next(lambda each: each.get("id") == number and "method" not in each)
        assert "error" not in message, message
        return message["result"]

    def tell(self, method: str, **given: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": given})

    def diagnostics(self, uri: str, version: int) -> list[dict[str, Any]]:
        """What the server says of one version of a document."""

        def fits(message: dict[str, Any]) -> bool:
            given = message.get("params") or {}
            is_about = message.get("method") == "textDocument/publishDiagnostics"
            return is_about and given["uri"] == uri and given.get("version") == version

        found: list[dict[str, Any]] = self._next(fits)["params"]["diagnostics"]
        return found

    def notification(self, method: str) -> dict[str, Any]:
        """The next notification of a kind."""
        params: dict[str, Any] = self._next(lambda each: each.get("method") == method)["params"]
        return params

    def request(self, method: str) -> dict[str, Any]:
        """The next request of a kind that the server makes; nobody answers it."""
        return self._next(lambda each: each.get("method") == method and "id" in each)

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._process.stdin.flush()

    def _next(self, fits: Any) -> dict[str, Any]:
        """The first message that fits, those kept before included; others are kept."""
        for message in self._kept:
            if fits(message):
                self._kept.remove(message)
                return message
        while True:
            arrived = self._messages.get(timeout=ANSWER_SECONDS)
            assert arrived is not None, "the server closed its output"
            if fits(arrived):
                return arrived
            self._kept.append(arrived)

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            length = 0
            while (header := stream.readline()).strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not header:
                self._messages.put(None)
                return
            self._messages.put(json.loads(stream.read(length)))
