"""What an editor can offer to do about findings: their fixes, silencing them, fixing a whole file.

In: a result and the findings under the cursor. Out: actions with the new text of the file. Never
does: work out a fix itself, or offer one that the compiler's own planner refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dbos_build.findings import Finding
from dbos_build.fixes import FIXES, planning
from dbos_build.fixes import project as rounds
from dbos_build.fixes.suppressing import suppress
from dbos_build.reading.sources import Project
from dbos_lint.project import EditedProject, Result

REASON = "say here why replay is safe"
UNSILENCEABLE = frozenset({"DBS990", "DBS991"})


@dataclass(frozen=True, slots=True)
class Action:
    """One offer: what it says, the finding it is about, and the text that it makes of the file.

    `is_preferred` marks fixes that keep what the first execution does.
    """

    title: str
    finding: Finding
    text: str
    is_preferred: bool = False


def offers(result: Result, path: str, findings: Sequence[Finding]) -> Iterator[Action]:
    """What can be done about each finding in a file that parses."""
    if path in result.broken:
        return
    text = result.texts[path]
    reserved = names_elsewhere(result, path)
    for finding in findings:
        fix = FIXES.get(finding.code)
        planned = planning.plan(text, [finding], unsafe=True, reserved=reserved)
        if fix is not None and planned.applied:
            safe = planning.plan(text, [finding], reserved=reserved).applied
            title = f"{finding.code}: {fix.summary}"
            yield Action(
                title if safe else f"{title} (may change results)",
                finding,
                planned.text,
                is_preferred=bool(safe),
            )
    for finding in findings:
        if finding.code not in UNSILENCEABLE:
            silenced = suppress(text, [finding], REASON)
            if silenced != text:
                yield Action(f"{finding.code}: silence it in this line", finding, silenced)


def everything(project: EditedProject, result: Result, path: str) -> str:
    """The text of a file after all safe fixes, each of them judged by the whole analysis."""
    if path in result.broken or path not in result.texts:
        return result.texts.get(path, "")
    only = tuple(replace(each, requested=each.path == path) for each in result.project.sources)
    fixed = rounds.fix(Project(result.root, only), project.judge, unsafe=False)
    return fixed.texts.get(path, result.texts[path])


def names_elsewhere(result: Result, path: str) -> frozenset[str]:
    """The names of durable functions in all other files, and those that they are registered by."""
    program = result.program
    found = (*program.workflows, *program.steps, *program.transactions)
    return frozenset(
        name
        for each in found
        if each.path != path
        for name in (each.name, each.qualname.rpartition(".")[2])
    )
