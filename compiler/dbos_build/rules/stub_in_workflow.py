"""stub-in-workflow: a workflow uses a stub of the generated registry.

In: the analysed program. Out: the findings of DBS832. Never does: follow a stub to its workflow;
a generated registry is no source.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.unknown import UNKNOWN, unknown_calls


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Calls in workflows of something that a generated registry holds."""
    registry = PurePosixPath(program.settings.registry).stem
    return once(
        rule.finding(
            call.path,
            call.node,
            f"`{call.name}` is a stub, which is refused inside a workflow",
            workflow=call.workflow,
            chain=call.chain,
        )
        for call in unknown_calls(program, rule.looks)
        if call.is_resolved and registry in call.name.split(".")[:-1]
    )


RULE = Rule(
    code="DBS832",
    name="stub-in-workflow",
    severity=Severity.ERROR,
    summary="a workflow uses a stub of the generated registry",
    why=(
        "A stub hides the operation from the compiler: versions, graphs and comparisons would not "
        "know that it is recorded, so the runtime refuses it."
    ),
    instead="Start or enqueue the function itself; reach other applications from a step.",
    bad=(
        """\
from dbos import DBOS
from shop.dbos_registry import pack


@DBOS.workflow()
def checkout(order_id: str) -> str:
    pack.start(order_id)  # flags: DBS832
    return order_id
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def pack(order_id: str) -> str:
    return order_id


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return DBOS.start_workflow(pack, order_id).get_result()
""",
        """\
from dbos import DBOS
from other.dbos_registry import pack


@DBOS.step()
def ask(order_id: str) -> str:
    return pack.start(order_id).workflow_id


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return ask(order_id)
""",
    ),
    check=check,
    looks=(UNKNOWN,),
)
