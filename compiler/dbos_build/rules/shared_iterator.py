"""shared-iterator: a workflow advances an iterator of its module.

In: the analysed program. Out: the findings of DBS609. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reached
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, External, ExternalInstance
from dbos_build.rules.rule import Rule, places_within
from dbos_build.rules.state import is_shared_read


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Calls of next on shared iterators, and draws from shared generators."""
    return places_within(rule, program, ("workflow",), _places)


def _places(item: Reached) -> Iterator[tuple[ast.AST, str]]:
    """The calls of one function that move something shared."""
    activation = item.activation
    for node in list(activation.values):
        if not isinstance(node, ast.Call):
            continue
        moved = _moved(activation, node)
        if moved is not None and is_shared_read(activation, moved):
            yield node, f"`{ast.unparse(moved)}` is shared by all runs and starts again elsewhere"


def _moved(activation: Activation, node: ast.Call) -> ast.expr | None:
    """The iterator or generator that a call moves on."""
    callee = activation.values.get(node.func, NOTHING)
    if node.args:
        for atom in callee.atoms:
            if isinstance(atom, External) and atom.name in _NEXT:
                return node.args[0]
    if isinstance(node.func, ast.Attribute):
        holder = node.func.value
        if node.func.attr == "__next__":
            return holder
        value = activation.values.get(holder, NOTHING)
        for atom in value.atoms:
            if isinstance(atom, ExternalInstance) and atom.type == "random.Random":
                is_seeded = all(taint.kind != "unseeded" for taint in value.taints)
                return holder if is_seeded else None
    return None


_NEXT = frozenset({"builtins.next", "builtins.anext"})


RULE = Rule(
    code="DBS609",
    name="shared-iterator",
    severity=Severity.ERROR,
    summary="a workflow advances an iterator of its module",
    why=(
        "Where the iterator stands depends on what ran before in the same process, and it "
        "starts again with every process."
    ),
    instead="Take the number from a step, or count in a local variable.",
    bad=(
        """\
import itertools

from dbos import DBOS

IDS = itertools.count()


@DBOS.workflow()
def checkout() -> int:
    return next(IDS)  # flags: DBS609
""",
    ),
    good=(
        """\
import itertools

from dbos import DBOS


@DBOS.workflow()
def checkout() -> int:
    ids = itertools.count()
    return next(ids)
""",
    ),
    check=check,
)
