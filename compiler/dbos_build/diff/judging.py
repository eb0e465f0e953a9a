"""The judgement of a new build: a verdict per workflow, with everything that speaks against it.

In: two builds. Out: a `Comparison`, the worst first. A workflow is as safe as the weakest of three:
whether its operations can be replayed, whether its stored input fits, whether stored values can be
read. Never: reads files, or prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbos_build.analysis.program import Program
from dbos_build.diff.build import Build, Place, Workflow, of_lock, of_program
from dbos_build.diff.comparing import Point, Verdict
from dbos_build.diff.names import (
    changed_queues,
    changed_schedules,
    lost_workflow,
    renamed_step,
    successor,
)
from dbos_build.diff.parameters import misfits
from dbos_build.diff.placing import finding
from dbos_build.diff.stored import unreadable
from dbos_build.diff.topics import lost_topics
from dbos_build.diff.unseen import operations
from dbos_build.findings import Finding, Severity
from dbos_build.rules import (
    changed_contract,
    changed_sequence,
    half_retired_patch,
    lost_name,
    unreadable_value,
)

VERDICTS = ("breaking", "unknown", "forward-safe", "equivalent", "identical")
"""Every verdict, the worst first."""
UNSAFE = frozenset({"breaking", "unknown"})


@dataclass(frozen=True, slots=True)
class Spot:
    """One operation of a trace as one of the builds has it; `line` is 0 when it is not known."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a trace: what a run has recorded, and what each build has in its place."""

    operation: str
    old: Spot | None
    new: Spot | None


