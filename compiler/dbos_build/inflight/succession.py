"""Succession: which former versions of a workflow a build is proven to go on with.

In: the manifest of a build, and what lock files before it said. Out: the manifest with the list of
proofs that its registry carries to the runtime.
Never: proves anything that `comparing` does not; keeps a proof whose chain is broken.

A lock file holds the flow of one version only, so a proof is made at the moment at which one
version follows another: by `build`, which finds the former lock beside the sources. With every
branch of the former code counted as possible, proofs chain: what fits B and was proven to go on
with A's records goes on with whatever C is proven for. So the list of B, each reason led through B,
becomes the list of C; when the step from B to C is not proven, all of it is dropped.

`verify` has the sources and the committed lock, and not the lock before that. It cannot make the
proofs again, and need not: each is a fact about two versions, and the lock that it reads names
both. As long as the version in the lock is that of the sources, the list belongs to it and is kept
as data, checked for its form; otherwise the lock is stale anyhow. Who edits a lock by hand can
write a false proof into it, just as a false registry: both are reviewed with the sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dbos_build.building.manifest import (
    Locked,
    Manifest,
    Proof,
    WorkflowEntry,
    lock_text,
    read_lock,
)
from dbos_build.diff import build as builds
from dbos_build.diff.build import Build
from dbos_build.error import ManifestError, SourceError
from dbos_build.inflight import proving
from dbos_build.reading import sources

LONGEST = 50
"""How many former versions a workflow keeps, the newest first."""
_BY_WAY = " (by way of "


@dataclass(frozen=True, slots=True)
class Former:
    """What a lock file said before: versions with their proofs, and all that can be compared."""

    workflows: Mapping[str, Locked]
    build: Build


def on_disk(lock: Path) -> tuple[Former, ...]:
    """Return what the lock file of a project says, before it is written anew."""
    try:
        return former(sources.read_text(lock), lock.name) if lock.is_file() else ()
    except SourceError:
        return ()


def former(text: str, origin: str) -> tuple[Former, ...]:
    """Return what a lock file said: one lock, or both sides of a merge conflict.

    A file that is no lock of this format, or whose flows another release drew, is as good as none:
    what it proved is lost.
    """
    found: list[Former] = []
    for side in _sides(text) or (text,):
        try:
            build = builds.of_lock(side, origin)
            if build.has_comparable_flows:
                found.append(Former(read_lock(side, origin), build))
        except ManifestError:
            continue
    return tuple(found)


def carried(made: Manifest, before: Sequence[Former]) -> Manifest:
    """Return the manifest of a new build with the proofs that follow from former locks."""
    return _with(made, before, builds.of_lock(lock_text(made), "the new build") if before else None)


def kept(made: Manifest, committed: Sequence[Former]) -> Manifest:
    """Return the manifest with the proofs of a lock, where that has the same versions."""
    return _with(made, committed, None)


def _with(made: Manifest, before: Sequence[Former], new: Build | None) -> Manifest:
    entries: list[WorkflowEntry] = []
    for each in made.workflows:
        found = proofs(each.name, each.version, before, new)
        listed = tuple(Proof(*pair) for pair in found.items())
        entries.append(replace(each, takes_over=listed))
    return replace(made, workflows=tuple(entries))


def proofs(
    name: str, version: str, before: Sequence[Former], new: Build | None
) -> Mapping[str, str]:
    """Return why a workflow goes on with former versions, by version, the newest first.

    Without `new`, the build that has this version, no new proof is made.
    """
    found: dict[str, str] = {}
    for each in before:
        locked = each.workflows.get(name)
        if locked is None:
            continue
        if locked.version == version:
            followed = iter([(proof.version, proof.reason) for proof in locked.takes_over])
        elif new is None:
            continue
        else:
            followed = _followed(name, locked, each.build, new)
        for former_version, reason in followed:
            found.setdefault(former_version, reason)
    found.pop(version, None)
    return dict(list(found.items())[:LONGEST])


def _followed(name: str, locked: Locked, old: Build, new: Build) -> Iterator[tuple[str, str]]:
    """The proofs after one step from a former version to the new one."""
    made = proving.difference(name, old, new)
    if not made.safe:
        return
    yield locked.version, made.reason
    for each in locked.takes_over:
        first = each.reason.partition(_BY_WAY)[0]
        yield each.version, f"{first}{_BY_WAY}{locked.version})"


def _sides(text: str) -> tuple[str, ...]:
    """Both texts of a file with conflict markers; empty for one without."""
    ours: list[str] = []
    theirs: list[str] = []
    reading: tuple[list[str], ...] = (ours, theirs)
    conflicted = False
    for line in text.splitlines(keepends=True):
        mark = line[:7]
        if mark == "<<<<<<<":
            conflicted, reading = True, (ours,)
        elif mark == "|||||||" and conflicted:
            reading = ()
        elif mark == "=======" and conflicted:
            reading = (theirs,)
        elif mark == ">>>>>>>" and conflicted:
            reading = (ours, theirs)
        else:
            for side in reading:
                side.append(line)
    return ("".join(ours), "".join(theirs)) if conflicted else ()
