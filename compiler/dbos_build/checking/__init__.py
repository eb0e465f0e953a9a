"""Checking a project again and again: what was parsed once is not parsed a second time.

In: projects, and the texts of buffers that an editor has open. Out: `Checked`: findings, and where
the workflows are. Never does: read a file; keep the trees of files that nothing durable depends on.

`Checker` is for one process and not for several threads at a time: a language server asks it on
every keystroke. What it learns about texts can be taken out as plain data and given to the next.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.analysis.program import Program
from dbos_build.checking import anew, editing, plain, relevance, selection
from dbos_build.checking.cache import text_digest
from dbos_build.checking.relevance import Facts, facts
from dbos_build.error import EntangledError, OvertakenError, SourceError
from dbos_build.findings import Finding
from dbos_build.names.mentions import tell_the_same
from dbos_build.names.symbols import Scope
from dbos_build.reading.module import Module, Problem, bare, parse
from dbos_build.reading.rebuilding import Rebuilding, rebuilding
from dbos_build.reading.renewing import Renewal, renewal
from dbos_build.reading.reparsing import reparse
from dbos_build.reading.sources import Project, Source
from dbos_build.settings.config import Settings

Progress = Callable[[int, int], None]
_Edit = Renewal | Rebuilding | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings in a project, sorted, and the path of every workflow in it."""

    findings: tuple[Finding, ...]
    workflow_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Looked:
    """A source with the digest of its text, as a module without a tree, and what the text tells."""

    source: Source
    key: str
    module: Module
    facts: Facts


