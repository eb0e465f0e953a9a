"""mutable-default: a default that a function changes.

In: the analysed program. Out: the findings of DBS606. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.rules.state import changed_names

_MAKERS = frozenset({"list", "dict", "set", "defaultdict", "deque", "Counter"})


@per_activation()
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The defaults of one function."""
    function = activation.function
    if function is None or isinstance(function.node, ast.Lambda):
        return
    node = function.node.args
    if not node.defaults and not node.kw_defaults:
        return
    positional = [*node.posonlyargs, *node.args]
    pairs = list(zip(reversed(positional), reversed(node.defaults), strict=False))
    pairs += [(a, d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True) if d]
    pairs = [(argument, default) for argument, default in pairs if _is_mutable(default)]
    changed = changed_names(function.node, keeps=True) if pairs else set()
    for argument, default in pairs:
        if argument.arg in changed:
            yield default, f"the default of `{argument.arg}` is kept and changed between calls"


def _is_mutable(default: ast.expr) -> bool:
    """Whether a default is a container that can change."""
    if isinstance(default, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp):
        return True
    return isinstance(default, ast.Call) and getattr(default.func, "id", "") in _MAKERS


RULE = Rule(
    code="DBS606",
    name="mutable-default",
    severity=Severity.WARNING,
    summary="a default that a function changes",
    why=(
        "The default is made once and kept between calls, so a run sees what earlier runs "
        "left in it."
    ),
    instead="Use None or an empty tuple as default, and make the list inside.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str, seen: list[str] = []) -> int:  # flags: DBS606
    seen.append(name)
    return len(seen)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str, seen: list[str] = []) -> int:
    return len(seen)
""",
    ),
    check=flags_in("workflow", "step", "transaction"),
    looks=(_places,),
)
