"""needless-step: a step only computes, or a transaction uses no database.

In: the analysed program. Out: the findings of DBS829. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.consequences import is_logging
from dbos_build.analysis.effects import Reach
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Enter, Target, Use
from dbos_build.names.symbols import Function
from dbos_build.rules.rule import Rule, once
from dbos_build.syntax import walk

_LONG = (ast.For, ast.AsyncFor, ast.While, ast.Raise, ast.Await, ast.With, ast.AsyncWith)
_WORK = (ast.Call, ast.BinOp, ast.JoinedStr, ast.comprehension)


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Steps that do nothing but compute, and transactions that send no statement."""

    def found() -> Iterator[Finding]:
        for item in (*program.steps, *program.transactions):
            if not isinstance(item.entity, Function):
                continue
            reach = program.reaches[item.entity]
            if item.kind == "step" and _is_short_computation(program, reach):
                message = f"the step `{item.name}` only computes; nothing has to be recorded"
                yield rule.finding(item.path, item.node, message)
            elif item.kind == "transaction" and _is_pure(program, reach, logs=True):
                message = f"the transaction `{item.name}` never uses the database"
                yield rule.finding(item.path, item.node, message)

    return once(found())


def _is_short_computation(program: Program, reach: Reach) -> bool:
    """Whether a step computes something, quickly; a bare `return` is a step still to be written."""
    node = reach.declaration.node
    body = getattr(node, "body", [])
    parts = [part for statement in body for part in walk(statement)]
    if any(isinstance(part, _LONG) for part in parts):
        return False
    return any(isinstance(part, _WORK) for part in parts) and _is_pure(program, reach, logs=False)


def _is_pure(program: Program, reach: Reach, *, logs: bool) -> bool:
    """Whether everything a function runs is known to have no effect."""
    for activation in reach.activations():
        if activation.stores:
            return False
        for targets in activation.calls.values():
            if not all(_has_no_effect(program, target, logs=logs) for target in targets):
                return False
    return bool(reach.reached)


def _has_no_effect(program: Program, target: Target, *, logs: bool) -> bool:
    knowledge = program.engine.knowledge
    if isinstance(target, Use):
        if is_logging(target, knowledge):
            return logs
        return not target.effects and knowledge.find(target.name) is not None
    return isinstance(target, Enter)


RULE = Rule(
    code="DBS829",
    name="needless-step",
    severity=Severity.INFO,
    summary=(
        "a step records what is computed from its arguments alone, or a transaction uses no "
        "database"
    ),
    why=(
        "Recording costs a write to the database for a value that the workflow can compute again, "
        "and a transaction without statements holds a connection for nothing."
    ),
    instead="Make it a plain function.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def label(name: str) -> str:  # flags: DBS829
    return name.strip().lower()
""",
    ),
    good=(
        """\
import time

from dbos import DBOS


def label(name: str) -> str:
    return name.strip().lower()


@DBOS.step()
def now() -> float:
    return time.time()
""",
    ),
    check=check,
    needs_whole=True,
)
