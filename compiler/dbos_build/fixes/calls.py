"""Fixes of one call: return-exceptions, pass-function, utc-time.

In: a draft and a finding. Out: a change. Never does: drop an argument.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes import names
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.extraction import extract_step

LOCAL_TIME = ("fromtimestamp", "astimezone", "localtime")
STARTERS = ("start_workflow", "start_workflow_async", "enqueue", "enqueue_async", "debounce")


def return_exceptions(draft: Draft, finding: Finding) -> Change:
    """Let `asyncio.gather` wait for all its steps, whatever becomes of one."""
    call = draft.locate(finding, cst.Call, lambda node: _word(node) == "gather")
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "return_exceptions":
            start, end = draft.span(argument.value)
            if draft.code(argument.value) != "False":
                raise Unfixable("it says what to do with exceptions already")
            return Change(edits=(Edit(start, end, "True"),))
        if argument.star == "**":
            raise Unfixable("its keywords are not written out")
    return Change(edits=(add_argument(draft, call, "return_exceptions=True"),))


def pass_function(draft: Draft, finding: Finding) -> Change:
    """Pass the workflow and its arguments instead of the result of calling it."""
    try:
        call = draft.locate(finding, cst.Call, lambda node: _given(draft, node) is not None)
    except Unfixable:
        raise Unfixable("what is passed is not a workflow") from None
    inner = _given(draft, call)
    first = call.args[0].value
    if inner is None or _arguments_cannot_follow(call.args[1:], inner.args):
        raise Unfixable("the arguments of the workflow do not show")
    parts = [draft.code(inner.func), *(draft.code(each).rstrip(", \n") for each in inner.args)]
    if draft.qualified(inner.func) & {"functools.partial"}:
        parts = parts[1:]
    start, end = draft.span(first)
    return Change(edits=(Edit(start, end, ", ".join(parts)),))


def utc_time(draft: Draft, finding: Finding) -> Change:
    """Convert a time in UTC; what only says where the machine is becomes a step."""
    if draft.meaning(finding).rpartition(".")[2] not in ("", *LOCAL_TIME):
        return extract_step(draft, finding)
    call = draft.locate(finding, cst.Call, lambda node: _word(node) in LOCAL_TIME)
    if _word(call) == "localtime" and isinstance(call.func, cst.Attribute):
        start, end = draft.span(call.func.attr)
        return Change(edits=(Edit(start, end, "gmtime"),))
    wanted = "tz=" if _word(call) == "fromtimestamp" else ""
    zone = names.refer(draft, "datetime", "UTC", call)
    given = call.args[1 if wanted else 0 :]
    if wanted and "datetime.datetime.fromtimestamp" not in draft.called(finding, call):
        raise Unfixable("this class takes no time zone")
    if len(given) == 1 and draft.code(given[0].value) == "None":
        start, end = draft.span(given[0].value)
        return Change(edits=(Edit(start, end, zone.text),), imports=zone.imports)
    if given:
        raise Unfixable("it names a time zone already")
    edit = add_argument(draft, call, f"{wanted}{zone.text}")
    return Change(edits=(edit,), imports=zone.imports)


def add_argument(draft: Draft, call: cst.Call, text: str) -> Edit:
    """One more argument behind those of a call, a trailing comma left where it is."""
    if not call.args:
        end = draft.span(call)[1] - 1
        return Edit(end, end, text)
    last = call.args[-1]
    end = draft.span(last.value)[1] + _closing(last.value)
    broken = "\n" in draft.text[end : draft.span(call)[1]]
    own_line = broken and draft.line_start(end) != draft.line_start(draft.span(call)[0])
    if own_line:
        return Edit(end, end, f",\n{draft.indentation_of(last)}{text}")
    return Edit(end, end, f", {text}")


def _closing(value: cst.BaseExpression) -> int:
    """How many parentheses around a value close right behind it."""
    return len(getattr(value, "rpar", ()))


def _given(draft: Draft, call: cst.Call) -> cst.Call | None:
    """The call that stands where a function should be passed; of a lambda, the one in its body."""
    if _word(call) not in STARTERS or not call.args or call.args[0].keyword or call.args[0].star:
        return None
    value: cst.BaseExpression = call.args[0].value
    if isinstance(value, cst.Await):
        value = value.expression
    if isinstance(value, cst.Lambda):
        value = value.body
    if not isinstance(value, cst.Call):
        return None
    if draft.qualified(value.func) & {"functools.partial"}:
        return value if value.args and not value.args[0].star else None
    return value


def _arguments_cannot_follow(outer: Sequence[cst.Arg], inner: Sequence[cst.Arg]) -> bool:
    """Whether positional arguments would end up behind keywords."""
    keywords = any(each.keyword is not None or each.star == "**" for each in inner)
    return keywords and any(each.keyword is None and each.star != "**" for each in outer)


def _word(call: cst.Call) -> str:
    return names.dotted(call.func).rpartition(".")[2] or (
        call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
    )
