"""What every command starts with: from paths to a checked program.

In: the paths and options of a command. Out: an `Analysis`. Never: prints or writes.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dbos_build import config, program, rules, selection, sources
from dbos_build.config import Settings
from dbos_build.findings import Finding, Severity
from dbos_build.program import Program
from dbos_build.report import Report
from dbos_build.sources import Project


@dataclass(frozen=True, slots=True)
class Analysis:
    """A program and what is wrong with it; `findings` are those that the settings select.

    `note` is one line for the user about something that was asked for and could not be had.
    """

    settings: Settings
    project: Project
    program: Program
    findings: tuple[Finding, ...]
    note: str = ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a build."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)


def analyse(
    paths: Sequence[Path],
    *,
    whole: bool,
    strict: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    types: bool = False,
) -> Analysis:
    """Read, analyse and check what `paths` name.

    With `whole`, everything that was read is reported on, and paths are relative to the project;
    otherwise only the paths asked for, relative to the current folder where that contains them.
    With `types`, mypy is asked about what stays unknown. Raises BuildError for paths and
    configuration that make no sense.
    """
    note = ""
    settings = config.load(paths)
    settings = replace(
        settings,
        strict=strict or settings.strict,
        select=tuple(select) or settings.select,
        ignore=(*settings.ignore, *ignore),
    )
    with _without_collector():
        project = sources.read(paths, settings, around=None if whole else Path.cwd())
        analysed = program.analyse(project, settings)
        if types:
            analysed, note = _typed(analysed, project)
        found = selection.select(rules.check(analysed), settings)
    if not whole:
        asked = {source.path for source in project.sources if source.requested}
        found = [finding for finding in found if finding.path in asked]
    return Analysis(settings, project, analysed, tuple(found), note)


def _typed(analysed: Program, project: Project) -> tuple[Program, str]:
    """The program with types filled in, or as it was and why."""
    from dbos_build.types import checking

    wanted = analysed.unresolved()
    if not wanted:
        return analysed, ""
    try:
        resolved = checking.resolve(project.root, analysed.modules, wanted, analysed.settings)
    except checking.NotResolved as failure:
        return analysed, str(failure)
    return program.with_types(analysed, project, resolved), ""


def report(analysis: Analysis, *, colour: bool, findings: Sequence[Finding]) -> Report:
    """The outcome as reporters take it; paths are shown as the current folder sees them."""
    asked = [source for source in analysis.project.sources if source.requested]
    needed = {finding.path for finding in findings}
    linked = {link.path for finding in findings for link in finding.chain}
    here = os.path.realpath(os.curdir)
    root = str(analysis.project.root)
    shown = {} if here == root else {path: _from(here, root, path) for path in needed | linked}
    paths = {source.path for source in asked}
    return Report(
        findings=tuple(findings),
        texts={
            each.path: each.text or "" for each in analysis.project.sources if each.path in needed
        },
        files=len(asked),
        workflows=sum(workflow.path in paths for workflow in analysis.program.workflows),
        shown_paths=shown,
        colour=colour,
    )


def wants_colour(choice: str, *, to_file: bool) -> bool:
    """Whether to use colours: `auto` means on a terminal unless NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    if to_file or os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Suspend cyclic garbage collection: syntax trees are many, and live as long as the command.

    They are kept out of later collections too, which would walk millions of nodes for nothing.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.enable()


def _from(here: str, root: str, path: str) -> str:
    """A project path as seen from a folder; left alone when that would need to climb out."""
    relative = os.path.relpath(os.path.join(root, path), here).replace(os.sep, "/")
    return path if relative.startswith("../") else relative


def displayed(path: Path) -> str:
    """A file of ours as seen from the current folder."""
    relative = os.path.relpath(path, os.path.realpath(os.curdir))
    return str(path) if relative.startswith("..") else relative
