"""What stays true of findings while the file they are in does not parse.

In: findings, the text they were found in, and the text that is there now. Out: those findings that
stand in lines which did not change, at their new lines. Never does: guess about changed lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dbos_build.findings import Finding
from dbos_lint.positions import lines_of


def moved(findings: Iterable[Finding], good: str, now: str) -> Iterator[Finding]:
    """The findings of the last text that parsed, where they stand in the present one.

    An edit is taken for one run of changed lines; findings above and below it are kept.
    """
    old, new = lines_of(good), lines_of(now)
    least = min(len(old), len(new))
    head = 0
    while head < least and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    shift = len(new) - len(old)
    for finding in findings:
        if finding.end_line <= head:
            yield finding
        elif finding.line > len(old) - tail:
            yield replace(finding, line=finding.line + shift, end_line=finding.end_line + shift)
