"""The fix hoist-queue: a queue made inside a function is declared at module level.

In: a draft and a finding. Out: a change. Never does: hoist a queue whose name or options depend on
the function.
"""

from __future__ import annotations

import re

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes import names
from dbos_build.fixes.change import Change, Definition, Edit, Unfixable
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.names import dotted
from dbos_build.fixes.parameters import move
from dbos_build.fixes.steps import above
from dbos_build.fixes.transactions import removal

_NOT_A_WORD = re.compile(r"\W+")


def hoist_queue(draft: Draft, finding: Finding) -> Change:
    """Declare the queue above the function, under the name it has there."""
    call = draft.locate(finding, cst.Call, lambda node: _is_queue(draft, node))
    if draft.function_around(call) is None:
        raise Unfixable("it is at module level already")
    moved = move(draft, call)
    if moved.parameters or moved.imports:
        raise Unfixable("the queue depends on the function around it")
    assignment = _assignment(draft, call)
    wanted = assignment.targets[0].target if assignment else None
    base = wanted.value if isinstance(wanted, cst.Name) else ""
    known = _same_queue(draft, moved.text)
    name = known or _free_name(draft, call, base if assignment else None)
    definitions: tuple[Definition, ...] = ()
    if known is None:
        offset = above(draft, draft.top_level(call))
        definitions = (Definition(name, f"{name} = {moved.text}", offset),)
    if assignment is not None and name == base:
        return Change(edits=(removal(draft, assignment),), definitions=definitions)
    start, end = draft.span(call)
    return Change(edits=(Edit(start, end, name),), definitions=definitions)


def _is_queue(draft: Draft, call: cst.Call) -> bool:
    return bool(draft.qualified(call.func) & {"dbos.Queue"}) or dotted(call.func) == "Queue"


def _assignment(draft: Draft, call: cst.Call) -> cst.Assign | None:
    """`name = Queue(…)`, when the function binds that name only once."""
    parent = draft.parents.get(call)
    if not isinstance(parent, cst.Assign) or len(parent.targets) != 1:
        return None
    target = parent.targets[0].target
    scope = draft.scope_of(call)
    if not isinstance(target, cst.Name) or scope is None or len(list(scope[target.value])) != 1:
        return None
    return parent


def _free_name(draft: Draft, call: cst.Call, local: str | None) -> str:
    """The name that the function gave the queue, or one made from the queue's own name."""
    used = _taken(draft, local)
    return local if local and local not in used else names.fresh(_name_of(call), used)


def _taken(draft: Draft, local: str | None) -> frozenset[str]:
    """Names that the queue cannot have; the local that it replaces only if others share it."""
    used = names.taken(draft)
    if local is None:
        return used
    functions = [node for node in draft.nodes if isinstance(node, cst.Name) and node.value == local]
    holders = {draft.top_level(node) for node in functions}
    return used - {local} if len(holders) == 1 else used


def _same_queue(draft: Draft, text: str) -> str | None:
    """The name of a declaration of the same queue that is to be added already."""
    for definition in draft.definitions:
        if definition.text == f"{definition.name} = {text}":
            return definition.name
    return None


def _name_of(call: cst.Call) -> str:
    """A name made from the queue's own: `orders_queue` for `Queue("orders")`."""
    first = call.args[0].value if call.args else None
    value = first.evaluated_value if isinstance(first, cst.SimpleString) else None
    word = _NOT_A_WORD.sub("_", value.lower()).strip("_") if isinstance(value, str) else ""
    if not word or not word[0].isalpha() or not word.isascii():
        return "queue"
    return word if word.endswith("queue") else f"{word}_queue"
