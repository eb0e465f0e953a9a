"""half-retired-patch: a patch is retired while its old branch is still there.

In: the analysed program. Out: the findings of DBS904. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reach, Reached
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.patching import PATCHES, at_places, patch_calls
from dbos_build.rules.rule import Rule
from dbos_build.syntax import parents_of


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Retired patches of each workflow that something still asks for or decides by."""
    return at_places(rule, program, _places)


def _places(reach: Reach) -> Iterator[tuple[Reached, ast.AST, str]]:
    """The retired patches of a workflow that are not retired."""
    calls = list(patch_calls(reach))
    asked = {name for call in calls if call.is_asking for name in call.names or ()}
    for call in calls:
        if call.is_asking:
            continue
        still = sorted(asked.intersection(call.names or ()))
        if still:
            yield call.item, call.node, f"the workflow still asks for the patch {still[0]!r}"
        elif _decides(call.item, call.node):
            message = "the retired patch still chooses between old and new code"
            yield call.item, call.node, message


def _decides(item: Reached, call: ast.Call) -> bool:
    """Whether the answer of a call is a test."""
    function = item.activation.function
    if function is None:
        return False
    parents = parents_of(function.node)
    node: ast.AST = call
    while isinstance(parents.get(node), ast.Await | ast.UnaryOp | ast.BoolOp):
        node = parents[node]
    holder = parents.get(node)
    return isinstance(holder, ast.If | ast.IfExp | ast.While) and holder.test is node


RULE = Rule(
    code="DBS904",
    name="half-retired-patch",
    severity=Severity.ERROR,
    summary="a patch is retired while its old branch is still there",
    why=(
        "`deprecate_patch` lets histories with and without the patch run the new code only; an "
        "old branch beside it is either never run, or still needed by workflows that began before "
        "the patch."
    ),
    instead=(
        "Keep `DBOS.patch` until the last workflow of the old code has ended; then call "
        "`deprecate_patch` and delete the old branch."
    ),
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(name: str) -> str:
    if DBOS.deprecate_patch("new-price"):  # flags: DBS904
        return new(name)
    return old(name)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def new(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(name: str) -> str:
    DBOS.deprecate_patch("new-price")
    return new(name)
""",
    ),
    check=check,
    looks=(PATCHES,),
)
