"""Unknown calls: what the analysis cannot follow, or knows nothing about.

In: an analysed program. Out: the calls in workflows that nothing resolves, and those of libraries
without an entry in the table of effects. Never does: take such a call for harmless; it is listed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from dbos_build.analysis.effects import Reached, links
from dbos_build.analysis.program import Program
from dbos_build.findings import Link
from dbos_build.interpreter.machine import Activation, Opaque, Use
from dbos_build.names.symbols import Function

_SHOWN_MAX = 60


@dataclass(frozen=True, slots=True, eq=False)
class UnknownCall:
    """A call that nothing is known of. `is_resolved` when only its effects are missing.

    `name` is the qualified name of what is called, or its text when that cannot be told.
    """

    name: str
    reason: str
    is_resolved: bool
    path: str
    node: ast.AST
    workflow: str
    chain: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not known of a call: the same without the way to it."""

    name: str
    reason: str
    is_resolved: bool


def unknown_calls(program: Program) -> Iterator[UnknownCall]:
    """Every unknown call that a workflow reaches, by workflow; one place may come several times."""
    for declaration in program.workflows:
        if isinstance(declaration.entity, Function):
            for item in program.reaches[declaration.entity].reached:
                for node, unknown in unknown_in(item.activation):
                    yield on_the_way(item, node, unknown, declaration.name)


def on_the_way(item: Reached, node: ast.AST, unknown: Unknown, workflow: str) -> UnknownCall:
    """An unknown call with the way that a workflow takes to it."""
    return UnknownCall(
        name=unknown.name,
        reason=unknown.reason,
        is_resolved=unknown.is_resolved,
        path=item.activation.module.path,
        node=node,
        workflow=workflow,
        chain=links(item.way, item.activation, node, unknown.name),
    )


def unknown_in(activation: Activation) -> Iterator[tuple[ast.Call, Unknown]]:
    """The unknown calls in one function."""
    knowledge = activation.returns.engine.knowledge
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call):
            continue
        for target in targets:
            match target:
                case Opaque(reason=reason):
                    yield node, Unknown(shown_callee(node), reason, is_resolved=False)
                case Use(name=name, effects=()) if knowledge.find(name) is None:
                    if not name.startswith("dbos."):
                        reason = "no entry in the table of effects"
                        yield node, Unknown(name, reason, is_resolved=True)


def shown_callee(node: ast.Call) -> str:
    """The text of what a call calls, in one short line."""
    try:
        text = " ".join(ast.unparse(node.func).split())
    except (RecursionError, ValueError):
        return "this call"
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"
