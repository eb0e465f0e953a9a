"""shared-iterator: a workflow advances an iterator of its module.

In: the analysed program. Out: the findings of DBS609. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, External, ExternalInstance
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.rules.state import is_shared_read

_NEXT = frozenset({"builtins.next", "builtins.anext"})


@per_activation(*_NEXT, "random.Random", "__next__")
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The calls of one function that move something shared."""
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
    check=flags_in("workflow"),
    looks=(_places,),
)
