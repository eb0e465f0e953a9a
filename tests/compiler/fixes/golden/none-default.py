"""Defaults that are shared between calls."""

from typing import Any

from dbos import DBOS


@DBOS.workflow()
def collect(name: str, found: list[str] = [], *, options: dict[str, int] | None = {}) -> list[str]:  # fix DBS606: []
    """Keeps what it found.

    For ever, it seems.
    """
    found.append(name)
    return found


@DBOS.workflow()
def count(seen=set()):  # fix DBS606: set()
    seen.add(1)
    return len(seen)


@DBOS.step()
async def tags(extra: Any = {}) -> int:  # fix DBS606: {}
    """One line."""
    extra["x"] = 1
    return len(extra)
