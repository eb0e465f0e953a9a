"""A second look at what a flow hardly shows: code that runs without its name being written.

In: the closures of one workflow in two builds: a digest per element, by label. Out: an element that
changed and may decide something. `f"{price}"` runs `Price.__str__`, and `price.rate` reads an
attribute of a class that nothing may tell. The values in a flow say so as far as the analysis knows
the objects; the closure holds every member that may be meant.
Never: calls a change of such an element safe; equal flows are no proof then.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbos_build.building.contracts import Shape
from dbos_build.diff import comparing
from dbos_build.diff.build import Build, Workflow
from dbos_build.diff.comparing import Verdict

_MAKERS = frozenset({"__init__", "__new__", "__post_init__", "__call__"})
"""Special methods whose calls are written out."""


def operations(
    before: Workflow, after: Workflow, old: Build, new: Build, *, every_branch: bool = False
) -> Verdict:
    """Return whether what a workflow recorded replays in its new code.

    `every_branch` is that of `comparing.compare`.
    """
    if before.version == after.version:
        return Verdict("identical", "its replay cannot have changed: the version is the same")
    for build in (old, new):
        if not build.has_comparable_flows:
            return Verdict(
                "unknown",
                f"{build.title} was written by another release of dbos-build, which draws flows "
                "in another way; build again at that revision, or compare with its sources",
            )
    verdict = comparing.compare(before.flow, after.flow, every_branch=every_branch)
    if not verdict.is_safe:
        return verdict
    hidden = unseen(before, after, old, new)
    return verdict if hidden is None else Verdict("unknown", hidden)


def unseen(before: Workflow, after: Workflow, old: Build, new: Build) -> str | None:
    """Why equal flows do not prove that a workflow does the same; None when they do."""
    labels = before.closure.keys() | after.closure.keys()
    for label in sorted(labels):
        if before.closure.get(label) == after.closure.get(label):
            continue
        kind, _, name = label.partition(" ")
        if kind == "function" and _is_special(name):
            return f"{_spelled(label)} changed, which runs without being called by its name"
        is_shared = label in before.closure and label in after.closure
        if kind in ("instances", "module") and is_shared:
            return f"{_spelled(label)} changed, and where it is used cannot be told"
        if kind == "class" and is_shared and not _only_fields(name, old.shapes, new.shapes):
            return f"{_spelled(label)} changed, and which objects are made of it cannot be told"
    return None


def _only_fields(name: str, old: Mapping[str, Shape], new: Mapping[str, Shape]) -> bool:
    """Whether all that changed in a class of stored values are the fields of its instances."""
    path, _, qualname = name.partition(":")
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for key, before in old.items():
        owner, _, found = key.partition(":")
        if found == qualname and (module == owner or module.endswith(f".{owner}")):
            after = new.get(key)
            return (
                after is not None
                and before.kind == after.kind != "class"
                and before.constants == after.constants
                and before.bases == after.bases
            )
    return False


def _is_special(name: str) -> bool:
    """Whether `path:qualname` is a method that Python calls by itself."""
    owner, _, last = name.partition(":")[2].rpartition(".")
    is_dunder = last.startswith("__") and last.endswith("__")
    return bool(owner) and is_dunder and last not in _MAKERS


def _spelled(label: str) -> str:
    kind, _, name = label.partition(" ")
    path, _, qualname = name.rpartition(":")
    return f"the {kind} `{qualname or path}`"
