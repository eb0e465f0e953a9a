"""changed-contract: stored input does not fit the workflow, or queued work its queue, any more.

In: nothing; two builds are needed, so `diff` finds these. Out: the description of DBS907. Never
does: look at a program.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, judged_elsewhere

RULE = Rule(
    code="DBS907",
    name="changed-contract",
    severity=Severity.ERROR,
    summary="stored input does not fit the workflow, or queued work its queue, any more",
    why=(
        "Input is stored as it was given when the workflow was started or enqueued, by place or "
        "by name, and is given to the new code like that, also long after it was stored."
    ),
    instead=(
        "Add parameters at the end and with a default, and keep those that are there, by name, "
        "order and default. For a new signature, write a new workflow."
    ),
    before="""\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str) -> str:
    return name
""",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str, amount: int) -> str:  # flags: DBS907
    return name
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str, amount: int = 1) -> str:
    return name
""",
    ),
    check=judged_elsewhere,
    needs="baseline",
)
