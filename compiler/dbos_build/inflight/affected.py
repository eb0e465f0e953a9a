"""What a comparison of two builds means for a database: who is in flight under the old one.

In: everything in flight, and the old build. Out: per workflow, the ids that began, or wait, under
the old version of its code. Never judges; that is the comparison's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbos_build.diff.build import Build
from dbos_build.diff.judging import Comparison, InFlight
from dbos_build.inflight.reading import Workflow
from dbos_build.report.plain import counted

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Affected:
    """The workflows of one name in flight under the old version, by id, and how many others."""

    begun: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many are in flight under the old version."""
        return len(self.begun) + len(self.waiting)


def affected(workflows: Iterable[Workflow], old: Build) -> Mapping[str, Affected]:
    """Return who is in flight, by the name of the workflow; names without any are left out."""
    found: dict[str, Affected] = {}
    for each in workflows:
        known = old.workflows.get(each.name)
        entry = found.setdefault(each.name, Affected())
        if known is None or known.version != each.workflow_version:
            entry.others.append(each.id)
        elif each.begun:
            entry.begun.append(each.id)
        else:
            entry.waiting.append(each.id)
    return found


def sentence(found: Affected | None) -> str:
    """Return who is in flight under the old version, in words; empty for nobody."""
    if found is None or not found.count:
        return ""
    parts = [
        f"{counted(len(ids), 'workflow')} {verb}: {_ids(ids)}"
        for ids, one, many in (
            (found.begun, "is in flight", "are in flight"),
            (found.waiting, "waits on a queue", "wait on a queue"),
        )
        for verb in [one if len(ids) == 1 else many]
        if ids
    ]
    return "under the old version, " + "; ".join(parts)


def with_affected(comparison: Comparison, workflows: Iterable[Workflow], old: Build) -> Comparison:
    """Return a comparison in which every verdict tells who is in flight under the old build."""
    found = affected(workflows, old)
    return replace(
        comparison,
        workflows=tuple(
            replace(each, in_flight=_in_flight(found.get(each.name)))
            for each in comparison.workflows
        ),
    )


def _in_flight(found: Affected | None) -> InFlight:
    known = found or Affected()
    return InFlight(
        told=sentence(found),
        begun=tuple(known.begun),
        waiting=tuple(known.waiting),
        others=tuple(known.others),
    )


def _ids(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:SHOWN])
    return shown if len(ids) <= SHOWN else f"{shown} and {len(ids) - SHOWN} more"
