"""What an editor sets for the checks: the keys of `[tool.dbos-build]`, by the editor's own means.

In: initialization options and answers to `workspace/configuration`, as JSON gives them. Out: values
by key. Never does: judge the keys; the compiler does, as it does for its own files.
"""

from __future__ import annotations

from collections.abc import Mapping

SECTION = "dbos-build"
"""The name under which editors keep these settings."""

FOR_THE_EDITOR = frozenset({"command", "enable", "trace"})
"""Keys that speak to an extension, about how it starts the server; they are none of ours."""


def values(*given: object) -> dict[str, object]:
    """The values that are set, those given later before those given earlier.

    Each may hold the keys itself or under `SECTION`, and may be anything: what is no table sets
    nothing, and neither does null.
    """
    found: dict[str, object] = {}
    for each in given:
        table = each.get(SECTION, each) if isinstance(each, Mapping) else None
        if isinstance(table, Mapping):
            found.update(
                (str(key), value)
                for key, value in table.items()
                if value is not None and key not in FOR_THE_EDITOR
            )
    return found
