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
from dbos_build.interpreter.machine import Opaque, Use
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


def unknown_calls(program: Program) -> Iterator[UnknownCall]:
    """Every unknown call that a workflow reaches, by workflow; one place may come several times."""
    for declaration in program.workflows:
        if isinstance(declaration.entity, Function):
            for item in program.reaches[declaration.entity].reached:
                yield from _of(program, item, declaration.name)


def _of(program: Program, item: Reached, workflow: str) -> Iterator[UnknownCall]:
    """The unknown calls in one function."""
    for node, targets in item.activation.calls.items():
        if not isinstance(node, ast.Call):
            continue
        for target in targets:
            match target:
                case Opaque(reason=reason):
                    name, is_resolved = shown_callee(node), False
                case Use(name=name, effects=()) if program.engine.knowledge.find(name) is None:
                    if name.startswith("dbos."):
                        continue
                    reason, is_resolved = "no entry in the table of effects", True
                case _:
                    continue
            chain = links(item.way, item.activation, node, name)
            path = item.activation.module.path
            yield UnknownCall(name, reason, is_resolved, path, node, workflow, chain)


def shown_callee(node: ast.Call) -> str:
    """The text of what a call calls, in one short line."""
    try:
        text = " ".join(ast.unparse(node.func).split())
    except (RecursionError, ValueError):
        return "this call"
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"
