"""syntax-error: a file that is not valid Python.

In: the analysed program. Out: the findings of DBS990. Never does: raise for a broken file.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, problem_check

RULE = Rule(
    code="DBS990",
    name="syntax-error",
    severity=Severity.ERROR,
    summary="a file that is not valid Python",
    why="Nothing in the file can be checked, and importing it fails.",
    instead=(
        "Correct the syntax, or run dbos-build under the Python version that the file is "
        "written for."
    ),
    bad=("def broken(:  # flags: DBS990\n",),
    good=("answer = 42\n",),
    check=problem_check,
)
