"""Moving what is selected into a step, judged before it is offered.

In: a project, its last result, and a selection in one of its files. Out: the new text of the file,
or the reason why there is none. Never does: offer a text in which the checker finds more than
before.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from dbos_build.analysis.program import Program
from dbos_build.fixes.change import Unfixable
from dbos_build.interpreter.machine import Activation, Boundary, Enter
from dbos_build.reading.columns import character_column
from dbos_lint import actions, hierarchy, hovers, positions
from dbos_lint.actions import Outcome
from dbos_lint.project import EditedProject, Result


def is_offered(result: Result, path: str, first_line: int, last_line: int) -> bool:
    """Whether lines, from 1, are inside of a workflow or of a helper that one calls."""
    if path in result.broken:
        return False
    return any(
        start < first_line and last_line <= end for start, end in _bodies(result.program, path)
    )


def extracted(project: EditedProject, result: Result, path: str, start: int, end: int) -> Outcome:
    """Move what stands between two offsets, in characters, into a step."""
    from dbos_build.fixes import selecting

    try:
        text = selecting.extract(
            result.texts[path],
            start,
            end,
            durable=_durable(result, path),
            reserved=actions.names_elsewhere(result, path),
        )
    except Unfixable as refusal:
        return Outcome("", str(refusal))
    objection = actions.judged(project, result, path, text)
    return Outcome("", objection) if objection else Outcome(text)


def _bodies(program: Program, path: str) -> Iterable[tuple[int, int]]:
    """The first and last lines of the functions in a file that workflows run."""
    for declaration in program.workflows:
        reach = hovers.reach_of(program, declaration)
        for activation in reach.activations() if reach is not None else ():
            node = activation.function.node if activation.function is not None else None
            if node is not None and activation.module.path == path:
                yield node.lineno, node.end_lineno or node.lineno


def _durable(result: Result, path: str) -> frozenset[tuple[int, int]]:
    """The calls in a file that are durable, or that lead to something durable."""
    lines = positions.lines_of(result.texts[path])
    found: set[tuple[int, int]] = set()
    known: dict[Activation, bool] = {}
    for reach in result.program.reaches.values():
        for activation in reach.activations():
            if activation.module.path != path:
                continue
            for node, targets in activation.calls.items():
                if not isinstance(node, ast.Call):
                    continue
                if any(
                    isinstance(target, Boundary)
                    or (isinstance(target, Enter) and hierarchy.asks(target.activation, known))
                    for target in targets
                ):
                    column = character_column(lines[node.lineno - 1], node.col_offset + 1) - 1
                    found.add((node.lineno, column))
    return frozenset(found)
