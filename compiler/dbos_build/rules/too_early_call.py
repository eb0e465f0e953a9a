"""too-early-call: a durable function runs before the launch, or a queue is declared after it.

In: the analysed program. Out: the findings of DBS825. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.launching import LAUNCH, Called, started_modules
from dbos_build.analysis.literals import api_calls
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import Durable, External
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of
from dbos_build.syntax import walk

_STARTING = frozenset(
    f"dbos.{name}{suffix}"
    for name in ("DBOS.start_workflow", "DBOS.enqueue_workflow", "Queue.enqueue")
    for suffix in ("", "_async")
)
_EARLY = "this runs before DBOS.launch(), when nothing can be recorded"


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Calls at import, before the launch in a function, and queues after the launch.

    A module that no launching one imports is launched by somebody else, at an unknown time.
    """
    survey = survey_of(program, rule.looks)

    def found() -> Iterator[Finding]:
        wrong = [(called, _message(called)) for called in survey.calls]
        wrong = [(called, message) for called, message in wrong if message is not None]
        started = started_modules(program) if wrong else ()
        for called, message in wrong:
            if message is not None and called.module.path in started:
                yield rule.finding(called.module.path, called.node, message)
        for activation, node, message in survey.in_plain_code(_before_launch):
            yield rule.finding(activation.module.path, node, message)

    return once(found())


def _message(called: Called) -> str | None:
    """What is wrong with a call of module-level code, if anything."""
    for atom in called.callee.atoms:
        is_start = isinstance(atom, External) and atom.name in _STARTING
        is_workflow = isinstance(atom, Durable) and atom.kind in {"workflow", "transaction"}
        if (is_start or is_workflow) and called.launched == "no":
            return _EARLY
        if isinstance(atom, External) and atom.name == "dbos.Queue" and called.launched == "yes":
            return "this queue is declared after DBOS.launch(), which does not see it"
    return None


@per_activation(LAUNCH)
def _before_launch(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The durable calls of a function that stand in front of its launch."""
    function = activation.function
    if function is None or isinstance(function.node, ast.Lambda):
        return
    launches = {node for node, name in api_calls(activation) if name == LAUNCH}
    body = function.node.body
    at = next((i for i, each in enumerate(body) if launches & set(walk(each))), None)
    for statement in body[:at] if at is not None else ():
        for node in walk(statement):
            for target in activation.calls.get(node, ()):
                is_call = isinstance(target, Boundary) and (
                    target.kind in {"workflow", "transaction"} or target.name in _STARTING
                )
                if is_call and isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign):
                    yield node, _EARLY


RULE = Rule(
    code="DBS825",
    name="too-early-call",
    severity=Severity.ERROR,
    summary="a durable function runs before the launch, or a queue is declared after it",
    why=(
        "Before `DBOS.launch()` there is no database to record anything in, and a queue that is "
        "declared after it is not worked on."
    ),
    instead="Declare queues at module level, launch in `main`, and start workflows after that.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str) -> str:
    return name


RESULT = checkout("tea")  # flags: DBS825

if __name__ == "__main__":
    DBOS.launch()
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str) -> str:
    return name


if __name__ == "__main__":
    DBOS.launch()
    checkout("tea")
""",
    ),
    check=check,
    looks=(_before_launch,),
    needs_whole=True,
)
