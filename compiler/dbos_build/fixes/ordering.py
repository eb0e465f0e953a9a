"""The fix sort-elements: what has no order of its own is gone through in sorted order.

In: a draft and a finding. Out: a change. Never does: sort something twice.
"""

from __future__ import annotations

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft

# Builtins that keep the order of what they are given, and which argument that is.
KEEPS_ORDER = {
    "list": 0,
    "tuple": 0,
    "iter": 0,
    "next": 0,
    "enumerate": 0,
    "reversed": 0,
    "map": 1,
    "filter": 1,
}
_COMPREHENSIONS = (cst.ListComp, cst.DictComp, cst.GeneratorExp)


def sort_elements(draft: Draft, finding: Finding) -> Change:
    """Sort the unordered collection that a finding is about."""
    node = _unordered(draft, draft.find(finding, lambda node: _may_hold_elements(draft, node)))
    if not _means_builtin(draft, "sorted", node):
        raise Unfixable("`sorted` is another thing in this file")
    if isinstance(node, cst.Call) and draft.qualified(node.func) == {"sorted"}:
        raise Unfixable("it is sorted already")
    if isinstance(node, cst.Call) and draft.code(node.func).endswith((".pop", ".popitem")):
        raise Unfixable("it takes an element out of the collection")
    if isinstance(draft.parents.get(node), cst.WithItem):
        raise Unfixable("it is opened, not gone through")
    if isinstance(node, cst.Call) and "os.scandir" in draft.called(finding, node):
        raise Unfixable("what `os.scandir` gives has no order of its own")
    argument = draft.parents.get(node)
    call = draft.parents.get(argument) if isinstance(argument, cst.Arg) else None
    if isinstance(call, cst.Call) and draft.qualified(call.func) == {"list"}:
        start, end = draft.span(call.func)
        return Change(edits=(Edit(start, end, "sorted"),))
    start, end = draft.span(node)
    if isinstance(node, cst.Tuple | cst.GeneratorExp | cst.NamedExpr) and node.lpar:
        return Change(edits=(Edit(start, start, "sorted(("), Edit(end, end, "))")))
    return Change(edits=(Edit(start, start, "sorted("), Edit(end, end, ")")))


def _may_hold_elements(draft: Draft, node: cst.CSTNode) -> bool:
    if draft.enclosing(node, cst.AssignTarget) is not None:
        return False
    return isinstance(node, cst.BaseExpression | cst.For | cst.CompFor)


def _unordered(draft: Draft, node: cst.CSTNode) -> cst.BaseExpression:
    """What a loop, a comprehension or an order-keeping call goes through."""
    while True:
        inner: cst.CSTNode | None = None
        match node:
            case cst.For() | cst.CompFor():
                inner = node.iter
            case cst.Call():
                inner = _ordered_argument(draft, node)
            case cst.Subscript():
                inner = node.value
            case _ if isinstance(node, _COMPREHENSIONS):
                inner = node.for_in.iter
        if inner is None:
            break
        node = inner
    if not isinstance(node, cst.BaseExpression):
        raise Unfixable("the code is not what the rule saw")
    return node


def _ordered_argument(draft: Draft, call: cst.Call) -> cst.BaseExpression | None:
    """The argument whose order a call keeps, None when it is another kind of call."""
    position: int | None = None
    if isinstance(call.func, cst.Attribute) and call.func.attr.value == "join":
        position = 0
    for name in draft.qualified(call.func):
        position = KEEPS_ORDER.get(name, position)
    if position is None or len(call.args) <= position or call.args[position].star:
        return None
    return call.args[position].value


def _means_builtin(draft: Draft, name: str, at: cst.CSTNode) -> bool:
    """Whether nothing around a node gives a builtin's name another meaning."""
    scope = draft.scope_of(at)
    return scope is not None and all(
        type(each.scope).__name__ == "BuiltinScope" for each in scope[name]
    )
