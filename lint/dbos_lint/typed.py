"""What a type checker adds to findings, kept while people type.

In: an analysed project whose texts are those on disk. Out: what to ask the type checker, and the
findings of newer texts with what its answer changes. Never does: wait for it where somebody waits
for findings; show what it said of a line that has changed since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dbos_build import rules
from dbos_build.analysis import program as analysis
from dbos_build.analysis.program import Program
from dbos_build.checking import collector_paused, selection
from dbos_build.findings import Finding
from dbos_build.reading.sources import Project
from dbos_build.settings.config import Settings
from dbos_build.types import checking
from dbos_build.types.resolved import Resolved
from dbos_lint.remaining import moved


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What to ask about a program: the types in the modules at the paths `wanted`.

    `plain` are the findings without an answer.
    """

    project: Project
    settings: Settings
    program: Program
    plain: tuple[Finding, ...]
    wanted: frozenset[str]

    def asked(self) -> Resolved:
        """Ask, which takes seconds. Raises NotResolved with the reason when there is no answer."""
        return checking.resolve(self.project.root, self.program.modules, self.wanted, self.settings)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What types changed: findings that they brought in, and findings that they took away.

    `texts` are what these speak of, by path.
    """

    texts: Mapping[str, str | None]
    added: tuple[Finding, ...] = ()
    removed: tuple[Finding, ...] = ()


def texts_of(project: Project) -> dict[str, str | None]:
    """The texts of a project, by path."""
    return {source.path: source.text for source in project.sources}


def question(
    project: Project, settings: Settings, program: Program, plain: tuple[Finding, ...]
) -> Question:
    """What to ask about a project as it was analysed without types."""
    return Question(project, settings, program, plain, program.unresolved())


def answered(asked: Question, resolved: Resolved | None) -> Answer:
    """The analysis with types, as a difference; none when the type checker gave no answer."""
    texts = texts_of(asked.project)
    if resolved is None:
        return Answer(texts)
    with collector_paused():
        program = analysis.with_types(asked.program, asked.project, resolved)
        found = selection.select(rules.check(program), asked.settings)
    plain, typed = Counter(asked.plain), Counter(found)
    return Answer(texts, tuple((typed - plain).elements()), tuple((plain - typed).elements()))


def merged(
    answer: Answer | None, plain: Sequence[Finding], project: Project
) -> tuple[Finding, ...]:
    """The findings of a project with what types are known to change, in order."""
    if answer is None or not (answer.added or answer.removed):
        return tuple(plain)
    now = texts_of(project)
    left = Counter(plain) - Counter(_moved(answer.removed, answer.texts, now))
    kept = [*left.elements(), *_moved(answer.added, answer.texts, now)]
    return tuple(sorted(kept, key=lambda each: each.order))


def _moved(
    findings: Iterable[Finding], then: Mapping[str, str | None], now: Mapping[str, str | None]
) -> list[Finding]:
    """Findings where they stand now; those in lines that changed are left out."""
    by_path: dict[str, list[Finding]] = {}
    for each in findings:
        by_path.setdefault(each.path, []).append(each)
    return [
        kept
        for path, found in by_path.items()
        for kept in moved(found, then.get(path) or "", now.get(path) or "")
    ]