@dataclass(frozen=True, slots=True)
class InFlight:
    """Who is in flight in one workflow: in words, and the ids of those under the old version.

    `begun` have run, `waiting` have not; `others` are of further versions.
    """

    told: str
    begun: tuple[str, ...]
    waiting: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the new build does to one workflow.

    `verdict` is one of `VERDICTS`; `change` is same, changed, new or removed. The last step of the
    trace is the one at which the builds differ. `in_flight` is None when nobody asked a database.
    """

    name: str
    verdict: str
    change: str
    reason: str
    trace: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    in_flight: InFlight | None = None

    @property
    def is_safe(self) -> bool:
        """Whether every run that began under the old build can go on in the new one."""
        return self.verdict not in UNSAFE


@dataclass(frozen=True, slots=True)
class Comparison:
    """All judgements, the worst first, and the findings that belong to no single workflow."""

    old: str
    new: str
    workflows: tuple[Judgement, ...]
    findings: tuple[Finding, ...]

    @property
    def is_safe(self) -> bool:
        """Whether the new build can take over everything that the old one began."""
        return all(each.is_safe for each in self.workflows) and not any(
            each.severity is Severity.ERROR for each in self.findings
        )


def verdicts(lock_text: str, title: str, program: Program) -> Comparison:
    """Return what an analysed program does to every workflow that a lock file describes.

    Raises ManifestError, with `title` in its text, for what is not a lock file of our format.
    """
    return judge(of_lock(lock_text, title), of_program(program, "the sources"))


def judge(old: Build, new: Build) -> Comparison:
    """Return what the new build does to every workflow of the old one."""
    judgements = [_judged(name, old, new) for name in sorted({*old.workflows, *new.workflows})]
    findings = (*changed_queues(old, new), *changed_schedules(old, new))
    return Comparison(
        old=old.title,
        new=new.title,
        workflows=tuple(
            sorted(judgements, key=lambda each: (VERDICTS.index(each.verdict), each.name))
        ),
        findings=tuple(sorted(findings, key=lambda each: each.order)),
    )


def _judged(name: str, old: Build, new: Build) -> Judgement:
    """The judgement of one name."""
    before, after = old.workflows.get(name), new.workflows.get(name)
    if before is None:
        return Judgement(name, "forward-safe", "new", "is new; no run of it has begun")
    if after is None:
        reason, found = lost_workflow(before, successor(before, old, new), new)
        return Judgement(name, "breaking", "removed", reason, findings=(found,))
    verdict = operations(before, after, old, new)
    findings = [*_contract_findings(before, after, old, new)]
    worst = next((each for each in findings if each.severity is Severity.ERROR), None)
    if verdict.kind == "breaking":
        found = _sequence_finding(verdict, before, after, old, new)
        findings.insert(0, found)
        reason = found.message
    elif worst is not None:
        reason = worst.message
    else:
        reason = verdict.reason
    return Judgement(
        name=name,
        verdict="breaking" if worst is not None else verdict.kind,
        change="same" if verdict.kind == "identical" and not findings else "changed",
        reason=reason,
        trace=tuple(_step(point, before, after) for point in verdict.trace),
        findings=tuple(findings),
    )


def _contract_findings(
    before: Workflow, after: Workflow, old: Build, new: Build
) -> Iterator[Finding]:
    """What speaks against a workflow beside its operations."""
    for message in misfits(before.contract, after.contract):
        yield finding(changed_contract.RULE, after.place, message, workflow=before.name)
    if before.contract.returns != after.contract.returns:
        message = (
            f"the result was {_type(before.contract.returns)} and is "
            f"{_type(after.contract.returns)}; who reads results sees both"
        )
        yield finding(
            changed_contract.RULE,
            after.place,
            message,
            severity=Severity.INFO,
            workflow=before.name,
        )
    stored = set(before.contract.stores)
    for name in before.steps:
        if name in old.steps:
            stored.update(old.steps[name].stores)
    for name in sorted(stored & old.shapes.keys()):
        message = unreadable(old, new, name) or ""
        if message:
            yield finding(unreadable_value.RULE, after.place, message, workflow=before.name)
    yield from lost_topics(before, after, new)


def _type(annotation: str) -> str:
    return f"`{annotation}`" if annotation else "of no declared type"


def _sequence_finding(
    verdict: Verdict, before: Workflow, after: Workflow, old: Build, new: Build
) -> Finding:
    """The finding for a trace that the new code cannot follow, under the code that explains it."""
    last = verdict.trace[-1] if verdict.trace else Point("", None, None)
    place = after.places.get(last.new, after.place) if last.new is not None else after.place
    was = "" if last.old is None else before.flow.nodes[last.old].name
    now = "" if last.new is None else after.flow.nodes[last.new].name
    renamed = renamed_step(old, new, was, now)
    if renamed is not None:
        return finding(lost_name.RULE, place, renamed, workflow=after.name)
    dropped = _dropped_patch(before, after, last)
    if dropped is not None:
        return finding(half_retired_patch.RULE, place, dropped, workflow=after.name)
    return finding(changed_sequence.RULE, place, verdict.reason, workflow=after.name)


def _dropped_patch(before: Workflow, after: Workflow, last: Point) -> str | None:
    """Whether the difference is the marker of a patch that was never retired."""
    if last.old is None:
        return None
    node = before.flow.nodes[last.old]
    kept = {each.name for each in after.flow.nodes if each.kind in ("patch", "deprecate_patch")}
    if node.kind != "patch" or not node.name or node.name in kept:
        return None
    return (
        f"the patch {node.name!r} was removed, and runs have recorded its marker: call "
        f"DBOS.deprecate_patch({node.name!r}) in its place until the last of them has ended"
    )


def _step(point: Point, before: Workflow, after: Workflow) -> Step:
    return Step(
        operation=point.operation,
        old=_spot(before, point.old),
        new=_spot(after, point.new),
    )


def _spot(workflow: Workflow, number: int | None) -> Spot | None:
    """Where a node of a workflow is written; from a lock file, in which file."""
    if number is None:
        return None
    node = workflow.flow.nodes[number]
    path = node.function.rpartition(":")[0] or workflow.place.path
    place = workflow.places.get(number, Place(path))
    return Spot(place.path, place.line, node.text or f"the {node.kind} of {workflow.name}")
