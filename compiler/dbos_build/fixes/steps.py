"""Writing a step: a new function at module level, and the call that goes in its place.

In: a draft and what the step does. Out: the call, the definition unless the same step exists, and
the imports both need. Never does: decide what moves into a step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from dbos_build.fixes import names
from dbos_build.fixes.change import Definition, Import, Unfixable
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Step:
    """What a step is to be: `wanted` names, best first, a docstring line, and its statements.

    `statements` are text without indentation; `local_imports` stand before them.
    """

    wanted: str
    summary: str
    parameters: tuple[Parameter, ...]
    local_imports: tuple[str, ...]
    statements: str
    returns: names.Reference
    asynchronous: bool


@dataclass(frozen=True, slots=True)
class Written:
    """The call of a step, and what has to be added for it."""

    call: str
    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]


def write(draft: Draft, at: cst.CSTNode, step: Step) -> Written:
    """Write a step above the statement of the module that holds `at`."""
    place = draft.top_level(at)
    decorator = names.dbos(draft, place)
    body = [
        f'"""{step.summary}; a replay gets the recorded result."""',
        *([*step.local_imports, ""] if step.local_imports else ()),
        *step.statements.split("\n"),
    ]
    head = f"@{decorator.text}.step()\n{'async ' if step.asynchronous else ''}def "
    result = f" -> {step.returns.text}" if step.returns.text else ""
    lines = (f"{draft.indent}{line}".rstrip() for line in body)
    tail = "\n".join([f"({_signature(step.parameters)}){result}:", *lines])
    name, definitions = _definition(draft, place, step, (head, tail))
    call = f"{name}({', '.join(each.argument for each in step.parameters)})"
    return Written(
        call=f"await {call}" if step.asynchronous else call,
        definitions=definitions,
        imports=(*decorator.imports, *step.returns.imports),
    )


def dedented(text: str, indentation: str) -> str:
    """The text without the indentation that its lines had.

    Raises Unfixable for a string of several lines, which would not stay the same.
    """
    if "\n" in text and ('"""' in text or "'''" in text):
        raise Unfixable("it holds a string of several lines")
    first, *rest = text.split("\n")
    return "\n".join([first, *(line.removeprefix(indentation) for line in rest)])


def returned_type(draft: Draft, node: cst.CSTNode) -> str:
    """The annotation of what the function around a node returns, "" where it means less outside."""
    function = draft.function_around(node)
    if not isinstance(function, cst.FunctionDef) or function.returns is None:
        return ""
    text = draft.code(function.returns.annotation)
    return "" if function.type_parameters is not None or "Self" in text else text


def _signature(parameters: tuple[Parameter, ...]) -> str:
    return ", ".join(
        f"{each.name}: {each.annotation}" if each.annotation else each.name for each in parameters
    )


def _definition(
    draft: Draft, place: cst.CSTNode, step: Step, around: tuple[str, str]
) -> tuple[str, tuple[Definition, ...]]:
    """The name of the step, and its definition unless the same one is there already.

    `around` is the text of the definition before and after its name.
    """
    head, tail = around
    for name, text in _functions(draft):
        if text == f"{head}{name}{tail}":
            return name, ()
    used = names.taken(draft)
    name = step.wanted
    if name in used:
        twin = f"{name}_async"
        name = twin if step.asynchronous and twin not in used else names.fresh(name, used)
    return name, (Definition(name, f"{head}{name}{tail}", above(draft, place)),)


def _functions(draft: Draft) -> Iterator[tuple[str, str]]:
    """(name, text) of the functions at module level, those to be added included."""
    for definition in draft.definitions:
        yield definition.name, definition.text
    for statement in draft.tree.body:
        if isinstance(statement, cst.FunctionDef):
            start = draft.start_of(statement)
            yield statement.name.value, draft.text[start : draft.span(statement)[1]].rstrip()


def above(draft: Draft, statement: cst.CSTNode) -> int:
    """The offset before a statement of the module, its decorators and the comments on it."""
    start = draft.line_start(draft.start_of(statement))
    while start > 0:
        previous = draft.line_start(start - 1)
        if not draft.text.startswith("#", previous):
            break
        start = previous
    return start
