"""Extracting what an author selected: an expression or whole statements become a step.

In: the text of a file, where the selection starts and ends, and which calls in the file may be
durable. Out: the new text, with the step above and its call in place of the selection. Never does:
move a durable operation, a way out of the function, or a change of an object that the workflow
keeps; a replay would do none of them. Whether the result is clean is for the analysis to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from dbos_build.fixes import extraction, names, planning, step_names, steps
from dbos_build.fixes.bindings import names_bound, names_needed, parts_of
from dbos_build.fixes.blocks import root_of
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft, open_draft
from dbos_build.fixes.parameters import move_whole, walk
from dbos_build.fixes.step_names import Title
from dbos_build.fixes.steps import Step

NOTHING_WHOLE = "the selection is neither one expression nor whole statements"
_NESTED = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
_LEAVES = (cst.Yield, cst.Global, cst.Nonlocal, cst.FunctionDef, cst.ClassDef, cst.Del)
_LOOPS = (cst.For, cst.While)
# What these do to an object is lost in a replay, which takes the result of the step instead.
_CHANGING = re.compile(
    r"add|append(left)?|clear|discard|extend(left)?|insert|pop(item|left)?|remove|reverse|rotate"
    r"|setdefault|sort|update"
)

Places = frozenset[tuple[int, int]]
"""Where calls begin: lines from 1, columns from 0, both in characters."""


def extract(
    text: str,
    start: int,
    end: int,
    *,
    durable: Places = frozenset(),
    reserved: frozenset[str] = frozenset(),
) -> str:
    """Return the text with what stands from `start` to `end` moved into a step.

    Both count characters; blanks around the selection do not matter. `durable` are calls that must
    not move, `reserved` names that the step must not have. Raises Unfixable with the reason.
    """
    draft = replace(open_draft(text), reserved=reserved)
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    expression = _expression(draft, start, end)
    if expression is not None:
        change = _from_expression(draft, expression, durable)
    else:
        change = _from_statements(draft, _statements(draft, start, end), durable)
    made = planning.rewrite(draft, [change])
    if not planning.parses(made):
        raise Unfixable("the result would not be valid Python")
    return made


def _expression(draft: Draft, start: int, end: int) -> cst.BaseExpression | None:
    """The outermost expression that is exactly what is selected, parentheses around it or not."""
    text = draft.text
    while True:
        for node in draft.nodes:
            if isinstance(node, cst.BaseExpression) and draft.span(node) == (start, end):
                statement = isinstance(draft.parents.get(node), cst.Expr)
                return None if statement else node
        if not (start < end and text[start] == "(" and text[end - 1] == ")"):
            return None
        start, end = start + 1, end - 1


def _statements(draft: Draft, start: int, end: int) -> Sequence[cst.BaseStatement]:
    """The statements that are selected as a whole; they follow on each other in one block."""
    for block in draft.nodes:  # Outer blocks come first.
        if not isinstance(block, cst.IndentedBlock):
            continue
        inside, touched = [], 0
        for statement in block.body:
            first, last = _extent(draft, statement)
            if first < end and start < last:
                touched += 1
                if start <= first and last <= end:
                    inside.append(statement)
        if inside and len(inside) == touched:
            return inside
    raise Unfixable(NOTHING_WHOLE)


def _extent(draft: Draft, statement: cst.BaseStatement) -> tuple[int, int]:
    """Where the code of a statement starts, and where it ends without the blanks behind it."""
    first, last = draft.start_of(statement), draft.span(statement)[1]
    return first, first + len(draft.text[first:last].rstrip())


def _from_expression(draft: Draft, expression: cst.BaseExpression, durable: Places) -> Change:
    """Move one expression."""
    parent = draft.parents.get(expression)
    if extraction.is_target(draft, expression) or isinstance(parent, cst.WithItem | cst.Decorator):
        raise Unfixable("the selection is not a value that is read")
    if _is_word(expression, parent):
        raise Unfixable("the selection is part of a name")
    if isinstance(draft.function_around(expression), cst.Lambda):
        raise Unfixable("the selection is inside a lambda")
    asynchronous = extraction.must_await(draft, expression)
    if any(isinstance(each, cst.NamedExpr | cst.Yield) for each in walk(expression)):
        raise Unfixable("the selection assigns or yields inside the expression")
    _refuse_durable(draft, [expression], durable)
    _refuse_changes(draft, [expression], frozenset())
    moved = move_whole(draft, [expression], frozenset(), receiver="")
    title = step_names.title(
        list(extraction.calls_along(draft, expression)), extraction.first_text(expression)
    )
    returned = isinstance(parent, cst.Return)
    step = Step(
        wanted=title.name,
        summary=title.summary,
        parameters=moved.parameters,
        local_imports=moved.imports,
        statements=extraction.returning(draft, moved, expression, discarded=False),
        returns=names.Reference(steps.returned_type(draft, expression) if returned else ""),
        asynchronous=asynchronous,
    )
    written = steps.write(draft, expression, step)
    start, end = draft.span(expression)
    edit = Edit(start, end, draft.embed(expression, written.call))
    return Change((edit,), written.definitions, written.imports)


def _is_word(expression: cst.BaseExpression, parent: cst.CSTNode | None) -> bool:
    """Whether an expression is only the name of an attribute, an argument or a parameter."""
    match parent:
        case cst.Attribute():
            return parent.attr is expression
        case cst.Arg():
            return parent.keyword is expression
        case cst.Param() | cst.FunctionDef() | cst.ClassDef():
            return parent.name is expression
    return isinstance(parent, cst.Annotation | cst.ImportAlias | cst.AsName | cst.NameItem)


def _from_statements(draft: Draft, moving: Sequence[cst.BaseStatement], durable: Places) -> Change:
    """Move statements that follow on each other."""
    function = draft.function_around(moving[0])
    if not isinstance(function, cst.FunctionDef):
        raise Unfixable("the selection is not part of a function")
    last = _last_return(draft, moving)
    _refuse_durable(draft, moving, durable)
    bound = tuple(dict.fromkeys(name for each in moving for name in names_bound(each)))
    needed, surely = names_needed(moving, frozenset())
    results = () if last is not None else _results(draft, moving, function, bound, needed)
    taken = needed | (set(results) - surely)
    own = frozenset(bound) - taken
    _refuse_changes(draft, moving, own)
    for name in bound:
        if name in taken and not _is_set_before(draft, name, moving[0], function):
            raise Unfixable(f"`{name}` is not set on every way through the selection")
    moved = move_whole(draft, moving, own, receiver="")
    text = steps.dedented(moved.text.rstrip(), draft.indentation_of(moving[0]))
    if results:
        text += f"\nreturn {', '.join(results)}"
    title = _title(draft, moving, results)
    returns = steps.returned_type(draft, moving[0]) if last else "" if results else "None"
    step = Step(
        wanted=title.name,
        summary=title.summary,
        parameters=moved.parameters,
        local_imports=moved.imports,
        statements=text,
        returns=names.Reference(returns),
        asynchronous=function.asynchronous is not None,
    )
    written = steps.write(draft, moving[0], step)
    head = "return " if last is not None else f"{', '.join(results)} = " if results else ""
    start, end = draft.start_of(moving[0]), _extent(draft, moving[-1])[1]
    return Change((Edit(start, end, head + written.call),), written.definitions, written.imports)


def _title(draft: Draft, moving: Sequence[cst.BaseStatement], results: Sequence[str]) -> Title:
    """What to call the step: after its only result, else after the first thing that it calls."""
    if len(results) == 1:
        return Title(f"find_{results[0]}", f"Find `{results[0]}`")
    for each in moving:
        for node in walk(each):
            if isinstance(node, cst.Expr | cst.Assign) and isinstance(node.value, cst.Call):
                calls = list(extraction.calls_along(draft, node.value))
                found = step_names.title(calls, extraction.first_text(node.value))
                return Title(found.name, found.summary)
    return Title("extracted_step", "Do what the workflow did here")


def _refuse_durable(draft: Draft, moving: Sequence[cst.CSTNode], durable: Places) -> None:
    """Raise Unfixable when something that may be durable would move."""
    for each in moving:
        for node in walk(each):
            if isinstance(node, cst.Call):
                place = draft.positions[node].start
                if (place.line, place.column) in durable:
                    raise Unfixable(f"`{draft.code(node.func)}` is durable, or calls what is")


def _refuse_changes(draft: Draft, moving: Sequence[cst.CSTNode], own: frozenset[str]) -> None:
    """Raise Unfixable when an object is changed that the selection did not make."""
    for each in moving:
        for node in walk(each):
            targets: list[cst.BaseExpression] = []
            match node:
                case cst.AssignTarget() | cst.AugAssign() | cst.AnnAssign() | cst.For():
                    targets = [part for part in parts_of(node.target) if not _is_name(part)]
                case cst.Call(func=cst.Attribute(attr=cst.Name(value=verb))) if _CHANGING.fullmatch(
                    verb
                ):
                    targets = [node.func]
            for target in targets:
                root = root_of(target)
                if root and root not in own and not _is_module(draft, target):
                    raise Unfixable(
                        f"`{draft.code(target)}` changes `{root}`, which the workflow keeps"
                    )


def _is_name(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name)


def _is_module(draft: Draft, target: cst.BaseExpression) -> bool:
    """Whether what is called is a function of a module, such as `bisect.insort`."""
    return bool(draft.qualified(target))


def _last_return(draft: Draft, moving: Sequence[cst.BaseStatement]) -> cst.Return | None:
    """The `return` that ends the selection; raises Unfixable for every other way out of it."""
    last = moving[-1]
    final = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else None
    for each in moving:
        for node in walk(each):
            if isinstance(node, _LEAVES):
                raise Unfixable("the selection defines, deletes, yields or writes to outer names")
            if isinstance(node, cst.Return) and node is not final:
                raise Unfixable("the selection returns before its end")
            if isinstance(node, cst.Break | cst.Continue):
                loop = next(outer for outer in draft.ancestors(node) if isinstance(outer, _LOOPS))
                if not any(draft.contains(part, loop) for part in moving):
                    raise Unfixable("the selection leaves a loop around it")
    return final if isinstance(final, cst.Return) else None


def _results(
    draft: Draft,
    moving: Sequence[cst.BaseStatement],
    function: cst.FunctionDef,
    bound: Sequence[str],
    needed: set[str],
) -> tuple[str, ...]:
    """The names bound in the selection that are used after it, in the order they are bound.

    In a loop, what stands before the selection comes after it as well.
    """
    end = draft.span(moving[-1])[1]
    around = draft.ancestors(moving[0])
    is_repeated = any(
        isinstance(each, _LOOPS) and draft.contains(function, each) for each in around
    )
    used: set[str] = set(needed) if is_repeated else set()
    for node in walk(function.body):
        if isinstance(node, cst.Name) and not any(draft.contains(part, node) for part in moving):
            is_nested = isinstance(draft.function_around(node), _NESTED) and (
                draft.function_around(node) is not function
            )
            if is_repeated or is_nested or draft.span(node)[0] >= end:
                used.add(node.value)
    return tuple(name for name in bound if name in used)


def _is_set_before(
    draft: Draft, name: str, moving: cst.BaseStatement, function: cst.FunctionDef
) -> bool:
    """Whether the function binds a name before the selection, as a parameter or otherwise."""
    parameters = function.params
    given = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    if any(each.name.value == name for each in given):
        return True
    start = draft.start_of(moving)
    return any(
        name in names_bound(each)
        for each in walk(function.body)
        if isinstance(each, cst.SimpleStatementLine | cst.For | cst.WithItem)
        and draft.span(each)[0] < start
        and not draft.contains(each, moving)
    )
