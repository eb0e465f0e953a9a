"""A preview: what can be said about some files before their whole project has been analysed.

In: a project, and the paths of the files that somebody waits for. Out: the part of it that these
files belong to, and which findings in that part a check of the whole project has, too. Never does:
parse or analyse; keep what the rest of the project may take back.

The part is what these files and those that import them run. A workflow that reaches a file imports
it, so what is found in the file is found by the same workflows in the whole. The rest can only add
values, and with them findings; what it could take away are statements that something is nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dbos_build.checking import relevance
from dbos_build.findings import Finding
from dbos_build.reading.module import bare
from dbos_build.reading.sources import Project
from dbos_build.rules import RULES

WORTHWHILE_CHARACTERS = 300_000
"""Projects up to this size are analysed in the time in which nobody begins to wait."""
SHARE_MAX = 0.5
"""A larger part would make the whole come too late, for little."""
_UNCERTAIN = frozenset(rule.code for rule in RULES if rule.needs_whole)


def part(project: Project, paths: Collection[str]) -> Project | None:
    """The part of a project that some of its files belong to; None when it would gain little."""
    whole = sum(len(source.text or "") for source in project.sources)
    if whole < WORTHWHILE_CHARACTERS:
        return None
    made = connected(project, paths)
    size = sum(len(source.text or "") for source in made.sources)
    return made if size <= SHARE_MAX * whole else None


def connected(project: Project, paths: Collection[str]) -> Project:
    """The files of a project that can matter to some of them, these included."""
    known = [
        (bare(source, None, has_comments=False), relevance.facts(source.text or "", None))
        for source in project.sources
    ]
    chosen = relevance.connected(known, paths)
    sources = tuple(each for each in project.sources if each.path in chosen)
    return Project(project.root, sources)


def certain(findings: Iterable[Finding], paths: Collection[str]) -> tuple[Finding, ...]:
    """Those of the findings in a part that are in some files, and that the whole has as well."""
    return tuple(each for each in findings if each.path in paths and each.code not in _UNCERTAIN)
