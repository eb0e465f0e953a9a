"""What every command starts with: from paths to a checked program.

In: the paths and options of a command. Out: an `Outcome`, or an `Analysis` with the whole program.
Never: prints or writes, except into the cache; imports the analysis when the cache has the answer.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dbos_build.checking import cache
from dbos_build.findings import Finding, Severity
from dbos_build.reading import sources
from dbos_build.reading.sources import Project, Source
from dbos_build.report import Report
from dbos_build.settings import config
from dbos_build.settings.config import Settings

if TYPE_CHECKING:
    from dbos_build.analysis.program import Program


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of a command say; an empty field leaves the configuration as it is.

    `per_file_ignores` are `PATTERN:RULE` texts, `overrides` are `KEY=VALUE` texts. `buffer` is a
    path and the text that stands for the file there.
    """

    strict: bool = False
    types: bool = False
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[str, ...] = ()
    isolated: bool = False
    overrides: tuple[str, ...] = ()
    use_cache: bool = True
    buffer: tuple[Path, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is wrong with a project: the findings that the settings select, in the files asked for.

    `note` is one line for the user about something that was asked for and could not be had.
    """

    settings: Settings
    project: Project
    findings: tuple[Finding, ...]
    workflow_paths: tuple[str, ...]
    note: str = ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a build."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis(Outcome):
    """An outcome together with the program, for commands that need more than findings."""

    program: Program


def settings_for(paths: Sequence[Path], asked: Asked) -> Settings:
    """The configuration of the paths, with what the command line says about it.

    Raises ConfigError for configuration that makes no sense.
    """
    settings = config.load(paths, isolated=asked.isolated, overrides=asked.overrides)
    pairs = [config.per_file_ignore(text) for text in asked.per_file_ignores]
    return replace(
        settings,
        strict=asked.strict or settings.strict,
        types=asked.types or settings.types,
        select=asked.select or settings.select,
        extend_select=(*settings.extend_select, *asked.extend_select),
        ignore=(*settings.ignore, *asked.ignore),
        per_file_ignores=(*settings.per_file_ignores, *pairs),
    )


def check(
    paths: Sequence[Path], asked: Asked, progress: Callable[[int, int], None] | None = None
) -> Outcome:
    """Read and check what `paths` name.

    Paths of findings are relative to the current folder where that contains the project.
    Raises BuildError for paths and configuration that make no sense.
    """
    settings = settings_for(paths, asked)
    if settings.types:
        return _restricted(_with_types(paths, settings, asked, progress))
    with without_collector():
        project = _read(paths, settings, asked)
        store = cache.opened(_cache_root(paths, settings) if asked.use_cache else None, project)
        digests = cache.source_digests(project)
        key = cache.project_key(project, digests, repr(settings))
        name = f"result-{cache.digest((repr(settings), repr(asked), *map(str, paths)))}.json"
        known = _from_cache(store.load(name, key))
        if known is None:
            known = _checked(project, digests, settings, store, progress)
            store.save(name, key, _as_data(*known))
    findings, flows = known
    return _restricted(
        Outcome(
            settings=settings,
            project=project,
            findings=findings,
            workflow_paths=flows,
            note=project.note,
        )
    )


def analyse(paths: Sequence[Path], *, whole: bool, asked: Asked | None = None) -> Analysis:
    """Read, analyse and check what `paths` name, and keep the program.

    With `whole`, everything that was read is reported on, and paths are relative to the project;
    otherwise only the paths asked for, relative to the current folder where that contains them.
    Raises BuildError for paths and configuration that make no sense.
    """
    from dbos_build import rules
    from dbos_build.analysis import program
    from dbos_build.checking import selection

    asked = asked or Asked()
    settings = settings_for(paths, asked)
    with without_collector():
        project = _read(paths, settings, asked, whole=whole)
        analysed = program.analyse(project, settings)
        found = selection.select(rules.check(analysed), settings)
    made = Analysis(
        settings=settings,
        project=project,
        findings=tuple(found),
        workflow_paths=tuple(each.path for each in analysed.workflows),
        program=analysed,
    )
    return made if whole else replace(made, findings=_restricted(made).findings)


def declared(settings: Settings, root: Path) -> tuple[Path, ...]:
    """What a build of the project in `root` reads, wherever the command is started."""
    return tuple((settings.root or root) / each for each in settings.sources)


def project_of(paths: Sequence[Path], asked: Asked) -> Project:
    """The files that a check of `paths` would read."""
    return _read(paths, settings_for(paths, asked), asked)


def _with_types(
    paths: Sequence[Path],
    settings: Settings,
    asked: Asked,
    progress: Callable[[int, int], None] | None,
) -> Outcome:
    """Check with the help of mypy; the note says why when there was none."""
    from dbos_build import rules
    from dbos_build.analysis import program
    from dbos_build.checking import Checker, selection
    from dbos_build.types import checking

    note = ""
    with without_collector():
        project = _read(paths, settings, asked)
        analysed = Checker(settings, progress).analyse(project)
        wanted = analysed.unresolved()
        if wanted:
            try:
                resolved = checking.resolve(project.root, analysed.modules, wanted, settings)
                analysed = program.with_types(analysed, project, resolved)
            except checking.NotResolved as failure:
                note = str(failure)
        found = selection.select(rules.check(analysed), settings)
    return Outcome(
        settings=settings,
        project=project,
        findings=tuple(found),
        workflow_paths=tuple(each.path for each in analysed.workflows),
        note=note or project.note,
    )


def _checked(
    project: Project,
    digests: Sequence[str],
    settings: Settings,
    store: cache.Cache,
    progress: Callable[[int, int], None] | None,
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Check a project, parsing only what earlier runs did not."""
    from dbos_build.checking import Checker

    checker = Checker(settings, progress)
    key = cache.tool_key()
    checker.learn(store.load("files.json", key))
    done = checker.check(project, digests)
    store.save("files.json", key, checker.learned())
    return done.findings, done.workflow_paths


def _read(
    paths: Sequence[Path], settings: Settings, asked: Asked, *, whole: bool = False
) -> Project:
    """The sources, with the text of the buffer in place of the file's."""
    around = None if whole else Path.cwd()
    if asked.buffer is None:
        return sources.read(paths, settings, around=around)
    path, text = asked.buffer
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not path.exists():
        return Project(Path.cwd(), (Source(path.stem, path.name, text),))
    project = sources.read([path], settings, around=around)
    made = (
        replace(each, text=text, problem=None) if each.requested else each
        for each in project.sources
    )
    return Project(project.root, tuple(made))


def _restricted(outcome: Outcome) -> Outcome:
    """The outcome with only the findings in files that were asked for."""
    wanted = {source.path for source in outcome.project.sources if source.requested}
    found = tuple(finding for finding in outcome.findings if finding.path in wanted)
    return replace(outcome, findings=found)


def _cache_root(paths: Sequence[Path], settings: Settings) -> Path | None:
    """The folder that a cache may be kept in: the configured project, or the one that was named."""
    if settings.root is not None:
        return settings.root
    if len(paths) > 1:
        return None
    folder = paths[0] if paths else Path.cwd()
    return folder if folder.is_dir() else None


def _as_data(findings: Sequence[Finding], flows: Sequence[str]) -> object:
    from dbos_build.report import records

    return {"findings": [records.record(each) for each in findings], "workflows": list(flows)}


def _from_cache(value: object) -> tuple[tuple[Finding, ...], tuple[str, ...]] | None:
    """Findings from data that `_as_data` made; None for anything else."""
    from dbos_build.report import records

    match value:
        case {"findings": [*rows], "workflows": [*flows]}:
            try:
                return tuple(records.finding(row) for row in rows), tuple(map(str, flows))
            except (KeyError, TypeError, ValueError, AttributeError):
                return None
    return None


def report(outcome: Outcome, *, colour: bool, findings: Sequence[Finding]) -> Report:
    """The outcome as reporters take it; paths are shown as the current folder sees them."""
    asked = [source for source in outcome.project.sources if source.requested]
    needed = {finding.path for finding in findings}
    linked = {link.path for finding in findings for link in finding.chain}
    here = os.path.realpath(os.curdir)
    root = str(outcome.project.root)
    shown = {} if here == root else {path: _from(here, root, path) for path in needed | linked}
    paths = {source.path for source in asked}
    return Report(
        findings=tuple(findings),
        texts={
            each.path: each.text or "" for each in outcome.project.sources if each.path in needed
        },
        files=len(asked),
        workflows=sum(path in paths for path in outcome.workflow_paths),
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
def without_collector() -> Iterator[None]:
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
