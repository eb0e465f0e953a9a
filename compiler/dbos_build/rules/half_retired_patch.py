"""half-retired-patch: a patch is retired while its old branch is still there.

In: the analysed program. Out: the findings of DBS904. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reach, Reached
from dbos_build.analysis.literals import api_calls, argument_of, texts_of
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, chain_to, once, per_workflow
from dbos_build.syntax import parents_of

_PATCHES = frozenset({"dbos.DBOS.patch", "dbos.DBOS.patch_async"})
_RETIRED = frozenset({"dbos.DBOS.deprecate_patch", "dbos.DBOS.deprecate_patch_async"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Retired patches of each workflow that something still asks for or decides by."""

    def found() -> Iterator[Finding]:
        for declaration, reach in per_workflow(program):
            for item, node, message in _places(reach):
                yield rule.finding(
                    item.activation.module.path,
                    node,
                    message,
                    workflow=declaration.name,
                    chain=chain_to(item, node, rule.name),
                )

    return once(found())


def _places(reach: Reach) -> Iterator[tuple[Reached, ast.AST, str]]:
    """The retired patches of a workflow that are not retired."""
    asked = {name for _, node, names in _calls(reach, _PATCHES) for name in names}
    for item, node, names in _calls(reach, _RETIRED):
        still = sorted(asked.intersection(names))
        if still:
            yield item, node, f"the workflow still asks for the patch {still[0]!r}"
        elif _decides(item, node):
            yield item, node, "the retired patch still chooses between old and new code"


def _calls(reach: Reach, apis: frozenset[str]) -> Iterator[tuple[Reached, ast.Call, list[str]]]:
    """The calls of some operations, with the names of patches they are given."""
    for item in reach.reached:
        for node, api in api_calls(item.activation):
            given = argument_of(node, "patch_name", 0) or argument_of(node, "name")
            if api in apis and given is not None:
                yield item, node, texts_of(item.activation, given) or []


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
)
