"""The whole server, put together.

In: nothing. Out: a server that answers everything this package offers. Never does: start it.
"""

from __future__ import annotations

from dbos_lint.server import (
    adapter,
    completing,
    diagnosis,
    drawing,
    hierarchies,
    offers,
    telling,
)
from dbos_lint.server.adapter import Server


def made() -> Server:
    """A server that waits to be started."""
    server = Server()
    for part in (adapter, diagnosis, offers, telling, completing, hierarchies, drawing):
        part.attach(server)
    return server
