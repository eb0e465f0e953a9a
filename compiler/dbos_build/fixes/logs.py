"""The fix durable-log: `print` and `logging` calls become DBOS.logger calls.

In: a draft and a finding. Out: a change. Never does: drop an option of `print` that matters.
"""

from __future__ import annotations

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes import names
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft

LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


def durable_log(draft: Draft, finding: Finding) -> Change:
    """Write through DBOS.logger, which says nothing while a workflow replays."""
    call = draft.locate(finding, cst.Call)
    reference = names.dbos(draft, call)
    found = draft.called(finding, call)
    if found == {"print"}:
        start, end = draft.span(call)
        text = f"{reference.text}.logger.info({_message(draft, call)})"
        return Change(edits=(Edit(start, end, text),), imports=reference.imports)
    logs = (name for name in found if name.startswith("logging."))
    level = next((name.rpartition(".")[2] for name in logs), "")
    if level not in LEVELS or not isinstance(call.func, cst.Attribute):
        raise Unfixable("it is a logger of its own; give it a filter or use DBOS.logger")
    start, end = draft.span(call.func)
    edit = Edit(start, end, f"{reference.text}.logger.{level}")
    return Change(edits=(edit,), imports=reference.imports)


def _message(draft: Draft, call: cst.Call) -> str:
    """What `print` writes, as one expression."""
    values = []
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "flush":
            continue
        if argument.keyword is not None or argument.star:
            raise Unfixable("`print` has options that a log does not have")
        values.append(argument.value)
    if len(values) == 1:
        code = draft.code(values[0])
        return f"({code})" if isinstance(values[0], cst.GeneratorExp) else code
    if not values:
        return '""'
    return "f" + _quoted("".join(f"{_part(draft, value)} " for value in values)[:-1])


def _part(draft: Draft, value: cst.BaseExpression) -> str:
    """A value as a part of an f-string: literal text, or a replacement field."""
    if isinstance(value, cst.SimpleString) and isinstance(value.evaluated_value, str):
        text = value.evaluated_value
        if text.isprintable() and not set(text) & set("\\{}\"'"):
            return text
    if isinstance(value, cst.FormattedString) and value.start in ('f"', "f'"):
        inner = "".join(draft.code(part) for part in value.parts)
        if not set(inner) & set("\"'\\\n"):
            return inner
    code = draft.code(value)
    if set(code) & set("\"'\\\n#") or code.startswith("{"):
        raise Unfixable("its arguments do not fit into one f-string")
    return f"{{{code}}}"


def _quoted(text: str) -> str:
    return f'"{text}"'
