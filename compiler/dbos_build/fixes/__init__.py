"""Fixes: rewriting what a rule found, with everything else left as it was.

In: texts and findings, or a project. Out: new texts, what was fixed and why the rest was not.
Never does: load libcst before a fix is asked for; write files, except for `files`.
"""

from __future__ import annotations

from collections.abc import Sequence

from dbos_build.findings import Finding
from dbos_build.fixes.catalogue import FIXES, Fix, fixability
from dbos_build.fixes.outcome import FixResult, ProjectResult
from dbos_build.reading.sources import Project
from dbos_build.settings.config import Settings

__all__ = ["FIXES", "Fix", "FixResult", "ProjectResult", "fix_project", "fixability", "plan"]


def plan(text: str, findings: Sequence[Finding], unsafe: bool = False) -> FixResult:
    """Fix what can be fixed in one pass over one file; see `planning.plan`."""
    from dbos_build.fixes import planning

    return planning.plan(text, findings, unsafe=unsafe)


def fix_project(project: Project, settings: Settings, unsafe: bool = False) -> ProjectResult:
    """Fix the files of a project that were asked about, analysing it anew after every round.

    Raises ConfigError for a rule selector in the settings that no rule answers to.
    """
    from dbos_build import rules
    from dbos_build.analysis import program
    from dbos_build.checking import selection
    from dbos_build.fixes import project as rounds

    def check(current: Project) -> list[Finding]:
        return selection.select(rules.check(program.analyse(current, settings)), settings)

    return rounds.fix(project, check, unsafe=unsafe)
