"""The fix durable-sleep: `time.sleep` and its like become DBOS.sleep or DBOS.sleep_async.

In: a draft and a finding. Out: a change. Never does: touch a wait whose result is used, or one in a
place where the matching form cannot stand.
"""

from __future__ import annotations

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes import names
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft

BLOCKING = frozenset({"time.sleep"})
AWAITED = frozenset({"asyncio.sleep", "anyio.sleep", "trio.sleep"})
SLEEPS = BLOCKING | AWAITED


def durable_sleep(draft: Draft, finding: Finding) -> Change:
    """Sleep durably. Raises Unfixable with the reason."""
    if draft.meaning(finding) and draft.meaning(finding) not in SLEEPS:
        raise Unfixable(f"`{draft.meaning(finding)}` has no durable form")
    call = draft.locate(finding, cst.Call, lambda node: bool(draft.called(finding, node) & SLEEPS))
    if len(call.args) != 1 or call.args[0].star:
        raise Unfixable("the sleep takes more than the seconds")
    reference = names.dbos(draft, call)
    seconds = draft.code(call.args[0].value)
    parent = draft.parents.get(call)
    if draft.called(finding, call) & AWAITED:
        if not isinstance(parent, cst.Await):
            raise Unfixable("the coroutine is not awaited where it is made")
        return _replace(draft, call, f"{reference.text}.sleep_async({seconds})", reference)
    if draft.runs_in_coroutine(call):
        text = draft.embed(call, f"await {reference.text}.sleep_async({seconds})")
        return _replace(draft, call, text, reference)
    outer = draft.enclosing(call, cst.FunctionDef)
    if outer is None or outer.asynchronous is not None:
        raise Unfixable("`await` cannot stand here")
    return _replace(draft, call, f"{reference.text}.sleep({seconds})", reference)


def _replace(draft: Draft, node: cst.Call, text: str, reference: names.Reference) -> Change:
    start, end = draft.span(node)
    return Change(edits=(Edit(start, end, text),), imports=reference.imports)
