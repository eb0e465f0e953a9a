"""Names of files for pictures: readable, safe on every system, and never the same twice.

In: names of workflows. Out: a file name for each. Never: a separator, a leading dot or a name that
only differs in case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_LONGEST = 120


def filenames(workflows: Iterable[str], suffix: str) -> dict[str, str]:
    """The file name of each workflow's picture."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for name in sorted(workflows):
        stem = _UNSAFE.sub("_", name)[:_LONGEST].strip(".")
        if not stem or _RESERVED.match(stem):
            stem = f"workflow_{stem}"
        chosen = stem
        number = 2
        while chosen.lower() in taken:
            chosen = f"{stem}-{number}"
            number += 1
        taken.add(chosen.lower())
        found[name] = chosen + suffix
    return found
