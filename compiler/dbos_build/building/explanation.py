"""Why a workflow has the version it has, and why it has another one than before.

In: versions, or what two lock files say. Out: the elements of a closure with the way to each, and
per changed workflow the elements that changed it.
Never: computes a version; everything here is a view.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dbos_build.building.manifest import Locked
from dbos_build.versions import Part, WorkflowVersion

_GROUPS = (
    ("code that replays", ("workflow", "function", "class", "instances", "variable")),
    ("modules taken whole, because something in them is reached by text", ("module",)),
    ("durable operations, by identity only", ("boundary",)),
)


@dataclass(frozen=True, slots=True)
class Change:
    """How one workflow differs between two builds, and which elements are the reason."""

    name: str
    old: str | None
    new: str | None
    reasons: tuple[str, ...]

    @property
    def headline(self) -> str:
        """The change in one line."""
        if self.old is None:
            return f"workflow {self.name}: is new ({self.new})"
        if self.new is None:
            return f"workflow {self.name}: is gone (was {self.old})"
        return f"workflow {self.name}: changed from {self.old} to {self.new}"


def explain(version: WorkflowVersion) -> Iterator[str]:
    """Yield the closure of a workflow, line by line: each element, and what led to it."""
    yield f"{version.version}  {version.name}"
    for title, kinds in _GROUPS:
        parts = [part for part in version.parts if part.kind in kinds]
        if not parts:
            continue
        yield ""
        yield f"{title}:"
        width = max(len(part.label) for part in parts)
        for part in parts:
            yield f"  {_line(part, width)}".rstrip()


def changes(old: Mapping[str, Locked], new: Mapping[str, Locked]) -> Iterator[Change]:
    """Yield every workflow whose version differs between two builds, by name."""
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            yield Change(
                name=name,
                old=before.version if before else None,
                new=after.version if after else None,
                reasons=(),
            )
        elif before.version != after.version:
            yield Change(name, before.version, after.version, tuple(_reasons(before, after)))


def _line(part: Part, width: int) -> str:
    origin = f"from {part.via}" if part.via else ""
    return f"{part.label:{width}}  {origin}"


def _reasons(before: Locked, after: Locked) -> Iterator[str]:
    """The elements that differ; without any, only how they refer to each other has changed."""
    old, new = before.closure, after.closure
    changed = [label for label in sorted(old.keys() & new.keys()) if old[label] != new[label]]
    yield from (f"  changed: {label}" for label in changed)
    yield from (f"  now reaches {label}" for label in sorted(new.keys() - old.keys()))
    yield from (f"  no longer reaches {label}" for label in sorted(old.keys() - new.keys()))
    if not changed and old.keys() == new.keys():
        yield "  what its elements refer to has changed"
