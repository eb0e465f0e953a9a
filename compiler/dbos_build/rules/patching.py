"""Patches: what their rules share.

In: an analysed program. Out: the calls that ask for patches or retire them, and the findings at
places that a rule picks among them. Never decides what is wrong with a patch.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dbos_build.analysis.effects import Reach, Reached
from dbos_build.analysis.literals import api_calls, argument_of, texts_of
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding
from dbos_build.rules.looks import per_operation
from dbos_build.rules.rule import Rule, chain_to, once, per_workflow
from dbos_build.rules.survey import survey_of

ASKING = frozenset({"dbos.DBOS.patch", "dbos.DBOS.patch_async"})
RETIRING = frozenset({"dbos.DBOS.deprecate_patch", "dbos.DBOS.deprecate_patch_async"})

PATCHES = per_operation("dbos.DBOS.patch", "dbos.DBOS.deprecate_patch")
"""What rules about patches look for in a function."""

Places = Callable[[Reach], Iterator[tuple[Reached, ast.AST, str]]]


@dataclass(frozen=True, slots=True)
class PatchCall:
    """A call that asks for a patch or retires it; ``names`` is None where they are computed."""

    item: Reached
    node: ast.Call
    is_asking: bool
    names: tuple[str, ...] | None


def patch_calls(reach: Reach) -> Iterator[PatchCall]:
    """The patches of a workflow, in each function in the order of its lines."""
    for item in reach.reached:
        for node, api in sorted(api_calls(item.activation), key=lambda call: call[0].lineno):
            if api in ASKING | RETIRING:
                given = argument_of(node, "patch_name", 0) or argument_of(node, "name")
                names = texts_of(item.activation, given) if given is not None else None
                known = None if names is None else tuple(names)
                yield PatchCall(item, node, api in ASKING, known)


def at_places(rule: Rule, program: Program, places: Places) -> list[Finding]:
    """A finding at each place that ``places`` picks in a workflow, with its message."""
    if not survey_of(program, rule.looks).notes(PATCHES):
        return []
    return once(
        rule.finding(
            item.activation.module.path,
            node,
            message,
            workflow=declaration.name,
            chain=chain_to(item, node, rule.name),
        )
        for declaration, reach in per_workflow(program)
        for item, node, message in places(reach)
    )
