"""unreadable-source: a file that cannot be read or analysed.

In: the analysed program. Out: the findings of DBS991. Never does: raise for a broken file.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, problem_check

RULE = Rule(
    code="DBS991",
    name="unreadable-source",
    severity=Severity.ERROR,
    summary="a file that cannot be read or analysed",
    why="Nothing in the file can be checked, so violations in it would go unnoticed.",
    instead="Make the file readable, save it as UTF-8, or exclude it in the configuration.",
    bad=(),
    good=("answer = 42\n",),
    check=problem_check,
)
