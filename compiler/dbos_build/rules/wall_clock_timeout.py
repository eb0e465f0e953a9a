"""wall-clock-timeout: a workflow limits its own code by a timeout that is not recorded.

In: the analysed program. Out: the findings of DBS004. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS004",
    name="wall-clock-timeout",
    severity=Severity.ERROR,
    summary="a workflow limits its own code by a timeout that is not recorded",
    why=(
        "Whether the limit is hit depends on the speed of the machine; on recovery recorded "
        "steps return at once, so the other branch is taken."
    ),
    instead="Use SetWorkflowTimeout, or a timeout inside the step.",
    bad=(
        """\
import asyncio

from dbos import DBOS


@DBOS.step()
async def charge() -> str:
    return "paid"


@DBOS.workflow()
async def checkout() -> str:
    return await asyncio.wait_for(charge(), 3)  # flags: DBS004
""",
    ),
    good=(
        """\
from dbos import DBOS, SetWorkflowTimeout


@DBOS.workflow()
def child() -> str:
    return "done"


@DBOS.workflow()
def checkout() -> str:
    with SetWorkflowTimeout(3):
        return child()
""",
    ),
    check=effect_check(
        frozenset({"timeout"}),
        "decides by the clock whether the workflow goes on; a recovered run can decide otherwise",
    ),
)
