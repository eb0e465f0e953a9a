"""What a flow cannot see: code that runs without its name standing where it runs.

In: the closures of one workflow in two builds: a digest per element, by label. Out: an element that
changed and may decide something unseen. `f"{price}"` runs `Price.__str__`, and `price.rate` reads
an attribute of a class that nothing may tell: the values in a flow do not say so, but the closure
holds every member that may be meant.
Never: calls a change of such an element safe; that the flows are equal proves nothing then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbos_build.diff.build import Build, Workflow

_MAKERS = frozenset({"__init__", "__new__", "__post_init__", "__call__"})
"""Special methods whose calls are written out."""


def unseen(before: Workflow, after: Workflow, old: Build, new: Build) -> str | None:
    """Why equal flows do not prove that a workflow does the same; None when they do."""
    shared = before.closure.keys() & after.closure.keys()
    changed = sorted(label for label in shared if before.closure[label] != after.closure[label])
    for label in changed:
        kind, _, name = label.partition(" ")
        if kind == "class" and _only_fields(label, old, new):
            continue
        if kind in ("class", "instances", "module") or (kind == "function" and _is_member(name)):
            return f"{_spelled(label)} changed, and where it is used cannot be told"
    for label in sorted(before.closure.keys() ^ after.closure.keys()):
        if _may_replace(label, before.closure, after.closure):
            return f"{_spelled(label)} may now be meant where something else was, or no longer"
    holders = sorted(_members(before.closure))
    if holders:
        for label in changed:
            if label.partition(" ")[0] in ("variable", "function"):
                return f"{_spelled(label)} changed, which {_spelled(holders[0])} may depend on"
    return None


def _only_fields(label: str, old: Build, new: Build) -> bool:
    """Whether all that changed in a class of stored values are the fields of its instances."""
    path, _, qualname = label.partition(" ")[2].partition(":")
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for name, before in old.shapes.items():
        owner, _, found = name.partition(":")
        if found == qualname and (module == owner or module.endswith(f".{owner}")):
            after = new.shapes.get(name)
            return (
                after is not None
                and before.kind == after.kind != "class"
                and before.constants == after.constants
                and before.bases == after.bases
            )
    return False


def _may_replace(label: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether an element that only one build has may be called in the place of another one."""
    kind, _, name = label.partition(" ")
    if kind != "function" or not _is_member(name):
        return False
    last = name.rpartition(".")[2]
    if last.startswith("__") and last.endswith("__"):
        return last not in _MAKERS
    others = after if label in before else before
    return any(each.endswith(f".{last}") for each in _members(others))


def _members(closure: Mapping[str, str]) -> Iterator[str]:
    """The methods, properties and classes of a closure."""
    for label in closure:
        kind, _, name = label.partition(" ")
        if kind == "class" or (kind == "function" and _is_member(name)):
            yield label


def _is_member(name: str) -> bool:
    """Whether `path:qualname` is a function in the body of a class."""
    return "." in name.partition(":")[2]


def _spelled(label: str) -> str:
    kind, _, name = label.partition(" ")
    path, _, qualname = name.rpartition(":")
    return f"the {kind} `{qualname or path}`"
