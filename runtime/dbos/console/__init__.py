"""The console: workflows, queues, schedules and versions in a browser, from the system database.

In: the URL of a system database. Out: an ASGI application for ``dbos console``, or for an
application of one's own. Reads by default; never runs, imports or unpickles anything that is
stored. Needs the extra ``console``, and is imported by nothing that works without it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from starlette.applications import Starlette

from dbos.console.application import build
from dbos.console.flow import read_flows

__all__ = ["app"]


def app(
    url: str,
    *,
    schema: str = "dbos",
    allow_actions: bool = False,
    token: str | None = None,
    hosts: Collection[str] | None = None,
    lock: Path | str | None = None,
) -> Starlette:
    """The console as an ASGI application, such as ``fastapi_app.mount("/dbos", app(url))``.

    It has no users of its own: whoever reaches it sees every workflow. Give it a ``token`` of at
    least 16 characters, or mount it where only operators come. ``hosts`` are the names that it
    answers to, all of them by default; ``lock`` is a ``dbos-build.lock`` whose flows are shown with
    what each workflow did. The database is opened at the first request and never created.
    Raises ``DBOSInitializationError`` for a short token or a lock file that cannot be read.
    """
    flows = None if lock is None else read_flows(Path(lock))
    return build(
        url, schema=schema, allow_actions=allow_actions, token=token, hosts=hosts, flows=flows
    )
