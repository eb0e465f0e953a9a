"""process-call: a workflow runs or signals other processes.

In: the analysed program. Out: the findings of DBS204. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS204",
    name="process-call",
    severity=Severity.ERROR,
    summary="a workflow runs or signals other processes",
    why="The command is run again on every recovery, and its outcome may differ.",
    instead="Run it in a step.",
    bad=(
        """\
import subprocess

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return subprocess.run(["date"], capture_output=True).stdout.decode()  # flags: DBS204
""",
    ),
    good=(
        """\
import shlex

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return shlex.quote(order_id)
""",
        """\
import subprocess

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return subprocess.run(["date"], capture_output=True).stdout.decode()


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(
        frozenset({"process"}), "runs or signals a process in a workflow; do it in a step"
    ),
)
