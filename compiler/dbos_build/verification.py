"""Verification: whether generated files belong to the sources, and a build may replace another.

In: a manifest, the files that it should be in, and what a base revision's lock says. Out: faults,
each with a place that a review can show it at.
Never: writes; takes what cannot be read as a lock file for a stale one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbos_build.building.emit import Output, content_on_disk
from dbos_build.building.explanation import changes
from dbos_build.building.manifest import Locked, Manifest, read_lock
from dbos_build.findings import Severity

if TYPE_CHECKING:
    from dbos_build.diff.judging import Comparison

_CONFLICT_MARKS = (b"<<<<<<< ", b">>>>>>> ")
LONGEST_EXCERPT = 120


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a verification fails. `line` counts from 1; `path` is in posix form.

    `details` explain it, one line each.
    """

    path: str
    line: int
    message: str
    details: tuple[str, ...] = ()


def stale(output: Output, made: Manifest, shown: str) -> Iterator[Fault]:
    """Yield how a file on disk differs from what it should hold; `shown` is its path for people.

    Raises ManifestError when the lock file is none that can be read.
    """
    content = content_on_disk(output.path)
    if content is None:
        yield Fault(shown, 1, "is missing")
    elif content.replace(b"\r\n", b"\n") != output.content:
        if output.path.suffix == ".py":
            yield _stale_registry(content, output, shown)
        else:
            yield from _stale_lock(content, made, shown)


def _stale_registry(content: bytes, output: Output, shown: str) -> Fault:
    """The first line that is not what it should be."""
    old, new = content.splitlines(), output.content.splitlines()
    conflict = next(
        (number for number, line in enumerate(old, 1) if line.startswith(_CONFLICT_MARKS)), 0
    )
    if conflict:
        return Fault(shown, conflict, "has unresolved merge conflicts")
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    details = (f"has    {_excerpt(old, same)}", f"should {_excerpt(new, same)}")
    return Fault(shown, min(same + 1, max(1, len(old))), "is stale", details)


def _excerpt(lines: list[bytes], number: int) -> str:
    if number >= len(lines):
        return "(ends here)"
    text = lines[number].decode("utf-8", "replace").strip()
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"


def _stale_lock(content: bytes, made: Manifest, shown: str) -> Iterator[Fault]:
    """Every workflow whose version the lock has wrong; one fault when it is all the rest."""
    locked = read_lock(content.decode("utf-8", "replace"), shown)
    current = {each.name: Locked(each.version, each.closure) for each in made.workflows}
    found = list(changes(locked, current))
    for change in found:
        yield Fault(shown, 1, change.headline, change.reasons)
    if not found:
        yield Fault(shown, 1, "is stale; the versions of all workflows are as before")


def unsafe(comparison: Comparison) -> Iterator[Fault]:
    """Yield every workflow whose runs of the base could not go on, and every lost queue.

    A fault without a path belongs to something that the sources no longer hold.
    """
    for each in comparison.workflows:
        if each.is_safe:
            continue
        spots = [step.new for step in each.trace if step.new is not None and step.new.line]
        found = each.findings[0] if each.findings else None
        path, line = (found.path, found.line) if found is not None else ("", 1)
        if spots:
            path, line = spots[-1].path, spots[-1].line
        what = "is gone" if each.change == "removed" else f"is {each.verdict}"
        others = tuple(one.message for one in each.findings if one.message != each.reason)
        yield Fault(path, line, f"workflow {each.name} {what}: {each.reason}", others)
    for finding in comparison.findings:
        if finding.severity is Severity.ERROR:
            yield Fault(finding.path, finding.line, finding.message)


def drifted(base: Mapping[str, Locked], made: Manifest, title: str) -> Iterator[str]:
    """Yield workflows whose version changed although nothing that it is made of did.

    That happens when another release of dbos-build wrote the lock: every run would be stranded for
    no reason in the program.
    """
    for each in made.workflows:
        before = base.get(each.name)
        if before is None or before.version == each.version:
            continue
        if dict(before.closure) == dict(each.closure):
            yield (
                f"workflow {each.name} changed its version although nothing in it did: {title} was"
                " written by another dbos-build; use that one"
            )
