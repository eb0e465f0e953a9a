"""Names under which work is stored: workflows, steps, queues and schedules that went or changed.

In: two builds. Out: findings, and which workflow has taken the place of one that is gone. Never:
compares what workflows do, except to recognise one under a new name.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbos_build.diff import comparing
from dbos_build.diff.build import Build, Queue, Workflow
from dbos_build.diff.placing import finding
from dbos_build.findings import Finding, Severity
from dbos_build.rules import changed_contract, lost_name

_SAME = ("identical", "equivalent")


def successor(gone: Workflow, old: Build, new: Build) -> Workflow | None:
    """The workflow that seems to be a lost one under another name.

    It is new itself, and does the same, or is the same function elsewhere.
    """
    added = [each for name, each in sorted(new.workflows.items()) if name not in old.workflows]
    for each in added:
        if each.qualname.rpartition(".")[2] == gone.qualname.rpartition(".")[2]:
            return each
    for each in added:
        if each.version == gone.version:
            return each
        if comparing.compare(gone.flow, each.flow).kind in _SAME and len(each.flow.nodes) > 2:
            return each
    return None


def lost_workflow(gone: Workflow, heir: Workflow | None, new: Build) -> tuple[str, Finding]:
    """Why work that is stored under a name finds no workflow any more, and the finding."""
    if heir is None:
        reason = f"the workflow {gone.name!r} is gone; what began under it cannot go on"
        place = gone.place
    else:
        reason = (
            f"the workflow {gone.name!r} seems to be {heir.name!r} now; stored work still names "
            f"{gone.name!r}: keep it with name={gone.name!r}"
        )
        place = heir.place
    return reason, finding(lost_name.RULE, place, reason, workflow=gone.name)


def renamed_step(old: Build, new: Build, before: str, after: str) -> str | None:
    """What happened to a step that a run has recorded and the new code calls by another name."""
    former, now = old.steps.get(before), new.steps.get(after)
    if former is None or now is None or before in new.steps or after in old.steps:
        return None
    return (
        f"the {former.kind} {before!r} seems to be {after!r} now; records still name {before!r}: "
        f"keep it with name={before!r}"
    )


def changed_queues(old: Build, new: Build) -> Iterator[Finding]:
    """Queues that went or changed, while work may wait on them."""
    for name, before in sorted(old.queues.items()):
        after = new.queues.get(name)
        if after is None:
            message = f"the queue {name!r} is gone; what waits on it is never begun"
            yield finding(lost_name.RULE, before.place, message)
        elif before.options is not None and after.options is not None:
            yield from _changed_options(before, after)


def _changed_options(before: Queue, after: Queue) -> Iterator[Finding]:
    """What the options of a queue mean for work that waits on it already."""
    was, now = before.options or {}, after.options or {}
    for key in sorted({*was, *now}):
        if was.get(key) == now.get(key) or (not was.get(key) and not now.get(key)):
            continue
        severity, meaning = Severity.INFO, "what waits is handed out under the new one"
        if key == "partition_queue" and now.get(key):
            severity = Severity.ERROR
            meaning = "what waits has no partition key, and so no limit holds for it"
        elif key == "partition_queue":
            severity = Severity.WARNING
            meaning = "what waits with a partition key is still handed out one by one for each key"
        elif key == "priority_enabled":
            severity = Severity.WARNING
            meaning = "what waits is handed out in another order"
        message = (
            f"{key} of the queue {before.name!r} was {was.get(key)!r} and is {now.get(key)!r}: "
            f"{meaning}"
        )
        yield finding(changed_contract.RULE, after.place, message, severity=severity)


def changed_schedules(old: Build, new: Build) -> Iterator[Finding]:
    """Schedules that went or changed; nothing in flight breaks by that."""
    for name, before in sorted(old.schedules.items()):
        after = new.schedules.get(name)
        if after is None and name in new.workflows:
            message = f"the schedule of the workflow {name!r} is gone; no new runs begin by it"
            place = new.workflows[name].place
            yield finding(lost_name.RULE, place, message, severity=Severity.INFO)
        elif after is not None and after.crons != before.crons:
            message = (
                f"the schedule of the workflow {name!r} was {_spelled(before.crons)} and is "
                f"{_spelled(after.crons)}"
            )
            yield finding(changed_contract.RULE, after.place, message, severity=Severity.INFO)


def _spelled(crons: tuple[str, ...]) -> str:
    return ", ".join(map(repr, crons))
