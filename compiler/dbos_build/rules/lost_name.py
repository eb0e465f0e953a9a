"""lost-name: a name under which work is stored is not there any more.

In: nothing; two builds are needed, so `diff` finds these. Out: the description of DBS906. Never
does: look at a program.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, judged_elsewhere

RULE = Rule(
    code="DBS906",
    name="lost-name",
    severity=Severity.ERROR,
    summary="a workflow, step or queue that stored work names is not there any more",
    why=(
        "Stored work knows its workflow, its steps and its queue by name. Renaming the function, "
        "or moving it into a class, changes the name, and what began under the old one finds no "
        "code."
    ),
    instead=(
        'Keep the name: `@DBOS.workflow(name="old-name")`, `@DBOS.step(name="old-name")`; remove '
        "a workflow or a queue when nothing is stored under its name any more."
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
def sell(name: str) -> str:  # flags: DBS906
    return name
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow(name="checkout")
def sell(name: str) -> str:
    return name
""",
    ),
    check=judged_elsewhere,
    needs="baseline",
)
