"""One project as an editor sees it: the files on disk below the buffers that are open.

In: where the project is, and the texts of buffers. Out: `Result`: the findings of every file, as
`dbos-build check` prints them, and the analysed program. Never does: analyse anything itself,
write, or lose the last result over a buffer that does not parse.

Projects are for one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dbos_build.analysis.program import Program
from dbos_build.checking import Checker, baseline, preview
from dbos_build.error import ConfigError
from dbos_build.findings import Finding
from dbos_build.reading import sources
from dbos_build.reading.sources import Project, Source
from dbos_build.settings.config import Settings
from dbos_lint import typed
from dbos_lint.documents import as_read
from dbos_lint.remaining import moved


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a check found. Paths are relative to `root`.

    `findings` has an entry for every file that was asked about, empty ones too. `texts` are those
    that `findings` and `program` speak of; for a buffer in `broken` the program still speaks of
    the last text that parsed.
    """

    root: Path
    settings: Settings
    findings: Mapping[str, tuple[Finding, ...]]
    texts: Mapping[str, str]
    program: Program
    project: Project
    broken: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Last:
    """The last analysis: of which texts, with what, and what was found in them."""

    overlay: Mapping[str, str]
    disk: Project
    project: Project
    program: Program
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class EditedProject:
    """A project whose files may be open in an editor.

    `paths` are what the user would give to `dbos-build check`: none for a configured project, else
    a folder or a file. A check ends in an OvertakenError once `is_overtaken` says so.
    """

    paths: tuple[Path, ...]
    settings: Settings
    is_overtaken: Callable[[], bool] | None = None
    _checker: Checker = field(init=False)
    _is_alone: bool = False
    _on_disk: Project | None = None
    _stamps: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    _last: _Last | None = None
    _is_quick: bool = False
    _is_torn: bool = False
    _good: dict[str, str] = field(default_factory=dict)
    _answer: typed.Answer | None = None

    def __post_init__(self) -> None:
        """Raises ConfigError when the settings name a rule that does not exist."""
        # A type checker reads the trees in a thread of its own: they must not change under it.
        self._checker = Checker(
            self.settings, is_overtaken=self.is_overtaken, remembers=not self.settings.types
        )

    @property
    def root(self) -> Path:
        """The folder that paths are relative to; reads the files when that was not done yet."""
        return self.files().root

    def files(self) -> Project:
        """The files on disk, as they were read last. Raises SourceError when there are none."""
        if self._on_disk is None:
            around = self.paths[0] if self.paths and self.paths[0].is_dir() else None
            self._on_disk = sources.read(self.paths, self.settings, around=around)
            self._stamps = sources.stamps(self._on_disk)
        return self._on_disk

    def holds(self, path: Path) -> str | None:
        """The relative path of a file that a check of this project reports on, or None."""
        project = self.files()
        try:
            relative = path.relative_to(project.root).as_posix()
        except ValueError:
            return None
        return relative if project.is_requested(relative) else None

    def takes_in(self, path: Path) -> str | None:
        """The relative path of a buffer that is in no file (yet), as a module beside others.

        None where no module of the project is in its folder: it stays alone then.
        """
        project = self.files()
        if path.suffix != ".py" or path.stem == "__init__" or not path.is_relative_to(project.root):
            return None
        relative = path.relative_to(project.root)
        beside = next(
            (
                each
                for each in project.sources
                if each.requested and Path(each.path).parent == relative.parent
            ),
            None,
        )
        if beside is None:
            return None
        package = beside.module if beside.is_package else beside.module.rpartition(".")[0]
        module = f"{package}.{path.stem}" if package else path.stem
        made = (*project.sources, Source(module, relative.as_posix(), ""))
        self._on_disk = Project(project.root, tuple(sorted(made, key=lambda each: each.path)))
        self._stamps = {}  # Once it is saved or closed, what is on disk counts again.
        return relative.as_posix()

    def look_again(self) -> bool:
        """Forget the files if one of them changed on disk; whether one did."""
        if self._is_alone or self._on_disk is None:
            return False
        if sources.stamps(self._on_disk) == self._stamps:
            return False
        self._on_disk = None
        return True

    def preview(self, buffers: Mapping[str, str]) -> Result | None:
        """What is certain about buffers before the project has been analysed for the first time.

        Its program is a part of the whole one, and its findings are those of the buffers alone,
        without the few that the rest may take back. None once there is a result, and where the
        whole takes hardly longer. Raises BuildError as `check` does.
        """
        if self._last is not None:
            return None
        project = self.files()
        whole = _overlaid(project, {path: as_read(text) for path, text in buffers.items()})
        part = preview.part(whole, buffers.keys())
        if part is None:
            return None
        program, found = self._checker.judge(part)
        texts = {each.path: each.text or "" for each in whole.sources}
        made: dict[str, list[Finding]] = {path: [] for path in buffers}
        for finding in self._fresh(preview.certain(found, buffers.keys()), texts):
            made[finding.path].append(finding)
        findings = {path: tuple(each) for path, each in made.items()}
        return Result(project.root, self.settings, findings, texts, program, part)

    def check(self, buffers: Mapping[str, str]) -> Result:
        """Check with the texts of buffers, by relative path, in place of the files.

        Raises BuildError for a project that cannot be read or whose configuration is wrong.
        """
        project = self.files()
        overlay = {path: as_read(text) for path, text in buffers.items()}
        broken = self._broken(project, overlay)
        taken = {
            path: self._good[path] if path in broken else text for path, text in overlay.items()
        }
        last = self._analysed(project, taken)
        found: dict[str, list[Finding]] = {
            each.path: [] for each in project.sources if each.requested
        }
        texts = {each.path: each.text or "" for each in last.project.sources}
        known = typed.merged(self._answer, last.findings, last.project)
        for finding in self._fresh(known, texts):
            if finding.path in found:
                found[finding.path].append(finding)
        for path, source in broken.items():
            kept = moved(found[path], self._good[path], overlay[path])
            found[path] = sorted(
                [*self._alone(project, source), *kept], key=lambda each: each.order
            )
        return Result(
            root=project.root,
            settings=self.settings,
            findings={path: tuple(each) for path, each in found.items()},
            texts={**texts, **overlay},
            program=last.program,
            project=last.project,
            broken=frozenset(broken),
        )

    def confirm(self) -> bool:
        """Analyse as a whole what was found by running an edit alone; whether that finds otherwise.

        What it finds is what the next check gives, and later edits are made in its program.
        """
        last = self._last
        if last is None or not self._is_quick:
            return False
        program, found = self._checker.confirm() or self._checker.judge(last.project)
        self._last = replace(last, program=program, findings=found)
        self._is_quick = False
        return found != last.findings

    def judge(self, project: Project) -> list[Finding]:
        """The findings in a variant of the project; the last result is not touched."""
        if self._last is not None and project is self._last.project:
            return list(self._last.findings)
        return list(self._checker.judge(project)[1])

    def question(self) -> typed.Question | None:
        """What to ask a type checker now; None while it would read other texts than were checked.

        It reads files, so it is asked about what is saved, and once about the same texts.
        """
        last = self._last
        if not self.settings.types or last is None or self._on_disk is not last.disk:
            return None
        texts = typed.texts_of(last.project)
        is_known = self._answer is not None and self._answer.texts == texts
        if is_known or texts != typed.texts_of(last.disk):
            return None
        return typed.question(last.project, self.settings, last.program, last.findings)

    def learn(self, answer: typed.Answer) -> None:
        """Take over what a type checker said, for this and later texts."""
        self._answer = answer

    def _broken(self, project: Project, overlay: Mapping[str, str]) -> dict[str, Source]:
        """The buffers that do not parse but did before; remembers the texts that do."""
        broken = {}
        for source in project.sources:
            text = overlay.get(source.path)
            if text is None or text == self._good.get(source.path):
                continue
            made = replace(source, text=text, problem=None)
            if self._checker.problem(made) is None:
                self._good[source.path] = text
            elif source.path in self._good:
                broken[source.path] = made
        return broken

    def _analysed(self, project: Project, overlay: Mapping[str, str]) -> _Last:
        """The analysis of these texts; the last one when nothing changed."""
        last = self._last
        is_same = last is not None and last.disk is project and last.overlay == overlay
        if last is not None and is_same and not self._is_torn:
            return last
        whole = _overlaid(project, overlay)
        self._is_torn = True  # The last program is used up, even if this check is given up.
        program, found = self._checker.judge(whole, may_renew=True)
        self._is_torn = False
        self._is_quick = self._checker.is_renewed
        self._last = _Last(overlay, project, whole, program, found)
        return self._last

    def _alone(self, project: Project, source: Source) -> tuple[Finding, ...]:
        """What is wrong with a file that does not parse."""
        return Checker(self.settings).check(Project(project.root, (source,))).findings

    def _fresh(self, found: Sequence[Finding], texts: Mapping[str, str]) -> Sequence[Finding]:
        """The findings that the baseline, if there is one, does not know."""
        if self.settings.baseline is None or self.settings.root is None:
            return found
        file = self.settings.root / self.settings.baseline
        if not file.exists():
            raise ConfigError(f"{file}: there is no such baseline; --write-baseline makes it")
        known = baseline.read(sources.read_text(file), str(file))
        return baseline.sift(found, texts, known)[0]


def lone(path: Path, text: str) -> EditedProject:
    """A project of one buffer that no project holds: a file that was never saved, for example."""
    made = EditedProject((), Settings())
    source = Source(path.stem or "untitled", path.name or "untitled", as_read(text))
    made._is_alone = True  # There is nothing on disk to read.
    made._on_disk = Project(path.parent, (source,))
    return made


def _overlaid(project: Project, overlay: Mapping[str, str]) -> Project:
    """A project with other texts for some of its files."""
    made = (
        replace(each, text=overlay[each.path], problem=None) if each.path in overlay else each
        for each in project.sources
    )
    return Project(project.root, tuple(made))
