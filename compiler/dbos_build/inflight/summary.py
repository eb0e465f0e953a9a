"""A summary of what is in flight: workflows that are judged alike, counted together.

In: workflows and their judgements, one after the other. Out: a `Summary`, the worst first, with the
ids of each group. Never: holds more of a workflow than its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dbos_build.inflight.judging import KINDS, TAKEN, Build, Compare, Judgement, judge
from dbos_build.inflight.reading import Workflow


@dataclass(frozen=True, slots=True)
class Group:
    """Workflows judged alike, by their ids. `begun` is False for those that still wait."""

    name: str
    application_version: str | None
    workflow_version: str | None
    begun: bool
    judgements: tuple[Judgement, ...]
    ids: list[str] = field(default_factory=list, compare=False)

    @property
    def kind(self) -> str:
        """What the best of the builds can do."""
        return self.judgements[0].kind if self.judgements else KINDS[-1]

    @property
    def is_stranded(self) -> bool:
        """Whether no build goes on with them."""
        return self.kind not in TAKEN


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything in flight, judged; groups stand in the order of their urgency."""

    builds: tuple[Build, ...]
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many workflows are in flight."""
        return sum(len(each.ids) for each in self.groups)

    @property
    def stranded(self) -> int:
        """How many of them no build goes on with."""
        return sum(len(each.ids) for each in self.groups if each.is_stranded)


def summarise(workflows: Iterable[Workflow], builds: Sequence[Build], compare: Compare) -> Summary:
    """Judge every workflow by every build; records alike are judged once, however many."""
    judged: dict[object, Group] = {}
    groups: dict[Group, Group] = {}
    for each in workflows:
        record = tuple((one.position, one.name) for one in each.operations)
        versions = (each.application_version, each.workflow_version)
        key = (each.name, *versions, each.begun, record)
        group = judged.get(key)
        if group is None:
            found = Group(each.name, *versions, each.begun, judge(each, builds, compare))
            group = judged[key] = groups.setdefault(found, found)
        group.ids.append(each.id)
    ordered = sorted(groups.values(), key=_urgency)
    return Summary(tuple(builds), tuple(ordered))


def _urgency(group: Group) -> tuple[int, int, str, str, str]:
    return (
        -KINDS.index(group.kind),
        -len(group.ids),
        group.name,
        group.workflow_version or "",
        repr(group.judgements),
    )
