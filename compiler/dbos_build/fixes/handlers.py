"""The fix narrow-handler: an exception handler lets cancellation through.

In: a draft and a finding. Out: a change. Never does: change a handler that raises again anyway.
"""

from __future__ import annotations

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.names import dotted

CANCELLATION = frozenset({"CancelledError", "DBOSWorkflowCancelledError"})


def narrow_handler(draft: Draft, finding: Finding) -> Change:
    """`except:` and `except BaseException` become `except Exception`; cancellation is re-raised."""
    try:
        handler = draft.locate(finding, cst.ExceptHandler)
    except Unfixable:
        return _narrow_suppression(draft, finding)
    if handler.type is None:
        start = draft.span(handler)[0] + len("except")
        return Change(edits=(Edit(start, start, " Exception"),))
    caught = handler.type
    words = [dotted(each).rpartition(".")[2] for each in _classes(caught)]
    if "BaseException" in words:
        node = _classes(caught)[words.index("BaseException")]
        start, end = draft.span(node)
        return Change(edits=(Edit(start, end, "Exception"),))
    if not CANCELLATION & set(words):
        raise Unfixable("what it catches does not show")
    if len(words) > 1:
        raise Unfixable("it catches other exceptions as well")
    return Change(edits=(_raise_again(draft, handler),))


def _narrow_suppression(draft: Draft, finding: Finding) -> Change:
    """`suppress(BaseException)` becomes `suppress(Exception)`."""
    call = draft.locate(
        finding, cst.Call, lambda node: "contextlib.suppress" in draft.qualified(node.func)
    )
    for argument in call.args:
        if dotted(argument.value).rpartition(".")[2] == "BaseException":
            start, end = draft.span(argument.value)
            return Change(edits=(Edit(start, end, "Exception"),))
    raise Unfixable("what it suppresses does not show")


def _classes(caught: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(caught, cst.Tuple):
        return [each.value for each in caught.elements]
    return [caught]


def _raise_again(draft: Draft, handler: cst.ExceptHandler) -> Edit:
    """`raise` as the last statement of a handler, in place of a lone `pass`."""
    body = handler.body
    if not isinstance(body, cst.IndentedBlock):
        start, end = draft.span(body)
        only_pass = draft.text[start:end].strip().rstrip(";") in ("pass", "...")
        return Edit(start, end, " raise" if only_pass else f"{draft.code(body).rstrip()}; raise")
    last = body.body[-1]
    start, end = draft.span(last)
    if draft.code(last).strip() in ("pass", "..."):
        return Edit(start, end, "raise")
    if isinstance(last, cst.SimpleStatementLine) and isinstance(
        last.body[-1], cst.Return | cst.Continue | cst.Break | cst.Raise
    ):
        raise Unfixable("the handler leaves in another way")
    after = next((each for each in draft.line_starts if each >= end), len(draft.text))
    glue = "" if draft.text[after - 1 : after] in ("\n", "\r") else "\n"
    line_end = "\n" if not glue else ""
    return Edit(after, after, f"{glue}{draft.indentation_of(last)}raise{line_end}")
