"""Fixing a whole project, in rounds, with the analysis as the judge of every fix.

In: a project, its settings, and how findings are made. Out: a `ProjectResult`. Never does: keep a
fix that leaves its finding in place or brings in another one; run for ever; write files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbos_build.findings import Finding, Severity
from dbos_build.fixes.outcome import FixResult, ProjectResult
from dbos_build.fixes.planning import OVERLAPS, plan
from dbos_build.reading.sources import Project

ROUNDS_MAX = 10
ALONE_MAX = 24
"""How many fixes of one file are tried one by one when all of them together made things worse."""

_FUNCTION = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)

Check = Callable[[Project], Sequence[Finding]]
_Count = Counter[tuple[str, str]]


@dataclass(slots=True)
class _Progress:
    """What has been done so far; `rejected` are fixes that the analysis did not like."""

    project: Project
    findings: tuple[Finding, ...]
    applied: list[Finding] = field(default_factory=list)
    rejected: set[tuple[str, str, str]] = field(default_factory=set)
    skipped: dict[Finding, str] = field(default_factory=dict)


def fix(project: Project, check: Check, *, unsafe: bool = False) -> ProjectResult:
    """Fix the files that the user asked about until nothing more can be fixed.

    `check` gives the findings of a project. Each round fixes what does not overlap, file by file,
    and checks again; a file whose fixes made it worse is fixed one finding at a time.
    """
    state = _Progress(project, tuple(check(project)))
    for _ in range(ROUNDS_MAX):
        results = _round(state, unsafe)
        if not _accept(state, results, check) and not _one_by_one(state, results, check):
            break
    old = _texts(project)
    changed = {path: text for path, text in _texts(state.project).items() if old[path] != text}
    remaining = set(state.findings)
    return ProjectResult(
        texts=changed,
        applied=tuple(state.applied),
        remaining=state.findings,
        skipped=tuple((each, why) for each, why in state.skipped.items() if each in remaining),
    )


def _round(state: _Progress, unsafe: bool) -> dict[str, FixResult]:
    """Plan every file that was asked about and has findings; only those that would change."""
    texts = _texts(state.project)
    by_path: dict[str, list[Finding]] = {}
    for finding in state.findings:
        if _key(finding) in state.rejected:
            state.skipped.setdefault(finding, "the fix would bring in another finding")
        elif finding.path in texts and state.project.is_requested(finding.path):
            by_path.setdefault(finding.path, []).append(finding)
    results: dict[str, FixResult] = {}
    for path, findings in by_path.items():
        result = plan(texts[path], findings, unsafe=unsafe, reserved=_reserved(texts, path))
        texts[path] = result.text
        for finding, reason in result.skipped:
            if reason != OVERLAPS:
                state.skipped[finding] = reason
        if result.applied:
            results[path] = result
    return results


def _reserved(texts: Mapping[str, str], path: str) -> frozenset[str]:
    """The names of functions in all files but one."""
    return frozenset(
        name for other, text in texts.items() if other != path for name in _FUNCTION.findall(text)
    )


def _accept(state: _Progress, results: Mapping[str, FixResult], check: Check) -> bool:
    """Take over the new texts if they are better; False when there are none or they are not."""
    if not results:
        return False
    project = _with_texts(state.project, {path: each.text for path, each in results.items()})
    findings = tuple(check(project))
    done = [finding for result in results.values() for finding in result.applied]
    if not _is_better(state.findings, findings, done):
        return False
    state.project, state.findings = project, findings
    state.applied += done
    return True


def _one_by_one(state: _Progress, results: Mapping[str, FixResult], check: Check) -> bool:
    """Try the files of a refused round alone, then their findings; whether one was accepted.

    At most one file or finding is taken over, since it moves the places of all others.
    """
    for path, result in results.items():
        if len(results) > 1 and _accept(state, {path: result}, check):
            return True
    for path, result in results.items():
        texts = _texts(state.project)
        reserved = _reserved(texts, path)
        for finding in result.applied[:ALONE_MAX]:
            alone = plan(texts[path], [finding], unsafe=True, reserved=reserved)
            if _accept(state, {path: alone} if alone.applied else {}, check):
                return True
            state.rejected.add(_key(finding))
            state.skipped[finding] = "the fix would bring in another finding"
    return False


def _is_better(old: Sequence[Finding], new: Sequence[Finding], done: Sequence[Finding]) -> bool:
    """Whether every fixed finding is gone and none has come."""
    before, after = _count(old), _count(new)
    for finding in done:
        before[finding.path, finding.code] -= 1
    return all(after[key] <= before[key] for key in after)


def adds_nothing(
    old: Sequence[Finding], new: Sequence[Finding], done: Sequence[Finding] = ()
) -> bool:
    """Whether a change brought in no finding that is more than advice, wherever it stands.

    `done` are findings that the change was made for, and that must be gone.
    """
    return _is_better(old, new, done)


def _count(findings: Iterable[Finding]) -> _Count:
    """How many findings of a code a file has; advice is left out, as fixes may well bring some."""
    return Counter(
        (each.path, each.code) for each in findings if each.severity is not Severity.INFO
    )


def _key(finding: Finding) -> tuple[str, str, str]:
    """What a finding is called across rounds, while lines move."""
    return (finding.path, finding.code, f"{finding.message} {finding.column}")


def _texts(project: Project) -> dict[str, str]:
    return {source.path: source.text for source in project.sources if source.text is not None}


def _with_texts(project: Project, texts: Mapping[str, str]) -> Project:
    return replace(
        project,
        sources=tuple(
            replace(source, text=texts.get(source.path, source.text)) for source in project.sources
        ),
    )
