"""Fixes about coroutines: matching-twin, await-coroutine, call-in-thread, durable-wait.

In: a draft and a finding. Out: a change. Never does: put `await` where the language has none.
"""

from __future__ import annotations

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes import names
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft

SUFFIX = "_async"
MISSING_TWINS = frozenset({"pause_schedule", "resume_schedule", "listen_queues", "asyncio_wait"})


def matching_twin(draft: Draft, finding: Finding) -> Change:
    """In a coroutine the awaited `_async` form of an API, elsewhere the plain one."""
    call = draft.locate(finding, cst.Call, lambda node: isinstance(node.func, cst.Attribute))
    assert isinstance(call.func, cst.Attribute)
    word = call.func.attr
    start, end = draft.span(word)
    if draft.runs_in_coroutine(call):
        if word.value.endswith(SUFFIX):
            return await_coroutine(draft, finding)
        if word.value in MISSING_TWINS:
            raise Unfixable(f"`{word.value}` has no form to await")
        rename = Edit(start, end, word.value + SUFFIX)
        return Change(edits=(rename, *_awaiting(draft, call)))
    outer = draft.enclosing(call, cst.FunctionDef)
    if not word.value.endswith(SUFFIX) or outer is None or outer.asynchronous is not None:
        raise Unfixable("`await` cannot stand in a lambda or generator expression")
    rename = Edit(start, end, word.value.removesuffix(SUFFIX))
    parent = draft.parents.get(call)
    if not isinstance(parent, cst.Await):
        return Change(edits=(rename,))
    return Change(edits=(Edit(draft.span(parent)[0], draft.span(call)[0], ""), rename))


def await_coroutine(draft: Draft, finding: Finding) -> Change:
    """Await a coroutine where it is made."""
    call = draft.locate(finding, cst.Call)
    if not draft.runs_in_coroutine(call):
        raise Unfixable("the function around it is not a coroutine")
    edits = _awaiting(draft, call)
    if not edits:
        raise Unfixable("it is awaited already")
    return Change(edits=edits)


def call_in_thread(draft: Draft, finding: Finding) -> Change:
    """Call a blocking function through asyncio.to_thread, which keeps it a durable operation."""
    call = draft.locate(finding, cst.Call)
    if not draft.runs_in_coroutine(call):
        raise Unfixable("`await` cannot stand here")
    if isinstance(call.func, cst.Attribute) and call.func.attr.value == "get_result":
        raise Unfixable("which handle it is does not show; await the one of the async API")
    if isinstance(draft.parents.get(call), cst.Await):
        raise Unfixable("it is awaited already")
    reference = names.refer(draft, "asyncio", "to_thread", call)
    if reference.imports:
        module = names.refer_module(draft, "asyncio", call)
        reference = names.Reference(f"{module.text}.to_thread", module.imports)
    opened = draft.embed(call, "await ")
    start, end = draft.span(call)
    function = draft.code(call.func)
    edits = [Edit(start, draft.span(call.func)[1], f"{opened.rstrip(')')}{reference.text}")]
    if not call.args:
        edits.append(Edit(end - 1, end - 1, function))
    else:
        first = draft.span(call.args[0])[0]
        apart = draft.line_start(first) > start
        glue = f",\n{draft.indentation_of(call.args[0])}" if apart else ", "
        edits.append(Edit(first, first, function + glue))
    if opened.startswith("("):
        edits.append(Edit(end, end, ")"))
    return Change(edits=tuple(edits), imports=reference.imports)


def durable_wait(draft: Draft, finding: Finding) -> Change:
    """`asyncio.wait` becomes DBOS.asyncio_wait, which records who finished."""
    if draft.meaning(finding) not in ("", "asyncio.wait"):
        raise Unfixable(f"`{draft.meaning(finding)}` has no durable form; gather the steps")
    call = draft.locate(
        finding, cst.Call, lambda node: "asyncio.wait" in draft.called(finding, node)
    )
    reference = names.dbos(draft, call)
    start, end = draft.span(call.func)
    edit = Edit(start, end, f"{reference.text}.asyncio_wait")
    return Change(edits=(edit,), imports=reference.imports)


def _awaiting(draft: Draft, call: cst.Call) -> tuple[Edit, ...]:
    """The edits that await a call, none when it is awaited."""
    if isinstance(draft.parents.get(call), cst.Await):
        return ()
    start, end = draft.span(call)
    if draft.embed(call, "await ").startswith("("):
        return (Edit(start, start, "(await "), Edit(end, end, ")"))
    return (Edit(start, start, "await "),)
