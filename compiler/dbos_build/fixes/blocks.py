"""Extracting a whole `with` statement: what it opens cannot be recorded, but what it reads can.

In: a draft and an expression that a `with` statement opens. Out: a change that moves the statement
into a step and returns from there what it binds. Never does: move a block that calls something
which may be durable, that leaves in other ways than by its last statement, or that changes objects
of the function around it.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes import names, steps
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.parameters import is_harmless, move_whole, walk
from dbos_build.fixes.step_names import Title
from dbos_build.fixes.steps import Step

_LEAVES = (cst.Yield, cst.Global, cst.Nonlocal, cst.FunctionDef, cst.ClassDef)
_LOOPS = (cst.For, cst.While)


def around(draft: Draft, expression: cst.BaseExpression) -> cst.With | None:
    """The `with` statement that opens an expression, or that opens what it is called on."""
    parent = draft.parents.get(expression)
    if isinstance(parent, cst.WithItem) and parent.item is expression:
        return draft.enclosing(parent, cst.With)
    root = root_of(expression)
    for outer in draft.ancestors(expression):
        if isinstance(outer, cst.FunctionDef):
            return None
        if isinstance(outer, cst.With) and root in _opened(outer):
            return outer
    return None


def extract_block(draft: Draft, block: cst.With, title: Title, finding: Finding) -> Change:
    """Move a `with` statement into a step. Raises Unfixable with the reason."""
    function = draft.function_around(block)
    if not isinstance(function, cst.FunctionDef):
        raise Unfixable("the block is not part of a function")
    if not isinstance(block.body, cst.IndentedBlock):
        raise Unfixable("the block is on one line")
    own = _bound_only_here(draft, block, function)
    returning = _last_return(draft, block)
    _refuse_calls(draft, block, own, finding)
    _refuse_writes(draft, block, own)
    results = _results(draft, block, function, returning is not None)
    moved = move_whole(draft, (block,), own)
    passed = {each.name for each in moved.parameters}
    for name in results:
        if name not in passed and name not in _surely_bound(block.body):
            raise Unfixable(f"`{name}` is not set on every way through the block")
    text = steps.dedented(moved.text, draft.indentation_of(block))
    if results:
        text += f"\nreturn {', '.join(results)}"
    step = Step(
        wanted=title.name,
        summary=title.summary,
        parameters=moved.parameters,
        local_imports=moved.imports,
        statements=text,
        returns=names.Reference(_returns(draft, block, results, returning is not None)),
        asynchronous=function.asynchronous is not None,
    )
    written = steps.write(draft, block, step)
    head = "return " if returning else f"{', '.join(results)} = " if results else ""
    start, end = draft.span(block)
    tail = "\n" if draft.text[start:end].endswith("\n") else ""
    return Change(
        edits=(Edit(start, end, head + written.call + tail),),
        definitions=written.definitions,
        imports=written.imports,
    )


def _returns(draft: Draft, block: cst.With, results: tuple[str, ...], returning: bool) -> str:
    if returning:
        return steps.returned_type(draft, block)
    return "" if results else "None"


def root_of(expression: cst.BaseExpression) -> str:
    """The name at the start of an expression, "" when there is none."""
    node = expression
    while True:
        match node:
            case cst.Await():
                node = node.expression
            case cst.Call():
                node = node.func
            case cst.Attribute() | cst.Subscript():
                node = node.value
            case cst.Name():
                return node.value
            case _:
                return ""


def _opened(block: cst.With) -> frozenset[str]:
    """The names that a `with` statement gives to what it opens."""
    targets = (item.asname.name for item in block.items if item.asname)
    return frozenset(target.value for target in targets if isinstance(target, cst.Name))


def bound_names(node: cst.CSTNode) -> Iterator[str]:
    """The names that are written inside a node."""
    for each in walk(node):
        match each:
            case cst.AssignTarget() | cst.AnnAssign() | cst.AugAssign() | cst.For():
                target: cst.CSTNode = each.target
            case cst.CompFor() | cst.NamedExpr():
                target = each.target
            case cst.AsName():
                target = each.name
            case _:
                continue
        for part in walk(target):
            if isinstance(part, cst.Name):
                yield part.value


def _bound_only_here(draft: Draft, block: cst.With, function: cst.FunctionDef) -> frozenset[str]:
    """The names that only the block binds, among all of the function."""
    scope = draft.scope_of(block)
    own = set()
    for name in set(bound_names(block)):
        assignments = list(scope[name]) if scope is not None else []
        places = [getattr(each, "node", function) for each in assignments]
        if all(draft.contains(block, place) for place in places):
            own.add(name)
    return frozenset(own)


def _last_return(draft: Draft, block: cst.With) -> cst.Return | None:
    """The `return` that ends a block; raises Unfixable for every other way out of it."""
    last = block.body.body[-1]
    final = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else None
    for node in walk(block.body):
        if isinstance(node, _LEAVES) or (isinstance(node, cst.Return) and node is not final):
            raise Unfixable("the block does more than read and write")
        if isinstance(node, cst.Break | cst.Continue):
            loop = next(each for each in draft.ancestors(node) if isinstance(each, _LOOPS))
            if not draft.contains(block, loop):
                raise Unfixable("the block leaves a loop around it")
    return final if isinstance(final, cst.Return) else None


def _refuse_calls(draft: Draft, block: cst.With, own: frozenset[str], finding: Finding) -> None:
    """Raise Unfixable when something is called that may be durable."""
    package = draft.meaning(finding).partition(".")[0]
    opened = [item.item for item in block.items]
    for node in walk(block):
        if not isinstance(node, cst.Call) or root_of(node.func) in own or not root_of(node.func):
            continue
        meanings = draft.qualified(node.func)
        foreign = bool(package) and {name.partition(".")[0] for name in meanings} == {package}
        is_method = isinstance(node.func, cst.Attribute) and any(node is each for each in opened)
        if not foreign and not is_method and not is_harmless(draft, node.func):
            raise Unfixable(f"the block calls `{draft.code(node.func)}`, which may be durable")


def _refuse_writes(draft: Draft, block: cst.With, own: frozenset[str]) -> None:
    """Raise Unfixable when an object that the block did not make is written to."""
    for node in walk(block.body):
        targets: list[cst.BaseExpression] = []
        match node:
            case cst.AssignTarget() | cst.AugAssign() | cst.AnnAssign():
                targets = [node.target]
            case cst.Del():
                targets = [node.target]
        for target in targets:
            if not isinstance(target, cst.Name | cst.Tuple) and root_of(target) not in own:
                raise Unfixable(f"the block changes `{draft.code(target)}`")


def _results(
    draft: Draft, block: cst.With, function: cst.FunctionDef, returning: bool
) -> tuple[str, ...]:
    """The names the block binds that the function uses elsewhere, in the order they are bound."""
    outside = {
        node.value
        for node in walk(function.body)
        if isinstance(node, cst.Name) and not draft.contains(block, node)
    }
    found = tuple(name for name in dict.fromkeys(bound_names(block)) if name in outside)
    if returning:
        return ()
    if set(found) & _opened(block):
        raise Unfixable("what the block opens is used after it")
    return found


def _surely_bound(body: cst.BaseSuite) -> frozenset[str]:
    """The names that the statements of a block bind whatever happens."""
    found: set[str] = set()
    for statement in body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            found.update(bound_names(statement))
    return frozenset(found)
