"""All projects that an editor has open, and the results of checking them.

In: the folders of the workspace, and the texts of open buffers by file. Out: a `Result` per
project, and which project a file belongs to. Never does: fail as a whole because one project
cannot be checked: that becomes a message, and the last result of that project stays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dbos_build.error import BuildError, OvertakenError
from dbos_build.settings import config
from dbos_lint.project import EditedProject, Result, lone
from dbos_lint.typed import Answer, Question

CONFIGURATION = ("pyproject.toml", "dbos-build.toml")
SUFFIX = ".py"
ALONE = "buffer"
"""What the key of a project begins with that is one buffer only."""

Key = tuple[str, Path]
Owner = tuple[Key, str]
"""The project that holds a file, and the path of the file in there."""


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One check of everything: `results` by project, and messages about what went wrong.

    `owners` says for every open file which project holds it, and under which path.
    """

    results: Mapping[Key, Result]
    owners: Mapping[Path, Owner]
    messages: tuple[str, ...] = ()

    def of(self, path: Path) -> tuple[Result, str] | None:
        """The result that an open file is part of, and its path in there."""
        owner = self.owners.get(path)
        if owner is None or owner[0] not in self.results:
            return None
        return self.results[owner[0]], owner[1]


@dataclass(slots=True)
class Workspace:
    """The projects below some folders and around open files; for one thread at a time.

    `is_overtaken` is asked during checks; once it says so, a check ends in an OvertakenError.

    `editor` are settings by key that go before those of the configuration files.
    """

    folders: Sequence[Path] = ()
    is_overtaken: Callable[[], bool] | None = None
    editor: Mapping[str, object] = field(default_factory=dict)
    _projects: dict[Key, EditedProject] = field(default_factory=dict)
    _results: dict[Key, Result] = field(default_factory=dict)
    _keys: dict[Path, Key] = field(default_factory=dict)
    _former: dict[Key, EditedProject] = field(default_factory=dict)
    _former_keys: dict[Path, Key] = field(default_factory=dict)

    def reload(self) -> None:
        """Read every configuration anew; one that is wrong changes nothing."""
        self._former.update(self._projects)
        self._former_keys.update(self._keys)
        self._projects.clear()
        self._keys.clear()

    def look_again(self) -> None:
        """Read those projects anew in which a file changed on disk."""
        for project in self._projects.values():
            project.look_again()

    def preview(self, buffers: Mapping[Path, str]) -> Round | None:
        """What is certain about open files of projects that were never checked, where those are
        large; what is known of others stays in it. None when there is no such project.

        What goes wrong is left for the check to tell.
        """
        owners, overlays = self._opened_all(buffers, [])
        made: dict[Key, Result] = {}
        for key, overlay in overlays.items():
            if key in self._results or not overlay:
                continue
            try:
                found = self._projects[key].preview(overlay)
            except OvertakenError:
                raise
            except BuildError:
                continue
            if found is not None:
                made[key] = found
        return Round({**self._results, **made}, owners) if made else None

    def check(self, buffers: Mapping[Path, str]) -> Round:
        """Check every folder of the workspace and every project that an open file belongs to."""
        messages: list[str] = []
        owners, overlays = self._opened_all(buffers, messages)
        for key, overlay in overlays.items():
            try:
                self._results[key] = self._projects[key].check(overlay)
            except OvertakenError:
                raise
            except BuildError as failure:
                messages.append(str(failure))
        self._results = {key: each for key, each in self._results.items() if key in overlays}
        for key in [each for each in self._projects if each[0] == ALONE and each not in overlays]:
            del self._projects[key]
        return Round(dict(self._results), owners, tuple(messages))

    def _opened_all(
        self, buffers: Mapping[Path, str], messages: list[str]
    ) -> tuple[dict[Path, Owner], dict[Key, dict[str, str]]]:
        """Who owns each open file, and the texts of those files by project and path in there."""
        owners: dict[Path, Owner] = {}
        overlays: dict[Key, dict[str, str]] = {}
        for folder in self.folders:
            key = self._attempt(folder, messages)
            if key is not None:
                overlays.setdefault(key, {})
        for path, text in buffers.items():
            owner = self._owner(path, text, messages)
            if owner is not None:
                owners[path] = owner
                overlays.setdefault(owner[0], {})[owner[1]] = text
        return owners, overlays

    def confirm(self) -> bool:
        """Analyse as a whole what was found quickly; whether another check would show another."""
        projects = [self._projects[key] for key in self._results if key in self._projects]
        return any([project.confirm() for project in projects])

    def question(self) -> tuple[Key, Question] | None:
        """What a type checker is to be asked next, and about which project."""
        for key in self._results:
            project = self._projects.get(key)
            asked = project.question() if project is not None else None
            if asked is not None:
                return key, asked
        return None

    def learn(self, key: Key, answer: Answer) -> None:
        """Take over an answer, if the project is still there."""
        if key in self._projects:
            self._projects[key].learn(answer)

    def project(self, key: Key) -> EditedProject:
        """The project behind a result."""
        return self._projects[key]

    def _attempt(self, place: Path, messages: list[str]) -> Key | None:
        """The project at a place, or None and a message."""
        try:
            return self._opened(place)
        except (BuildError, OSError) as failure:
            messages.append(str(failure))
            key = self._former_keys.get(place)
            if key is not None:
                self._projects.setdefault(key, self._former[key])
            return key

    def _owner(self, path: Path, text: str, messages: list[str]) -> Owner | None:
        """The project that holds a file; one of its own for a file that none does."""
        key = None if os.path.isdir(path) else self._attempt(path, messages)
        if key is not None:
            project = self._projects[key]
            try:
                relative = project.holds(path)
                if relative is None and os.path.isfile(path) and project.look_again():
                    relative = project.holds(path)
                elif relative is None and not os.path.exists(path):
                    relative = project.takes_in(path)
            except (BuildError, OSError):
                relative = None
            if relative is not None:
                return key, relative
        alone = (ALONE, path)
        if alone not in self._projects:
            self._projects[alone] = lone(path, text)
        return alone, path.name or "untitled"

    def _opened(self, place: Path) -> Key:
        """The project at a folder or around a file, opened once."""
        known = self._keys.get(place)
        if known is not None:
            return known
        settings = config.load([place], editor=self.editor)
        folder = self._folder(place)
        if settings.root is not None:
            key: Key = ("configured", settings.root)
            paths: tuple[Path, ...] = ()
        elif folder is not None:
            key, paths = ("folder", folder), (folder,)
        else:
            key, paths = ("file", place), (place,)
        if key not in self._projects:
            self._projects[key] = EditedProject(paths, settings, self.is_overtaken)
        self._keys[place] = key
        return key

    def _folder(self, place: Path) -> Path | None:
        """The innermost folder of the workspace around a place."""
        around = [each for each in self.folders if place.is_relative_to(each)]
        return max(around, key=lambda each: len(each.parts), default=None)
