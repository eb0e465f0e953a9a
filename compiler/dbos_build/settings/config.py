"""The configuration of one run, as a frozen value.

In: `[tool.dbos-build]` of the nearest pyproject.toml, or a dbos-build.toml, at or above the paths
of the run. Out: `Settings`.
Never: reads the environment, the clock or user code; never guesses what an unknown key meant
without saying so.
"""

from __future__ import annotations

import codecs
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from dbos_build.error import ConfigError
from dbos_build.settings import keys
from dbos_build.settings.keys import EffectRow

REGISTRY_NAME = "dbos_registry.py"
LOCK_NAME = "dbos-build.lock"
EDITOR = "the editor's settings"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user configured; every field has the default of a project without configuration.

    `root` is the folder of the configuration file, or None without one; `sources`, `registry`,
    `lock`, `baseline` and `exclude` are posix paths (`exclude`: patterns) relative to it. `select`,
    `extend_select`, `ignore` and the lists of `per_file_ignores` hold rule codes, code prefixes or
    rule names. `effects` are rows that go before those of the shipped table.
    """

    root: Path | None = None
    sources: tuple[str, ...] = (".",)
    registry: str = REGISTRY_NAME
    lock: str = LOCK_NAME
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    strict: bool = False
    types: bool = False
    baseline: str | None = None
    effects: tuple[EffectRow, ...] = ()


def load(
    paths: Sequence[Path],
    *,
    isolated: bool = False,
    overrides: Sequence[str] = (),
    editor: Mapping[str, object] = MappingProxyType({}),
) -> Settings:
    """Return the settings that govern `paths` (the current directory when there are none).

    `isolated` leaves every configuration file unread; `overrides` are `KEY=VALUE` texts, each a
    line of TOML, and `editor` values by key, that replace what a file says. Raises ConfigError when
    the file that configures the first path cannot be read, or when the paths are configured by
    different files.
    """
    file = None if isolated else _governing(paths)
    settings = Settings() if file is None else read(file)
    if editor:
        settings = _checked(replace(settings, **keys.read(editor, EDITOR)), EDITOR)
    if not overrides:
        return settings
    table: dict[str, object] = {}
    for text in overrides:
        table.update(_override(text))
    return _checked(replace(settings, **keys.read(table, "--config")), "--config")


def per_file_ignore(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the pattern and the rules of a `PATTERN:RULE[,RULE]` of the command line.

    Raises ConfigError for text of another form.
    """
    pattern, colon, rules = text.rpartition(":")
    named = tuple(rule.strip() for rule in rules.split(",") if rule.strip())
    if not colon or not pattern or not named:
        raise ConfigError(f"--per-file-ignores takes PATTERN:RULE, not {text!r}")
    return pattern, named


def _governing(paths: Sequence[Path]) -> Path | None:
    """The one file that configures all paths."""
    found: dict[Path | None, Path] = {}
    for path in paths or (Path(),):
        found.setdefault(_nearest(path), path)
    if len(found) > 1:
        first, second, *_ = found.values()
        raise ConfigError(
            f"{first} and {second} belong to different projects; check them one after the other."
        )
    (file,) = found
    return file


def read(file: Path) -> Settings:
    """Return the settings that one configuration file holds.

    Raises ConfigError for unreadable or malformed files, unknown keys and wrong types.
    """
    table = _table(file)
    return parse({} if table is None else table, root=file.parent, origin=str(file))


def parse(table: Mapping[str, object], *, root: Path, origin: str) -> Settings:
    """Return the settings of a `[tool.dbos-build]` table; `origin` names it in errors."""
    return _checked(replace(Settings(root=root), **keys.read(table, origin)), origin)


def _checked(made: Settings, origin: str) -> Settings:
    """Refuse settings that contradict each other."""
    if not made.registry.endswith(".py"):
        raise ConfigError(f"{origin}: 'registry' must be a Python file, not {made.registry!r}")
    files = [("registry", made.registry), ("lock", made.lock), ("baseline", made.baseline)]
    for position, (key, file) in enumerate(files):
        for other, same in files[:position]:
            if file == same:
                raise ConfigError(f"{origin}: {other!r} and {key!r} name the same file, {file!r}")
    return made


def _override(text: str) -> Mapping[str, object]:
    """The table that a `KEY=VALUE` of the command line stands for; bare words are strings."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"--config takes KEY=VALUE, not {text!r}")
    for line in (text, f"{key} = {value.strip()!r}"):
        try:
            return tomllib.loads(line)
        except tomllib.TOMLDecodeError:
            continue
    raise ConfigError(f"--config {text!r} is not valid TOML")


def _nearest(path: Path) -> Path | None:
    """The configuration file at or above `path`, if any; a folder with two is refused."""
    start = path.absolute()
    try:
        start = start.resolve()
    except (OSError, RuntimeError):
        return None
    for folder in (start, *start.parents):
        own, project = folder / "dbos-build.toml", folder / "pyproject.toml"
        # Not Path.is_file, which raises for a folder that may not be looked into.
        has_section = os.path.isfile(project) and _table(project) is not None
        if os.path.isfile(own):
            if has_section:
                raise ConfigError(
                    f"{folder}: configured twice, by dbos-build.toml and by [tool.dbos-build] in "
                    "pyproject.toml; keep one of them"
                )
            return own
        if has_section:
            return project
    return None


def _table(file: Path) -> Mapping[str, object] | None:
    """The table for us in a TOML file: all of dbos-build.toml, one section of pyproject.toml."""
    try:
        document: Mapping[str, object] = tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as failure:
        raise ConfigError(f"{file}: cannot be read: {failure.strerror}") from failure
    except UnicodeDecodeError as failure:
        raise ConfigError(f"{file}: is not UTF-8, as TOML must be") from failure
    except (tomllib.TOMLDecodeError, RecursionError) as failure:
        reason = " ".join(str(failure).split())
        if file.read_bytes().startswith(codecs.BOM_UTF8):
            reason = "it begins with a byte order mark; save it as UTF-8 without one"
        raise ConfigError(f"{file}: is not valid TOML: {reason}") from failure
    if file.name == "dbos-build.toml":
        return document
    tools = document.get("tool")
    table = tools.get("dbos-build") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: [tool.dbos-build] must be a table")
    return table
