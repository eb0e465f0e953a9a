"""What an editor can offer to do about findings: their fixes, silencing them, fixing a whole file.

In: a result and the findings under the cursor. Out: offers, which cost nothing, and for one that is
taken the new text of the file or the reason why there is none. Never does: work out a fix itself;
make a text in which the checker finds more than before; load libcst before `prepare` or a fix asks
for it, which takes as long as all else that the server needs at its start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dbos_build.findings import Finding
from dbos_build.fixes import FIXES
from dbos_build.fixes.suppressing import suppress
from dbos_build.reading.sources import Project
from dbos_lint.project import EditedProject, Result

REASON = "say here why replay is safe"
UNSILENCEABLE = frozenset({"DBS990", "DBS991"})
MAY_CHANGE = " (may change results)"


@dataclass(frozen=True, slots=True)
class Action:
    """One offer: what it says, the finding it is about, and the text that it makes of the file.

    The text of a fix is None until it is worked out. `is_preferred` marks fixes that keep what the
    first execution does.
    """

    title: str
    finding: Finding
    text: str | None
    is_preferred: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an offer: the new text of the file, or "" and the reason.

    `caution` says of a text what may come out otherwise than before.
    """

    text: str
    reason: str = ""
    caution: str = ""


def prepare() -> None:
    """Load what the first fix would have to wait for."""
    from dbos_build.fixes import project, selecting  # noqa: F401


def fixes(result: Result, path: str, findings: Sequence[Finding]) -> Iterator[Action]:
    """The fixes that the findings in a file have, as far as the rules alone tell."""
    if path in result.broken:
        return
    for finding in findings:
        fix = FIXES.get(finding.code)
        if fix is not None:
            is_safe = fix.safety == "safe"
            title = f"{finding.code}: {fix.summary}"
            yield Action(title if is_safe else title + MAY_CHANGE, finding, None, is_safe)


def worked_out(
    project: EditedProject, result: Result, path: str, findings: Sequence[Finding]
) -> Iterator[Action]:
    """The fixes that can be made and bring in nothing new, with their texts."""
    for offer in fixes(result, path, findings):
        made = fixed(project, result, path, offer.finding)
        if made.text and made.caution:
            yield Action(offer.title + MAY_CHANGE, offer.finding, made.text)
        elif made.text:
            yield replace(offer, text=made.text)


def silencings(result: Result, path: str, findings: Sequence[Finding]) -> Iterator[Action]:
    """The comments that silence the findings in a file that parses."""
    if path in result.broken:
        return
    text = result.texts[path]
    for finding in findings:
        if finding.code not in UNSILENCEABLE:
            silenced = suppress(text, [finding], REASON)
            if silenced != text:
                yield Action(f"{finding.code}: silence it in this line", finding, silenced)


def fixed(project: EditedProject, result: Result, path: str, finding: Finding) -> Outcome:
    """Fix one finding, judged by the whole analysis."""
    from dbos_build.fixes import planning

    text, reserved = result.texts[path], names_elsewhere(result, path)
    caution = ""
    planned = planning.plan(text, [finding], reserved=reserved)
    if not planned.applied:
        caution = planned.skipped[0][1].removesuffix(planning.UNSAFE).rstrip("; ")
        planned = planning.plan(text, [finding], unsafe=True, reserved=reserved)
    if not planned.applied:
        return Outcome("", planned.skipped[0][1])
    objection = judged(project, result, path, planned.text, finding)
    return Outcome("", objection) if objection else Outcome(planned.text, caution=caution)


def judged(project: EditedProject, result: Result, path: str, text: str, *done: Finding) -> str:
    """What the checker has against a new text of a file that was made to fix findings; "" if
    nothing: they are gone, and none has come anywhere in the project."""
    from dbos_build.fixes import project as rounds

    sources = (
        replace(each, text=text) if each.path == path else each for each in result.project.sources
    )
    before = project.judge(result.project)
    after = project.judge(Project(result.root, tuple(sources)))
    if rounds.adds_nothing(before, after, done):
        return ""
    known = {(each.code, each.message) for each in before}
    new = next((each for each in after if (each.code, each.message) not in known), None)
    if new is None:
        return "the checker would find as much as before"
    where = "" if new.path == path else f" in {new.path}"
    return f"it would bring in {new.code}{where}: {new.message}"


def everything(project: EditedProject, result: Result, path: str) -> str:
    """The text of a file after all safe fixes, each of them judged by the whole analysis."""
    from dbos_build.fixes import project as rounds

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