class Checker:
    """Checks projects under one configuration, remembering every text it has seen.

    `progress` is told how many of how many files have been looked at. `is_overtaken` is asked again
    and again during a check, which ends in an OvertakenError as soon as it says so. Every check
    leaves cyclic garbage, and none is collected meanwhile: who must answer fast, as an editor,
    switches automatic collection off and collects while nobody types. With `remembers` edits can be
    made in the program, see `judge`, which takes more memory.
    """

    def __init__(
        self,
        settings: Settings,
        progress: Progress | None = None,
        is_overtaken: Callable[[], bool] | None = None,
        *,
        remembers: bool = False,
    ) -> None:
        selection.must_exist(settings)
        self.settings = settings
        self._progress = progress
        self._is_overtaken = is_overtaken
        self._remembers = remembers
        self._is_checking = False
        self._facts: dict[str, Facts] = {}
        self._looked: dict[str, _Looked] = {}
        self._relevance: tuple[list[tuple[str, str, Facts]], frozenset[str]] = ([], frozenset())
        self._modules: dict[tuple[str, str], Module] = {}
        self._parsed: dict[str, Module] = {}
        self._ahead: dict[str, Module] = {}
        self._program: Program | None = None
        self._found: tuple[Finding, ...] | None = None
        self._scopes: dict[Module, Scope] = {}
        self._project: Project | None = None
        self._edited: _Edit = None
        self.is_renewed = False

    def check(
        self,
        project: Project,
        digests: Sequence[str] | None = None,
        *,
        may_renew: bool = False,
    ) -> Checked:
        """Every finding in a project, as the settings select them.

        `digests` are those of the sources, in order, for a caller who has them; see `judge`.
        """
        analysed, found = self.judge(project, digests, may_renew=may_renew)
        return Checked(found, tuple(each.path for each in analysed.workflows))

    def judge(
        self,
        project: Project,
        digests: Sequence[str] | None = None,
        *,
        may_renew: bool = False,
    ) -> tuple[Program, tuple[Finding, ...]]:
        """The analysed program and every finding in it, as the settings select them.

        With `may_renew` the program of the check before is used up: an edit inside one function is
        made in its trees, and where nothing around the function can tell, only that is run again.
        Until a whole analysis was made, `is_renewed` says so; see `confirm`.
        """
        self._is_checking = True
        try:
            with collector_paused():
                analysed = self._renewed(project) if may_renew else None
                if analysed is None:
                    analysed = self.analyse(project, digests)
                if self._found is None:
                    self._found = tuple(selection.select(rules.check(analysed), self.settings))
        finally:
            self._is_checking = False
        return analysed, self._found

    def confirm(self) -> tuple[Program, tuple[Finding, ...]] | None:
        """Analyse the texts of the last check as a whole, if an edit was only made in its program.

        The result is what later edits are made in. None, and nothing has changed, when the last
        check was a whole one; a confirmation that is overtaken changes nothing, either.
        """
        last = self._program
        if not self.is_renewed or last is None:
            return None
        self._is_checking = True
        try:
            with collector_paused():
                analysed = self._analysed(last.modules)
                found = tuple(selection.select(rules.check(analysed), self.settings))
        finally:
            self._is_checking = False
        self._program, self._found, self.is_renewed = analysed, found, False
        return analysed, found

    def analyse(self, project: Project, digests: Sequence[str] | None = None) -> Program:
        """The analysed program; files that nothing durable depends on have no tree in it.

        It is the last one again after edits that nothing looks at: of such files, of comments.
        """
        self._project = project
        modules = tuple(self._load(project, digests))
        last = self._program
        if last is not None and _tell_the_same(modules, last.modules):
            self._program = replace(last, modules=modules)
            return self._program
        self._found = self._program = None
        self.is_renewed = False
        analysed = self._analysed(modules)
        scopes = analysed.engine.symbols.scopes.values()
        self._scopes = {scope.module: scope for scope in scopes}
        self._program = analysed
        return analysed

    def _analysed(self, modules: Sequence[Module]) -> Program:
        """Every pass behind parsing."""
        return program.analyse_modules(
            modules, self.settings, self._scopes, self._pulse, remembers=self._remembers
        )

    def _renewed(self, project: Project) -> Program | None:
        """The last program with an edit made in it; None when the edit is no such one."""
        last = self._program
        if last is None or not self._remembers:
            return None
        if [each.path for each in project.sources] != [each.path for each in last.modules]:
            return None
        changed = [each for each in project.sources if not self._is_known(each)]
        if len(changed) != 1:
            return None
        (source,) = changed
        looked = self._looked.get(source.path)
        before = self._parsed.get(source.path)
        if looked is None or not any(each is before for each in last.modules):
            return None
        found = facts(source.text or "", None)
        if found.imports_dbos != looked.facts.imports_dbos:
            return None
        if not self._matters_as_before(source.path, found):
            return None
        self._program = self._found = None
        edit = self._edit(source)
        view = anew.view(edit.outermost) if isinstance(edit, Renewal) else None
        analysed = self._quickly(last, edit, found) or self._anew(last, edit, view)
        self._edited = None
        if analysed is None:
            return None  # The program may be half edited; its trees are right in any case.
        self._program = analysed
        self._remember(source, looked, self._parsed[source.path], found)
        self._project = project
        self.is_renewed = True
        return analysed

    def _matters_as_before(self, path: str, found: Facts) -> bool:
        """Whether the same files have to be analysed when a text tells something else."""
        if found == self._looked[path].facts:
            return True
        wanted = self._relevance[1]
        looked = [
            replace(each, facts=found) if each.source.path == path else each
            for each in self._looked.values()
        ]
        return self._relevant(looked) == wanted

    def _quickly(self, last: Program, edit: _Edit, found: Facts) -> Program | None:
        """The last program with an edit inside one function made in it."""
        if not isinstance(edit, Renewal) or found != self._looked[edit.module.path].facts:
            return None
        if not tell_the_same(edit.module.text, edit.text) or not anew.shows_the_same(edit):
            return None
        try:
            return editing.edited(last, edit)
        except EntangledError:
            return None

    def _anew(self, last: Program, edit: _Edit, view: anew.View | None) -> Program | None:
        """The last program begun anew, with an edit anywhere in one module.

        `view` is what others saw of the function around the edit, if it is inside of one.
        """
        if edit is None:
            return None
        try:
            if edit.module.text != edit.text:
                whole = rebuilding(edit.module, edit.text) if isinstance(edit, Renewal) else edit
                if whole is None:
                    return None
                try:
                    analysed, scope = plain.edited(last, whole)
                except EntangledError:
                    analysed, scope = anew.edited(last, whole)
            else:  # Making it quickly came that far.
                assert isinstance(edit, Renewal)
                if anew.view(edit.outermost) != view:
                    return None
                changed = anew.functions_in(edit.outermost)
                analysed, scope = anew.repeated(last, edit.module, changed)
        except EntangledError:
            return None
        self._scopes[edit.module] = scope
        return analysed

    def _is_known(self, source: Source) -> bool:
        """Whether a source is what was looked at last."""
        looked = self._looked.get(source.path)
        return looked is not None and (looked.source is source or looked.source == source)

    def _edit(self, source: Source) -> _Edit:
        """The edit that makes the last text of a file the present one."""
        known = self._edited
        before = self._parsed.get(source.path)
        if before is None or source.text is None:
            return None
        if known is None or known.module is not before or known.text != source.text:
            known = renewal(before, source.text) or rebuilding(before, source.text)
            self._edited = known
        return known

    def _remember(self, source: Source, before: _Looked, module: Module, found: Facts) -> None:
        """Know a module that was renewed by its new text."""
        key = text_digest(source)
        made = bare(source, None, has_comments=found.mentions_suppressions)
        self._modules.pop((source.path, before.key), None)
        self._modules[source.path, key] = module
        self._facts.pop(before.key, None)
        self._facts[key] = found
        self._looked[source.path] = _Looked(source, key, _telling(made), found)

    def _pulse(self) -> None:
        """Give a check up that nobody waits for; a program is asked about later, too."""
        if self._is_checking and self._is_overtaken is not None and self._is_overtaken():
            raise OvertakenError("the texts were replaced while they were checked")

    def recheck(self, overlay: Mapping[str, str]) -> Checked:
        """The findings in the project of the last check, with other texts for some of its files.

        `overlay` holds texts by path, relative to the project. Raises SourceError for a path that
        is not of the project, and when nothing was checked before.
        """
        if self._project is None:
            raise SourceError("nothing was checked before; check a project first")
        base = self._project
        unknown = overlay.keys() - {source.path for source in base.sources}
        if unknown:
            raise SourceError(f"{min(unknown)}: is not a file of the project; check it anew")
        sources = tuple(
            replace(source, text=_normal(overlay[source.path]), problem=None)
            if source.path in overlay
            else source
            for source in base.sources
        )
        try:
            return self.check(Project(base.root, sources))
        finally:
            self._project = base

    def problem(self, source: Source) -> Problem | None:
        """Why a source cannot be parsed, or None; a check that follows need not parse it again."""
        if self._remembers and self._edit(source) is not None:
            return None
        module = self._parse(source)
        if module.problem is None:
            self._ahead[source.path] = module
        return module.problem

    def learned(self) -> list[list[object]]:
        """What is known of each text, as data for `learn`."""
        return [[key, *_plain(found)] for key, found in sorted(self._facts.items())]

    def learn(self, rows: object) -> None:
        """Take over what an earlier checker learned; rows that are malformed are left out."""
        for row in rows if isinstance(rows, list) else ():
            found = _from_plain(row)
            if found is not None:
                self._facts[found[0]] = found[1]

    def _load(self, project: Project, digests: Sequence[str] | None) -> list[Module]:
        """The modules of a project: with their trees where something durable may depend on them."""
        fresh: dict[tuple[str, str], Module] = {}
        looked: list[_Looked] = []
        for position, source in enumerate(project.sources):
            if self._progress is not None:
                self._progress(position, len(project.sources))
            key = digests[position] if digests is not None else None
            looked.append(self._look(source, key, fresh))
        self._facts = {each.key: each.facts for each in looked}
        self._looked = {each.source.path: each for each in looked}
        wanted = self._relevant(looked)
        made = []
        kept: dict[tuple[str, str], Module] = {}
        for each in looked:
            is_wanted = each.source.path in wanted or each.module.suppressions
            if is_wanted and each.facts.problem is None:
                module = self._whole(each.source, each.key, fresh)
                kept[module.path, each.key] = module
                made.append(module)
            else:
                made.append(each.module)
        self._modules = kept
        texts = {each.path: each for each in kept.values()}
        self._parsed = {
            path: module
            for path, module in (self._parsed | texts).items()
            if path in self._looked  # Until it parses again, a file is known as it was.
        }
        return made

    def _relevant(self, looked: list[_Looked]) -> frozenset[str]:
        """The paths that have to be analysed; found anew when a name or what texts tell changed."""
        told = [
            (each.source.path, " ".join((each.source.module, *each.source.aliases)), each.facts)
            for each in looked
        ]
        if told != self._relevance[0]:
            found = relevance.relevant((each.module, each.facts) for each in looked)
            self._relevance = (told, found)
        return self._relevance[1]

    def _look(
        self, source: Source, key: str | None, fresh: dict[tuple[str, str], Module]
    ) -> _Looked:
        """What a source says alone; parsed only when its text is new."""
        before = self._looked.get(source.path)
        if before is not None and before.source is source:
            return before
        key = key or text_digest(source)
        found = self._facts.get(key) if source.text is not None else None
        if found is None:
            module = self._parse(source)
            found = facts(source.text or "", module.problem)
            if found.imports_dbos or source.path in self._parsed:
                # Needed in a moment; of all others the tree is let go.
                fresh[source.path, key] = module
        made = bare(source, found.problem, has_comments=found.mentions_suppressions)
        return _Looked(source, key, _telling(made), found)

    def _whole(self, source: Source, key: str, fresh: dict[tuple[str, str], Module]) -> Module:
        """The module with its tree, parsed at most once for the same text at the same place."""
        place = (source.path, key)
        module = fresh.get(place) or self._modules.get(place)
        if module is None or (module.name, module.aliases) != (source.module, source.aliases):
            return self._parse(source)
        return module

    def _parse(self, source: Source) -> Module:
        """A module, with the trees of its statements that are known from the text before."""
        ahead = self._ahead.pop(source.path, None)
        if ahead is not None and (ahead.name, ahead.text) == (source.module, source.text):
            return ahead
        before = self._parsed.get(source.path)
        return parse(source) if before is None else reparse(source, before)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Put off the collection of cyclic garbage: syntax trees are many, and none dies meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _tell_the_same(some: Sequence[Module], others: Sequence[Module]) -> bool:
    """Whether modules are those of an earlier analysis, or differ where nothing looks."""
    return len(some) == len(others) and all(
        one is other or _tells_the_same(one, other) for one, other in zip(some, others, strict=True)
    )


