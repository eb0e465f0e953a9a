"""`python -m dbos_lint.server`: serve one editor over standard input and output, or TCP.

In: arguments, and a client. Out: the protocol on the stream it came from; logs on standard error;
exit code 0 after an orderly end, 1 when the client went away, 2 for wrong usage, 130 for Ctrl-C.
Never does: write anything but the protocol to standard output; outlive its client by more than two
seconds.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import threading
from typing import NoReturn

PARENT_CHECK_SECONDS = 1.0


def main() -> None:
    """Serve until the client is gone."""
    parser = argparse.ArgumentParser(prog="dbos-build server")
    parser.add_argument("--tcp", type=_address, metavar="[HOST:]PORT")
    given = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    try:
        from dbos_lint.server import features
    except ModuleNotFoundError as failure:
        _refuse(f"the server needs {failure.name}: pip install 'dbos-build[lsp]'")
    server = features.made()
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # What a library prints must not get between the messages.
    _end_with(os.getppid())
    try:
        if given.tcp is not None:
            with _client(*given.tcp) as client:
                server.start_io(client.makefile("rb"), client.makefile("wb"))
        else:
            server.start_io(sys.stdin.buffer, output)
    except KeyboardInterrupt:
        os._exit(130)
    sys.stderr.flush()
    os._exit(0)  # A check that still runs is of no use to anybody.


def _address(text: str) -> tuple[str, int]:
    """HOST:PORT, or a port on this machine."""
    host, _, port = text.rpartition(":")
    return host or "127.0.0.1", int(port)


def _client(host: str, port: int) -> socket.socket:
    """The first client that comes; another one finds nobody listening.

    Two editors cannot share a server: buffers, settings and answers are those of one.
    """
    try:
        with socket.create_server((host, port)) as listening:
            address = ":".join(map(str, listening.getsockname()[:2]))
            sys.stderr.write(f"dbos-build: serving one client on {address}\n")
            sys.stderr.flush()
            return listening.accept()[0]
    except (OSError, OverflowError) as failure:
        reason = getattr(failure, "strerror", None) or failure
        _refuse(f"{host}:{port}: {reason}")


def _refuse(message: str) -> NoReturn:
    """Say in one line why there is no server."""
    sys.stderr.write(f"dbos-build: error: {message}\n")
    sys.stderr.flush()
    os._exit(2)


def _end_with(parent: int) -> None:
    """End this process soon after the one that started it has ended."""

    def watch() -> None:
        ended = threading.Event()
        while os.getppid() == parent:
            ended.wait(PARENT_CHECK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


if __name__ == "__main__":
    main()
