"""volatile-constant: a workflow reads a module variable that is computed anew in every process.

In: the analysed program. Out: the findings of DBS302. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.effects import Reached
from dbos_build.findings import Finding, Severity
from dbos_build.program import Program
from dbos_build.rules.rule import Rule, chain_to, once, per_workflow
from dbos_build.values import NOTHING, Taint

_SOURCES = {
    "environment": "the environment",
    "clock": "the clock",
    "monotonic": "a clock",
    "random": "random numbers",
    "entropy": "entropy",
    "identifier": "a fresh identifier",
    "file": "a file",
    "network": "the network",
    "client": "a service",
    "database": "a database",
    "host": "the machine",
}


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Reads of tainted module variables inside what a workflow runs."""

    def found() -> Iterator[Finding]:
        for declaration, reach in per_workflow(program):
            for item in reach.reached:
                for node, name, taint in _reads(item):
                    source = _SOURCES[taint.kind]
                    message = (
                        f"`{name}` is computed from {source} when its module is loaded "
                        f"({taint.path}:{taint.line}); another process may see another value"
                    )
                    yield rule.finding(
                        item.activation.module.path,
                        node,
                        message,
                        workflow=declaration.name,
                        chain=chain_to(item, node, name),
                    )

    return once(found())


def _reads(item: Reached) -> Iterator[tuple[ast.AST, str, Taint]]:
    """Module variables read by an activation whose value was tainted at import time."""
    for node, (_, name) in item.activation.globals_read.items():
        taints = item.activation.values.get(node, NOTHING).taints
        for taint in sorted(taints, key=lambda taint: (taint.path, taint.line, taint.kind)):
            if taint.kind in _SOURCES:
                yield node, name, taint
                break


RULE = Rule(
    code="DBS302",
    name="volatile-constant",
    severity=Severity.WARNING,
    summary="a workflow reads a module variable that is computed anew in every process",
    why=(
        "The variable is computed when the module is loaded, so a process that recovers the "
        "workflow can hold another value than the one that started it."
    ),
    instead="Pass the value to the workflow as an argument, or read it in a step.",
    bad=(
        """\
import os

from dbos import DBOS

MODE = os.environ.get("MODE", "plain")


@DBOS.workflow()
def checkout() -> str:
    return "fast" if MODE == "fast" else "slow"  # flags: DBS302
""",
    ),
    good=(
        """\
from dbos import DBOS

LIMIT = 3


@DBOS.workflow()
def checkout(count: int) -> bool:
    return count < LIMIT
""",
    ),
    check=check,
)