def _tells_the_same(one: Module, other: Module) -> bool:
    """Whether two modules are one to the analysis and the rules: their texts may still differ."""
    return (
        one.tree is other.tree
        and (one.name, one.path, one.is_package) == (other.name, other.path, other.is_package)
        and one.problem is None
        and other.problem is None
        and one.suppressions == other.suppressions
        and tell_the_same(one.text, other.text)
    )


def _telling(module: Module) -> Module:
    """A bare module with only the suppressions that can be wrong where nothing is found.

    A plain `# noqa` is other tools' business as well.
    """
    kept = tuple(each for each in module.suppressions if each.codes or each.is_own or each.others)
    return module if len(kept) == len(module.suppressions) else replace(module, suppressions=kept)


def _normal(text: str) -> str:
    """A text as files are read: lines end in a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plain(found: Facts) -> list[object]:
    """Facts as JSON can hold them."""
    problem = found.problem
    place = [problem.code, problem.message, problem.line, problem.column] if problem else None
    flags = [found.imports_dbos, found.extends_others, found.mentions_suppressions]
    return [place, list(found.imports), *flags]


def _from_plain(row: object) -> tuple[str, Facts] | None:
    """Facts from data, or None for data of any other shape."""
    match row:
        case [
            str() as key,
            place,
            [*imports],
            bool() as dbos,
            bool() as classes,
            bool() as comments,
        ]:
            names = tuple(name for name in imports if isinstance(name, str))
            if len(names) < len(imports):
                return None
        case _:
            return None
    match place:
        case None:
            problem = None
        case [str() as code, str() as message, int() as line, int() as column]:
            problem = Problem(code, message, line, column)
        case _:
            return None
    return key, Facts(problem, names, dbos, classes, comments)
