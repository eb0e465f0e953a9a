"""Who calls whom, among durable functions.

In: an analysed program and a durable function. Out: the durable functions that it calls, or that
call it, with the places of the calls. Never does: list plain helpers; a call through them counts as
a call of the workflow, at the place where it leaves the workflow's own text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dbos_build import flow
from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.flow.graph import Node, operations
from dbos_lint import hovers

_CALLED = {
    "step": "step",
    "transaction": "transaction",
    "child": "workflow",
    "start": "workflow",
    "enqueue": "workflow",
}
"""Kind of operation → kind of the function that it calls."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one durable function by another.

    `places` are where it stands in the text of the caller: lines from 1, and columns from 1 as
    syntax trees count, in bytes.
    """

    caller: Declaration
    callee: Declaration
    places: tuple[tuple[int, int], ...]


def made_by(program: Program, caller: Declaration) -> tuple[Call, ...]:
    """The calls that a durable function makes."""
    return tuple(each for each in _calls(program) if each.caller is caller)


def made_of(program: Program, callee: Declaration) -> tuple[Call, ...]:
    """The calls of a durable function that workflows make."""
    return tuple(each for each in _calls(program) if each.callee is callee)


@lru_cache(maxsize=2)
def _calls(program: Program) -> tuple[Call, ...]:
    """Every call of one durable function by another."""
    known = {
        (each.kind, each.name): each
        for each in (*program.transactions, *program.steps, *program.workflows)
    }
    found: list[Call] = []
    for caller in program.workflows:
        if hovers.reach_of(program, caller) is None:
            continue
        places: dict[tuple[str, str], set[tuple[int, int]]] = {}
        for node, place in _placed(program, caller):
            places.setdefault((_CALLED[node.kind], node.name), set()).add(place)
        for key, where in sorted(places.items()):
            if key in known:
                found.append(Call(caller, known[key], tuple(sorted(where))))
    return tuple(found)


def _placed(program: Program, caller: Declaration) -> Iterator[tuple[Node, tuple[int, int]]]:
    """The operations of a workflow that call something, with their places in its own text."""
    outside = _ways(program, caller)
    written = flow.places(program, caller)
    node = caller.node
    first, last = caller.line, getattr(node, "end_lineno", caller.line)
    for each in operations(flow.build(program, caller)):
        if each.kind not in _CALLED or each.number not in written:
            continue
        path, line, column = written[each.number]
        is_own = path == caller.path and first <= line <= last
        yield each, (line, column) if is_own else outside.get(each.function, (first, caller.column))


def _ways(program: Program, caller: Declaration) -> Mapping[str, tuple[int, int]]:
    """Where the workflow calls what leads to each of its helpers; by path and qualified name."""
    found: dict[str, tuple[int, int]] = {}
    reach = hovers.reach_of(program, caller)
    for each in reach.reached if reach is not None else ():
        if each.way:
            call = each.way[0].node
            if isinstance(call, ast.expr):
                helper = f"{each.activation.module.path}:{each.activation.name}"
                found.setdefault(helper, (call.lineno, call.col_offset + 1))
    return found
