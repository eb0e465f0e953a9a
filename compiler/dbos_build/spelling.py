"""Names that do not exist, with the one that was probably meant.

In: a name and the known ones. Out: one line for people. Never does: correct anything.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def unknown_name(kind: str, name: str, known: Iterable[str], verb: str = "declared") -> str:
    """Say that nothing of a kind has a name; suggest the closest that something has."""
    names = sorted(known)
    by_tail = {each.rpartition(".")[2].lower(): each for each in reversed(names)}
    close = difflib.get_close_matches(name, names, n=1)
    hint = by_tail.get(name.lower()) or (close[0] if close else None)
    more = f"; did you mean {hint!r}?" if hint else ""
    return f"no {kind} {name!r} is {verb} here{more}"
