"""What is there before a project is set up.

In: a folder. Out: `Situation`: its configuration files, its modules, and the repository around it.
Never: imports or analyses a module, runs git, or follows a link out of the folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dbos_build.error import ConfigError, SourceError
from dbos_build.reading import sources
from dbos_build.reading.discovery import reason, walk
from dbos_build.reading.naming import imported_names
from dbos_build.settings import config
from dbos_build.settings.config import Settings

CONFIGURATION = "dbos-build.toml"
PROJECT = "pyproject.toml"
RUFF = ("ruff.toml", ".ruff.toml")
_ASIDE = frozenset({"test", "tests", "docs", "doc", "examples", "scripts", "tools"})
_ASIDE_FILES = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py", "manage.py"})


@dataclass(frozen=True, slots=True)
class Situation:
    """A folder and what is in it and around it.

    `root` is the real path; `top` the repository's, or the root without one. `texts` are the texts
    of files that say how the project is set up, by absolute path. `modules` are the Python files,
    relative and posix, without tests and the like; `durable` those that import dbos. `settings` are
    those that hold for the folder now, with `root` None without a configuration.
    """

    root: Path
    top: Path
    is_repository: bool
    remote: str
    texts: Mapping[Path, str]
    modules: tuple[str, ...]
    durable: tuple[str, ...]
    settings: Settings

    @property
    def is_new(self) -> bool:
        """Whether there is no program yet."""
        return not self.modules

    @property
    def inside(self) -> str:
        """The project's folder in the repository, "" for the repository itself."""
        relative = self.root.relative_to(self.top).as_posix()
        return "" if relative == "." else relative

    def text(self, name: str) -> str | None:
        """The text of a file of the project, or None."""
        return self.texts.get(self.root / name)

    @property
    def project(self) -> Mapping[str, object]:
        """pyproject.toml as data; nothing without one."""
        text = self.text(PROJECT)
        return tomllib.loads(text) if text is not None else {}

    def table(self, *keys: str) -> Mapping[str, object]:
        """A table of pyproject.toml; empty when there is none."""
        found: object = self.project
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}


def ruff_above(here: Situation) -> Path | None:
    """The file further up in the repository by which ruff looks at a project without one."""
    if any(here.text(name) is not None for name in RUFF) or "ruff" in here.table("tool"):
        return None
    for folder in _between(here.root, here.top):
        for name in (*RUFF, PROJECT):
            text = here.texts.get(folder / name)
            if text is not None and (name != PROJECT or _has_ruff(text)):
                return folder / name
    return None


def _has_ruff(text: str) -> bool:
    try:
        tools = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError:  # Somebody else's file.
        return False
    return isinstance(tools, dict) and "ruff" in tools


def _between(root: Path, top: Path) -> tuple[Path, ...]:
    """The folders above a project up to that of its repository, the nearest first."""
    return tuple(each for each in root.parents if each == top or each.is_relative_to(top))


def look(folder: Path) -> Situation:
    """What is in a folder, which need not exist.

    Raises ConfigError for configuration that cannot be read, and for a folder that is a part of
    another project; SourceError for a file in place of a folder.
    """
    root = _real(folder)
    try:
        return _look(root)
    except OSError as failure:
        raise SourceError(f"{failure.filename}: cannot be read: {reason(failure)}") from failure


def _look(root: Path) -> Situation:
    settings = config.load([root]) if root.exists() else Settings()
    modules = _modules(root)
    _must_be_a_project(root, settings, has_code=bool(modules))
    top = _top(root)
    if settings.root != root:
        settings = Settings()
    return Situation(
        root=root,
        top=top or root,
        is_repository=top is not None,
        remote=_remote(top) if top is not None else "",
        texts=_texts(root, top or root),
        modules=tuple(modules),
        durable=tuple(path for path in modules if "dbos" in _imports(root / path)),
        settings=settings,
    )


def _real(folder: Path) -> Path:
    try:
        root = folder.resolve()
        if root.exists() and not root.is_dir():
            raise SourceError(f"{folder}: is a file; give the folder of a project")
    except (OSError, RuntimeError, ValueError) as failure:
        why = reason(failure) if isinstance(failure, OSError) else str(failure)
        raise SourceError(f"{folder}: cannot be read: {why}") from failure
    return root


def _must_be_a_project(root: Path, settings: Settings, *, has_code: bool) -> None:
    """Refuse a folder of code that belongs to a project further up."""
    if not has_code or (root / PROJECT).exists() or settings.root == root:
        return
    top = _top(root)
    for above in root.parents:
        if (above / PROJECT).is_file() or settings.root == above:
            raise ConfigError(
                f"{root}: is a part of the project in {above}; run `dbos-build init {above}`, or "
                "give the folder a pyproject.toml of its own"
            )
        if above == top:
            return


def _top(root: Path) -> Path | None:
    """The top folder of the repository around a folder, if there is one."""
    return next((each for each in (root, *root.parents) if (each / ".git").exists()), None)


def _remote(top: Path) -> str:
    """The addresses that the repository is pushed to, as its configuration has them."""
    try:
        text = (top / ".git" / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return " ".join(re.findall(r"^\s*url\s*=\s*(\S+)", text, re.MULTILINE))


def _modules(root: Path) -> list[str]:
    if not root.is_dir():
        return []
    os.listdir(root)  # Says so when it may not be read; a walk would find nothing instead.
    found = (each for each in walk(str(root), lambda _: False, str(root)) if each.problem is None)
    paths = (Path(each.path).relative_to(root).as_posix() for each in found)
    return [path for path in paths if not _is_aside(path)]


def _is_aside(path: str) -> bool:
    """Tests, documentation and scripts are no part of the program."""
    *folders, name = path.split("/")
    aside = name in _ASIDE_FILES or name.startswith("test_") or name.endswith("_test.py")
    return aside or bool(_ASIDE & set(folders)) or name == config.REGISTRY_NAME


def _imports(path: Path) -> set[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return {name.partition(".")[0] for name in imported_names(text)}


def _texts(root: Path, top: Path) -> dict[Path, str]:
    """The texts of what says how a project is set up."""
    wanted = [root / name for name in (PROJECT, CONFIGURATION, *RUFF)]
    wanted += [root / name for name in ("requirements.txt", "Pipfile")]
    wanted += [root / name for name in ("uv.lock", "README.md", ".gitignore")]
    wanted += [top / ".pre-commit-config.yaml", top / ".gitlab-ci.yml"]
    wanted += [top / ".vscode" / "tasks.json"]
    wanted += [each / name for each in _between(root, top) for name in (PROJECT, *RUFF)]
    workflows = top / ".github" / "workflows"
    if workflows.is_dir():
        wanted += sorted(each for each in workflows.iterdir() if each.suffix in (".yml", ".yaml"))
    found = {path: sources.read_text(path) for path in wanted if path.exists()}
    for name in RUFF:
        try:
            tomllib.loads(found.get(root / name, ""))
        except tomllib.TOMLDecodeError as failure:
            raise ConfigError(f"{root / name}: is not valid TOML: {failure}") from failure
    return found
