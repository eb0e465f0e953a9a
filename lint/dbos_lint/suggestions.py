"""What can be typed next where only names that exist make sense: rule codes and queue names.

In: a result, and the line up to the cursor. Out: suggestions. Never does: suggest Python; other
servers do that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dbos_build.rules import RULES
from dbos_lint.project import Result

_SILENCING = re.compile(r"#\s*(?:dbos:\s*ignore\[|noqa:\s*)[\w\s,]*$", re.IGNORECASE)
_QUEUE = re.compile(r"(?:queue_name\s*=\s*|[\"']queue_name[\"']\s*:\s*|\bQueue\(\s*)[\"'][^\"']*$")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word to insert, and what it stands for."""

    text: str
    detail: str


def at(result: Result, before: str) -> Iterator[Suggestion]:
    """The suggestions behind the beginning of a line."""
    if _SILENCING.search(before):
        for rule in sorted(RULES, key=lambda each: each.code):
            yield Suggestion(rule.code, f"{rule.name}: a workflow {rule.summary}")
    elif _QUEUE.search(before):
        for name in sorted({queue.name for queue in result.program.queues}):
            yield Suggestion(name, "queue")
