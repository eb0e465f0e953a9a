"""Which build can take over a workflow in flight, and how sure that is.

In: a workflow with what it has recorded, and builds. Out: a `Judgement` per build, the surest
first. Never: runs code, or takes a record that fits by its names for a proof: arguments and
conditions may differ all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dbos_build.diff.build import Build as Code
from dbos_build.inflight import fitting
from dbos_build.inflight.proving import Difference
from dbos_build.inflight.reading import Workflow
from dbos_build.report.plain import counted

RUNS, PROVEN, BEGINS, FITS, STRANDED = "runs", "proven", "begins", "fits", "stranded"
KINDS = (RUNS, PROVEN, BEGINS, FITS, STRANDED)
"""From the surest to none:

- runs: processes of the build go on with it as with their own.
- proven: the code differs, but every record of the old fits the new. They go on with it when the
  configuration says `"take_over": "proven-safe"`, or when it is resumed.
- begins: it has not begun, so only its inputs have to fit, and they do. It has to be resumed.
- fits: its record fits by the names of the operations. Nothing proves more.
- stranded: nothing lets it go on there.
"""
TAKEN = (RUNS, PROVEN)
_COMPUTED = re.compile(r"[a-z]\d+-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Build:
    """A build that may take work over.

    `label` is what to call it; `takes_over` tells, by workflow, of former versions that it is
    proven to go on with, and why.
    """

    label: str
    application_version: str
    code: Code
    takes_over: Mapping[str, Mapping[str, str]]


Compare = Callable[[str, str, Build], Difference | None]
"""From a workflow's name, its former version and a build; None when nobody knows that version."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one build can do with a workflow."""

    build: str
    kind: str
    reason: str


def judge(workflow: Workflow, builds: Sequence[Build], compare: Compare) -> tuple[Judgement, ...]:
    """Judge a workflow by every build, the surest judgement first."""
    made = [_judged(workflow, build, compare) for build in builds]
    return tuple(sorted(made, key=lambda each: KINDS.index(each.kind)))


def _judged(workflow: Workflow, build: Build, compare: Compare) -> Judgement:
    found = _by_versions(workflow, build)
    if found is not None:
        return Judgement(build.label, *found)
    kind, reason = _by_code(workflow, build, compare)
    pinned = workflow.application_version
    if kind not in TAKEN and pinned is not None and not _COMPUTED.fullmatch(pinned):
        reason += (
            f"; its application version {pinned!r} is set by hand, and a process set to the same "
            "takes it over whatever its code"
        )
    return Judgement(build.label, kind, reason)


def _by_versions(workflow: Workflow, build: Build) -> tuple[str, str] | None:
    built = build.code.workflows.get(workflow.name)
    if built is None:
        return STRANDED, "there is no workflow of this name: removed, renamed, or another program's"
    if built.version == workflow.workflow_version:
        return RUNS, "the same version of the workflow"
    if workflow.application_version == build.application_version:
        return RUNS, "the same version of the application"
    if workflow.application_version is None:
        return RUNS, "it is bound to no version; whichever process comes first takes it"
    proof = build.takes_over.get(workflow.name, {}).get(workflow.workflow_version or "")
    return None if proof is None else (PROVEN, proof)


def _by_code(workflow: Workflow, build: Build, compare: Compare) -> tuple[str, str]:
    """Judge by what the former code was, where that is known, and by the record."""
    known = None
    if workflow.workflow_version is not None:
        known = compare(workflow.name, workflow.workflow_version, build)
    if known is not None and known.safe:
        return PROVEN, known.reason
    if not workflow.begun:
        return _by_inputs(known)
    if known is not None and known.inputs:
        return STRANDED, known.inputs
    graph = build.code.workflows[workflow.name].flow
    why = _why_unproven(workflow, known)
    found = fitting.fits(graph, workflow.operations)
    if found.ok:
        followed = ", as far as the code can be followed" if found.opaque else ""
        number = counted(len(workflow.operations), "operation")
        return FITS, f"its record fits by names ({number}){followed}, but {why}"
    return STRANDED, f"{found.reason}; {why}"


def _by_inputs(known: Difference | None) -> tuple[str, str]:
    if known is None:
        return BEGINS, (
            "it has not begun, so it can when its inputs fit; nothing is known of the version that "
            "enqueued it"
        )
    if known.inputs:
        return STRANDED, known.inputs
    return BEGINS, "it has not begun, and its inputs fit"


def _why_unproven(workflow: Workflow, known: Difference | None) -> str:
    if known is not None:
        return known.reason
    if workflow.workflow_version is None:
        return "it was begun without a registry, so nothing is known of its code"
    return f"nothing is known of version {workflow.workflow_version}; give its lock with --build"
