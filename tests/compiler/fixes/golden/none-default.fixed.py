"""Defaults that are shared between calls."""

from typing import Any

from dbos import DBOS


@DBOS.workflow()
def collect(name: str, found: list[str] | None = None, *, options: dict[str, int] | None = {}) -> list[str]:
    """Keeps what it found.

    For ever, it seems.
    """
    if found is None:
        found = []
    found.append(name)
    return found


@DBOS.workflow()
def count(seen=None):
    if seen is None:
        seen = set()
    seen.add(1)
    return len(seen)


@DBOS.step()
async def tags(extra: Any = None) -> int:
    """One line."""
    if extra is None:
        extra = {}
    extra["x"] = 1
    return len(extra)
