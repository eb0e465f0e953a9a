"""Serving the console from a process of its own.

In: ``Options``. Out: a server until it is told to stop. Never creates a database, and never listens
where other machines can connect unless there is a token.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from dbos.console import guard
from dbos.console.application import build
from dbos.console.flow import read_flows
from dbos.error import DBOSInitializationError
from dbos.system.existing import open_existing

STOP_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to serve, and to whom."""

    url: str
    schema: str
    host: str
    port: int
    allow_actions: bool
    token: str | None
    lock: Path | None
    browser: bool


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(asked: Options, tell: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``tell`` gets the address.

    Raises ``DBOSInitializationError`` when the database is missing or of another schema version,
    the address cannot be used, or the address is not of this machine and there is no token.
    """
    local = is_loopback(asked.host)
    if not local and not asked.token:
        raise DBOSInitializationError(
            f"Other machines can connect to {asked.host}: set DBOS_CONSOLE_TOKEN, or leave out"
            " --host"
        )
    open_existing(asked.url, schema=asked.schema).close()
    flows = None if asked.lock is None else read_flows(asked.lock)
    application = build(
        asked.url,
        schema=asked.schema,
        allow_actions=asked.allow_actions,
        token=asked.token,
        hosts={*guard.LOOPBACK, asked.host} if local else None,
        flows=flows,
    )
    with _listen(asked.host, asked.port) as listener:
        name = f"[{asked.host}]" if ":" in asked.host else asked.host
        address = f"http://{name}:{listener.getsockname()[1]}/"
        tell(f"The console is at {address}; stop it with Ctrl-C")
        if asked.browser:
            webbrowser.open(address)
        settings = uvicorn.Config(
            application,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        try:
            uvicorn.Server(settings).run(sockets=[listener])
        except KeyboardInterrupt:
            return


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise DBOSInitializationError(f"{host} is no address of this machine: {error}") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise DBOSInitializationError(
                f"Port {port} of {host} is in use; choose another --port, or 0 for a free one"
            ) from None
        raise DBOSInitializationError(
            f"Cannot listen on {host}, port {port}: {error.strerror}"
        ) from None
    return listener
