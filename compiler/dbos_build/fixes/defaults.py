"""The fix none-default: a mutable default is built anew at each call.

In: a draft and a finding. Out: a change. Never does: touch a function whose body is on the line of
its `def`.
"""

from __future__ import annotations

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.names import dotted

IMMUTABLE = ("tuple", "frozenset", "str", "int", "float", "bool", "bytes", "timedelta", "Path")


def none_default(draft: Draft, finding: Finding) -> Change:
    """Make the default None and build the value at the top of the body."""
    parameter = draft.locate(finding, cst.Param, _is_shared)
    function = draft.enclosing(parameter, cst.FunctionDef)
    if function is None or parameter.default is None:
        raise Unfixable("it is the default of a lambda")
    body = function.body
    if not isinstance(body, cst.IndentedBlock):
        raise Unfixable("the body is on the line of its `def`")
    value, name = draft.code(parameter.default), parameter.name.value
    if "\n" in value:
        raise Unfixable("the default spans lines")
    start, end = draft.span(parameter.default)
    edits = [Edit(start, end, "None")]
    if parameter.annotation is not None and not _allows_none(draft, parameter.annotation):
        annotation = parameter.annotation.annotation
        after = draft.span(annotation)[1]
        if isinstance(annotation, cst.SimpleString | cst.ConcatenatedString):
            raise Unfixable("its annotation is a string")
        edits.append(Edit(after, after, " | None"))
    return Change(edits=(*edits, _building(draft, function, body, f"{name} = {value}", name)))


def _is_shared(parameter: cst.Param) -> bool:
    """Whether a default is an object that calls could change."""
    value = parameter.default
    if isinstance(value, cst.Call):
        return dotted(value.func).rpartition(".")[2] not in IMMUTABLE
    return isinstance(value, cst.List | cst.Dict | cst.Set | cst.BaseComp)


def _allows_none(draft: Draft, annotation: cst.Annotation) -> bool:
    text = draft.code(annotation.annotation)
    return "None" in text or "Optional[" in text or text in ("Any", "object", "typing.Any")


def _building(
    draft: Draft, function: cst.FunctionDef, body: cst.IndentedBlock, text: str, name: str
) -> Edit:
    """`if name is None: name = …` before the first statement that is not the docstring."""
    statements = list(body.body)
    indentation = draft.indentation_of(statements[0])
    lines = f"{indentation}if {name} is None:\n{indentation}{draft.indent}{text}\n"
    if function.get_docstring(clean=False) is None:
        start = draft.line_start(draft.start_of(statements[0]))
        return Edit(start, start, lines)
    end = draft.span(statements[0])[1]
    after = next((each for each in draft.line_starts if each > end), len(draft.text))
    glue = "" if draft.text[after - 1 : after] in ("\n", "\r") else "\n"
    return Edit(after, after, glue + lines)
