"""random-identity: a workflow id, deduplication id or partition is made of a value that changes.

In: the analysed program. Out: the findings of DBS105. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import NOTHING
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, chain_to, once
from dbos_build.rules.survey import survey_of

_FIRST_ARGUMENT = frozenset({"dbos.SetWorkflowID"})
_OPTIONS = frozenset(
    {"deduplication_id", "queue_partition_key", "partition_key", "workflow_id", "app_version"}
)
_OPTION_CALLS = ("dbos.SetEnqueueOptions", "dbos.Queue.enqueue", "dbos.DBOS.start_workflow")


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Tainted values in the places that identify a run."""
    survey = survey_of(program, rule.looks)
    identities = survey.notes(_identities)

    def found() -> Iterator[Finding]:
        for declaration, item in survey.visits(("workflow",), identities):
            for node, name in identities[item.activation]:
                message = f"the {name} differs in every run; a recovered run starts another one"
                yield rule.finding(
                    item.activation.module.path,
                    node,
                    message,
                    workflow=declaration.name,
                    chain=chain_to(item, node, name),
                )

    return once(found())


@per_activation("api")
def _identities(activation: Activation) -> Iterator[tuple[ast.expr, str]]:
    """Arguments that identify something and carry a nondeterministic value."""
    values = activation.values
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call):
            continue
        names = {target.name for target in targets if isinstance(target, Boundary)}
        if names & _FIRST_ARGUMENT and node.args and values.get(node.args[0], NOTHING).taints:
            yield node.args[0], "workflow id"
        if any(name.startswith(_OPTION_CALLS) for name in names):
            for keyword in node.keywords:
                if keyword.arg in _OPTIONS and values.get(keyword.value, NOTHING).taints:
                    yield keyword.value, keyword.arg.replace("_", " ")


RULE = Rule(
    code="DBS105",
    name="random-identity",
    severity=Severity.ERROR,
    summary="a workflow identifies another run by a value that changes",
    why=(
        "A recovered run computes another id, so the child is started a second time and its "
        "result is never found under the first id."
    ),
    instead='Derive the id from the workflow\'s own: f"{DBOS.workflow_id}-child".',
    bad=(
        """\
import uuid

from dbos import DBOS, SetWorkflowID


@DBOS.workflow()
def child() -> str:
    return "done"


@DBOS.workflow()
def checkout() -> str:
    with SetWorkflowID(str(uuid.uuid4())):  # flags: DBS104, DBS105
        return child()
""",
    ),
    good=(
        """\
from dbos import DBOS, SetWorkflowID


@DBOS.workflow()
def child() -> str:
    return "done"


@DBOS.workflow()
def checkout() -> str:
    with SetWorkflowID(f"{DBOS.workflow_id}-child"):
        return child()
""",
    ),
    check=check,
    looks=(_identities,),
)
