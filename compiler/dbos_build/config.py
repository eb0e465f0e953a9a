"""The configuration of one run, as a frozen value.

In: `[tool.dbos-build]` of the nearest pyproject.toml, or a dbos-build.toml, at or above the paths
of the run. Out: `Settings`.
Never: reads the environment, the clock or user code; never guesses what an unknown key meant
without saying so.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbos_build.error import ConfigError

REGISTRY_NAME = "dbos_registry.py"
LOCK_NAME = "dbos-build.lock"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user configured; every field has the default of a project without configuration.

    `root` is the folder of the configuration file, or None without one; `sources`, `registry`,
    `lock` and `exclude` are posix paths (`exclude`: patterns) relative to it. `select` and
    `ignore` hold rule codes, code prefixes or rule names.
    """

    root: Path | None = None
    sources: tuple[str, ...] = (".",)
    registry: str = REGISTRY_NAME
    lock: str = LOCK_NAME
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False


_LISTS = ("sources", "exclude", "select", "ignore")
_TEXTS = ("registry", "lock")
_FLAGS = ("strict",)
_KEYS = (*_LISTS, *_TEXTS, *_FLAGS)


def load(paths: Sequence[Path]) -> Settings:
    """Return the settings that govern `paths` (the current directory when there are none).

    Raises ConfigError when the file that configures the first path cannot be read, or when the
    paths are configured by different files.
    """
    found: dict[Path | None, Path] = {}
    for path in paths or (Path(),):
        found.setdefault(_nearest(path), path)
    if len(found) > 1:
        first, second, *_ = found.values()
        raise ConfigError(
            f"{first} and {second} belong to different projects; check them one after the other."
        )
    (file,) = found
    return Settings() if file is None else read(file)


def read(file: Path) -> Settings:
    """Return the settings that one configuration file holds.

    Raises ConfigError for unreadable or malformed files, unknown keys and wrong types.
    """
    table = _table(file)
    return parse({} if table is None else table, root=file.parent, origin=str(file))


def parse(table: Mapping[str, object], *, root: Path, origin: str) -> Settings:
    """Return the settings of a `[tool.dbos-build]` table; `origin` names it in errors."""
    for key in table:
        if key not in _KEYS:
            raise ConfigError(f"{origin}: unknown key {key!r} in [tool.dbos-build]{_hint(key)}")
    lists = {key: _list_of(key, table[key], origin) for key in _LISTS if key in table}
    texts = {key: _path_of(key, table[key], origin) for key in _TEXTS if key in table}
    for key in ("sources", "exclude"):
        for entry in lists.get(key, ()):
            _inside(key, entry, origin)
    if lists.get("sources") == ():
        raise ConfigError(f"{origin}: 'sources' is empty; leave it out to check the whole project")
    flags = {key: _flag_of(key, table[key], origin) for key in _FLAGS if key in table}
    made = _settings(root, lists, texts, flags)
    if not made.registry.endswith(".py"):
        raise ConfigError(f"{origin}: 'registry' must be a Python file, not {made.registry!r}")
    if made.registry == made.lock:
        raise ConfigError(f"{origin}: 'registry' and 'lock' name the same file, {made.lock!r}")
    return made


def _settings(
    root: Path,
    lists: Mapping[str, tuple[str, ...]],
    texts: Mapping[str, str],
    flags: Mapping[str, bool],
) -> Settings:
    default = Settings()
    return Settings(
        root=root,
        sources=lists.get("sources", default.sources),
        registry=texts.get("registry", default.registry),
        lock=texts.get("lock", default.lock),
        exclude=lists.get("exclude", default.exclude),
        select=lists.get("select", default.select),
        ignore=lists.get("ignore", default.ignore),
        strict=flags.get("strict", default.strict),
    )


def _nearest(path: Path) -> Path | None:
    """The configuration file at or above `path`, if any: the own file first, then pyproject."""
    start = path.absolute()
    try:
        start = start.resolve()
    except (OSError, RuntimeError):
        return None
    for folder in (start, *start.parents):
        own = folder / "dbos-build.toml"
        if own.is_file():
            return own
        project = folder / "pyproject.toml"
        if project.is_file() and _table(project) is not None:
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
        raise ConfigError(f"{file}: is not valid TOML: {reason}") from failure
    if file.name == "dbos-build.toml":
        return document
    tools = document.get("tool")
    table = tools.get("dbos-build") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: [tool.dbos-build] must be a table")
    return table


def _hint(key: str) -> str:
    close = difflib.get_close_matches(key, _KEYS, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known keys: {', '.join(sorted(_KEYS))}"


def _list_of(key: str, value: object, origin: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ConfigError(f"{origin}: {key!r} must be a list of strings, not {value!r}")
    return tuple(value)


def _path_of(key: str, value: object, origin: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{origin}: {key!r} must be the path of a file, not {value!r}")
    _inside(key, value, origin)
    return value


def _inside(key: str, value: str, origin: str) -> None:
    """Refuse paths that leave the project: a build writes and reads only below its root."""
    outside = value.startswith(("/", "\\")) or ".." in value.replace("\\", "/").split("/")
    if not value or "\0" in value or outside:
        raise ConfigError(f"{origin}: {key!r} must stay inside the project, but is {value!r}")


def _flag_of(key: str, value: object, origin: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{origin}: {key!r} must be true or false, not {value!r}")
    return value
