"""Names of a block: which it binds, and which it needs because it reads them before.

In: nodes of a syntax tree. Out: names. Never does: look at scopes; a name is a word here, so the
caller asks about the statements of one function.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from dbos_build.fixes.parameters import walk


def parts_of(target: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What a target writes to, one after the other."""
    if isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from parts_of(element.value)
    else:
        yield target


def names_bound(node: cst.CSTNode) -> Iterator[str]:
    """The names that are bound in a node, in the order of the text."""
    for each in _in_order(node):
        targets: list[cst.CSTNode] = []
        match each:
            case cst.AssignTarget() | cst.AugAssign() | cst.For() | cst.NamedExpr():
                targets = [*parts_of(each.target)]
            case cst.AnnAssign() if each.value is not None:
                targets = [each.target]
            case cst.AsName():
                targets = [*parts_of(each.name)]
            case cst.MatchAs() | cst.MatchStar():
                targets = [each.name] if each.name else []
            case cst.ImportAlias():
                targets = [] if each.asname else [_first_name(each.name)]
        yield from (part.value for part in targets if isinstance(part, cst.Name))


def names_read(node: cst.CSTNode) -> set[str]:
    """The names that are read somewhere in a node; a target that is only written is not."""
    written = {
        id(part)
        for each in walk(node)
        if isinstance(each, cst.AssignTarget | cst.For | cst.CompFor | cst.NamedExpr)
        for part in parts_of(each.target)
    }
    names_of_others = {
        id(part)
        for each in walk(node)
        for part in (
            each.attr if isinstance(each, cst.Attribute) else None,
            each.keyword if isinstance(each, cst.Arg) else None,
            each.name if isinstance(each, cst.AsName) else None,
        )
    }
    return {
        each.value
        for each in walk(node)
        if isinstance(each, cst.Name) and id(each) not in written | names_of_others
    }


def names_needed(
    body: Sequence[cst.BaseStatement | cst.BaseSmallStatement], bound: frozenset[str]
) -> tuple[set[str], frozenset[str]]:
    """(names that may be read before they are bound, names that are bound when the body ends)."""
    needed: set[str] = set()
    for each in body:
        match each:
            case cst.SimpleStatementLine():
                inner, bound = names_needed(each.body, bound)
            case cst.With():
                items = [name for item in each.items for name in names_bound(item)]
                inner = {name for item in each.items for name in names_read(item)} - bound
                more, bound = names_needed(each.body.body, bound.union(items))
                inner |= more
            case cst.If():
                inner, bound = _of_choice(each, bound)
            case cst.For() | cst.While():
                inner = _of_loop(each, bound)
            case cst.Try() | cst.TryStar():
                inner, bound = _of_attempt(each, bound)
            case cst.BaseCompoundStatement():
                inner = names_read(each) - bound - set(_caught(each))
            case _:
                inner, bound = names_read(each) - bound, bound.union(names_bound(each))
        needed |= inner
    return needed, bound


def _first_name(node: cst.BaseExpression) -> cst.BaseExpression:
    """The name that `import a.b` binds."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return node


def _in_order(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and everything inside it, in the order of the text."""
    yield node
    for child in node.children:
        yield from _in_order(child)


def _of_choice(node: cst.If, bound: frozenset[str]) -> tuple[set[str], frozenset[str]]:
    """The same for an `if`, which binds what all of its ways bind."""
    needed = names_read(node.test) - bound
    bound = bound.union(names_bound(node.test))
    inner, yes = names_needed(node.body.body, bound)
    no = bound
    if isinstance(node.orelse, cst.If):
        other, no = _of_choice(node.orelse, bound)
    elif node.orelse is not None:
        other, no = names_needed(node.orelse.body.body, bound)
    else:
        other = set()
    return needed | inner | other, yes & no


def _of_attempt(
    node: cst.Try | cst.TryStar, bound: frozenset[str]
) -> tuple[set[str], frozenset[str]]:
    """The same for a `try`, which binds what its body and all of its handlers bind."""
    orelse = node.orelse.body.body if node.orelse else ()
    needed, after = names_needed([*node.body.body, *orelse], bound)
    for handler in node.handlers:
        caught = _caught(handler)
        inner, other = names_needed(handler.body.body, bound.union(caught))
        needed |= inner | (names_read(handler.type) - bound if handler.type else set())
        after &= other.difference(caught)
    if node.finalbody is not None:
        inner, _ = names_needed(node.finalbody.body.body, bound)
        needed |= inner
    return needed, after


def _of_loop(node: cst.For | cst.While, bound: frozenset[str]) -> set[str]:
    """The same for a loop, which may bind nothing, as it may not run."""
    head = node.iter if isinstance(node, cst.For) else node.test
    targets = _words(node.target) if isinstance(node, cst.For) else names_bound(node.test)
    needed = names_read(head) - bound
    needed |= names_needed(node.body.body, bound.union(targets))[0]
    if node.orelse is not None:
        needed |= names_needed(node.orelse.body.body, bound)[0]
    return needed


def _words(target: cst.BaseExpression) -> Iterator[str]:
    """The plain names in a target."""
    return (each.value for each in parts_of(target) if isinstance(each, cst.Name))


def _caught(node: cst.CSTNode) -> Iterator[str]:
    """The names that `except … as` and `case` bind for what stands below them."""
    for each in walk(node):
        if isinstance(each, cst.ExceptHandler | cst.ExceptStarHandler | cst.MatchCase):
            head = each.pattern if isinstance(each, cst.MatchCase) else each.name
            if head is not None:
                yield from names_bound(head)
