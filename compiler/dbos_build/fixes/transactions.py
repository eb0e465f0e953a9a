"""The fix drop-commit: a transaction leaves committing to its decorator.

In: a draft and a finding. Out: a change. Never does: remove a call whose result is used.
"""

from __future__ import annotations

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft

REMOVABLE = ("commit", "begin", "close")


def drop_commit(draft: Draft, finding: Finding) -> Change:
    """Take the call out; `with session.begin()` becomes a nested transaction."""
    call = draft.locate(finding, cst.Call, lambda node: isinstance(node.func, cst.Attribute))
    assert isinstance(call.func, cst.Attribute)
    if call.func.attr.value not in REMOVABLE:
        raise Unfixable(f"without `{call.func.attr.value}` the function does something else")
    statement = draft.parents.get(call)
    if isinstance(statement, cst.WithItem) and call.func.attr.value == "begin":
        start, end = draft.span(call.func.attr)
        return Change(edits=(Edit(start, end, "begin_nested"),))
    if not isinstance(statement, cst.Expr):
        raise Unfixable("its result is used")
    return Change(edits=(removal(draft, statement),))


def removal(draft: Draft, statement: cst.BaseSmallStatement) -> Edit:
    """Take a statement out: its whole line, or `pass` in its place where it stands alone."""
    line = draft.parents[statement]
    start, end = draft.span(statement)
    block = draft.parents.get(line)
    alone = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1 or alone:
        return Edit(start, end, "pass")
    after = next((each for each in draft.line_starts if each > end), len(draft.text))
    return Edit(draft.line_start(start), after, "")
