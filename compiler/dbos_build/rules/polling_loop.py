"""polling-loop: a loop asks again and again for what could be waited for.

In: the analysed program. Out: the findings of DBS831. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation, Boundary, Opaque
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_anywhere
from dbos_build.syntax import own, walk

_ASKING = frozenset({"get_status", "get_workflow_status", "get_event"})
_PAUSES = frozenset({"sleep", "sleep_async"})


@per_activation(ast.While)
def _polling(activation: Activation) -> Iterator[tuple[ast.While, str]]:
    """The loops of one function that poll."""
    if activation.function is None:
        return
    for node in own(activation.function.node, ast.While):
        called = set(_called(activation, node))
        if called & _ASKING and called & _PAUSES:
            yield node, "wait for this instead of asking in a loop"


def _called(activation: Activation, loop: ast.While) -> Iterator[str]:
    """The last names of what a loop calls of the API, or to pause."""
    for part in walk(loop):
        for target in activation.calls.get(part, ()):
            if not isinstance(target, Opaque):
                tail = getattr(target, "name", "").rpartition(".")[2]
                if isinstance(target, Boundary) and target.kind == "api":
                    tail = tail if tail in _PAUSES else tail.removesuffix("_async")
                    yield tail
                elif tail == "sleep":
                    yield tail


RULE = Rule(
    code="DBS831",
    name="polling-loop",
    severity=Severity.INFO,
    summary="a loop asks again and again for what could be waited for",
    why=(
        "Every round is recorded in the history of the workflow and costs a query, and the answer "
        "is noticed a pause too late."
    ),
    instead="Wait with get_result, recv or get_event and a timeout.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(workflow_id: str) -> object:
    handle = DBOS.retrieve_workflow(workflow_id)
    while handle.get_status().status == "PENDING":  # flags: DBS831
        DBOS.sleep(1)
    return handle.get_result()
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(workflow_id: str) -> object:
    return DBOS.retrieve_workflow(workflow_id).get_result()
""",
    ),
    check=flags_anywhere(),
    looks=(_polling,),
)
