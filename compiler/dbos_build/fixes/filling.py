"""Code that runs only as long as something that outlives the run is not there yet.

In: a draft and a node. Out: the shared variable that the code around the node fills, as text. A
step there would be recorded by the run that comes first in a process, and by no other. Never does:
follow a variable into another function.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from libcst import matchers

from dbos_build.fixes.draft import Draft


def filled_around(draft: Draft, node: cst.CSTNode) -> str | None:
    """The shared variable that is tested and then filled around a node; None when there is none."""
    function = draft.enclosing(node, cst.FunctionDef)
    if function is None:
        return None
    shared = _declared_global(function)
    tested: set[str] = set()
    for test in matchers.findall(function, matchers.If() | matchers.IfExp()):
        assert isinstance(test, cst.If | cst.IfExp)
        kept = {draft.code(each) for each in _tested(test.test) if _is_shared(each, shared)}
        filled = kept & set(_targets(draft, test)) if isinstance(test, cst.If) else set()
        if filled and draft.contains(test, node):
            return min(filled)
        tested |= kept
    assignment = draft.enclosing(node, cst.Assign) or draft.enclosing(node, cst.AnnAssign)
    if assignment is None or not draft.contains(function, assignment):
        return None
    return min(tested & set(_targets(draft, assignment)), default=None)


def _declared_global(function: cst.FunctionDef) -> set[str]:
    """The names that a function takes from its module in order to bind them."""
    found = matchers.findall(function, matchers.Global())
    return {
        each.name.value for item in found if isinstance(item, cst.Global) for each in item.names
    }


def _tested(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What an expression asks to be there: `X is None`, `not X`, `X`, `key in X`."""
    match test:
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget() as only]):
            if isinstance(only.operator, cst.Is | cst.IsNot):
                yield left
            elif isinstance(only.operator, cst.In | cst.NotIn):
                yield only.comparator
        case cst.UnaryOperation(operator=cst.Not()):
            yield from _tested(test.expression)
        case cst.BooleanOperation():
            yield from _tested(test.left)
            yield from _tested(test.right)
        case cst.Name() | cst.Attribute():
            yield test


def _is_shared(node: cst.BaseExpression, declared: set[str]) -> bool:
    """Whether something outlives the run: a variable of the module, or a part of an object."""
    if isinstance(node, cst.Name):
        return node.value in declared or node.value.isupper()
    return isinstance(node, cst.Attribute)


def _targets(draft: Draft, around: cst.CSTNode) -> Iterator[str]:
    """What is assigned below a node; an item assigned fills the container."""
    for found in matchers.findall(around, matchers.AssignTarget() | matchers.AnnAssign()):
        assert isinstance(found, cst.AssignTarget | cst.AnnAssign)
        target = found.target
        yield draft.code(target.value if isinstance(target, cst.Subscript) else target)
