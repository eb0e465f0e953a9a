"""volatile-constant: a workflow reads a module variable that is computed anew in every process.

In: the analysed program. Out: the findings of DBS302. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import External, ExternalInstance, Taint, Value
from dbos_build.rules.looks import TAINTED, Notes, per_activation
from dbos_build.rules.rule import Rule, chain_to, once, per_workflow
from dbos_build.rules.survey import survey_of
from dbos_build.rules.tainting import own_taints

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
    """Reads of tainted module variables and class attributes inside what a workflow runs."""
    notes = survey_of(program, rule.looks).notes(_tainted)
    services = _services(program.engine.knowledge)

    def found() -> Iterator[Finding]:
        for declaration, reach in per_workflow(program):
            items = [item for item in reach.reached if item.activation in notes]
            own = own_taints(reach) if items else frozenset()
            for item in items:
                for node, name, taint in _reads(notes[item.activation], own, services):
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


def _reads(
    notes: Notes, own: frozenset[Taint], services: frozenset[str]
) -> Iterator[tuple[ast.expr, str, Taint]]:
    """Module variables, and attributes of them or of classes, that were computed at import."""
    for node, value in notes:
        for taint in sorted(value.taints - own, key=_taint_order):
            if taint.kind in _SOURCES and not _is_service(value, taint, services):
                yield node, ast.unparse(node), taint
                break


@per_activation(TAINTED)
def _tainted(activation: Activation) -> Iterator[tuple[ast.expr, Value]]:
    """The places where a function reads something of a module or class that may differ."""
    for node, value in activation.values.items():
        if not value.taints or node in activation.calls:
            continue
        if isinstance(node, ast.Name):
            wanted = node in activation.globals_read
        else:
            wanted = isinstance(node, ast.Attribute) and _is_global(node, activation)
        if wanted and isinstance(node, ast.expr):
            yield node, value


def _taint_order(taint: Taint) -> tuple[str, int, int, str]:
    return (taint.path, taint.line, taint.column, taint.kind)


def _is_global(node: ast.Attribute, activation: Activation) -> bool:
    """Whether an attribute chain starts at a module variable or a class."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return root in activation.globals_read


def _is_service(value: Value, taint: Taint, services: frozenset[str]) -> bool:
    """Whether the value is a connection or client: using it is flagged, naming it is not."""
    return any(
        (isinstance(atom, ExternalInstance) and atom.type in services)
        or (isinstance(atom, External) and _is_below(atom.name, services))
        for atom in value.atoms
    ) or (
        taint.kind in _SERVICES
        and any(
            (isinstance(atom, ExternalInstance) and not atom.type.startswith("builtins."))
            or (isinstance(atom, External) and atom.bound)
            for atom in value.atoms
        )
    )


def _is_below(name: str, services: frozenset[str]) -> bool:
    """Whether a name is that of a member of one of these classes, or of a member's member."""
    head = name.rpartition(".")[0]
    while head and head not in services:
        head = head.rpartition(".")[0]
    return bool(head)


@lru_cache(maxsize=2)
def _services(knowledge: Knowledge) -> frozenset[str]:
    """The classes of libraries whose methods act on the world."""
    named = {
        name.rpartition(".")[0]
        for name, entry in knowledge.exact.items()
        if _ACTS.intersection(entry.effects)
    }
    return frozenset(named) | {
        name for name, entry in knowledge.below.items() if _ACTS.intersection(entry.effects)
    }


_ACTS = frozenset({"network", "client", "database", "agent", "logging", "output"})
_SERVICES = frozenset({"network", "client", "database", "file"})


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
    looks=(_tainted,),
)
