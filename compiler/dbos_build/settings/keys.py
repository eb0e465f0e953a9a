"""The keys of `[tool.dbos-build]`: what each may say, and how it is read.

In: the table of a configuration file, as TOML gives it. Out: checked values by the name of the
field of `Settings` that holds them.
Never: reads a file; lets an unknown key or a wrong type pass without saying what was meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dbos_build.error import ConfigError


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What the user says about code outside the project: a line of the table in `known/`.

    `effects` hold when every condition of `when` does, `otherwise` when one does not.
    """

    name: str
    effects: tuple[str, ...]
    when: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    returns: str = ""


def read(table: Mapping[str, object], origin: str) -> dict[str, Any]:
    """Return the value of every key in `table`, by field name; `origin` names it in errors.

    Raises ConfigError for an unknown key, a value of the wrong type, and a path that leaves the
    project.
    """
    for key in table:
        if key not in KEYS:
            raise ConfigError(f"{origin}: unknown key {key!r} in [tool.dbos-build]{_hint(key)}")
    return {
        key.replace("-", "_"): KEYS[key](key, value, origin)
        for key, value in sorted(table.items(), key=lambda item: ORDER[item[0]])
    }


def _hint(key: str) -> str:
    close = difflib.get_close_matches(key, KEYS, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known keys: {', '.join(sorted(KEYS))}"


def _strings(key: str, value: object, origin: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ConfigError(f"{origin}: {key!r} must be a list of strings, not {value!r}")
    return tuple(value)


def _folders(key: str, value: object, origin: str) -> tuple[str, ...]:
    entries = _strings(key, value, origin)
    for entry in entries:
        _inside(key, entry, origin)
    if key == "sources" and not entries:
        raise ConfigError(f"{origin}: 'sources' is empty; leave it out to check the whole project")
    return entries


def _file(key: str, value: object, origin: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{origin}: {key!r} must be the path of a file, not {value!r}")
    _inside(key, value, origin)
    return value


def _inside(key: str, value: str, origin: str) -> None:
    """Refuse paths that leave the project: a build writes and reads only below its root."""
    outside = value.startswith(("/", "\\")) or ".." in value.replace("\\", "/").split("/")
    if not value or "\0" in value or outside:
        raise ConfigError(f"{origin}: {key!r} must stay inside the project, but is {value!r}")


def _flag(key: str, value: object, origin: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{origin}: {key!r} must be true or false, not {value!r}")
    return value


def _per_file(key: str, value: object, origin: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`{"tests/**" = ["DBS101"]}` as pairs of a pattern and the rules it switches off."""
    if not isinstance(value, dict):
        raise ConfigError(
            f"{origin}: {key!r} must be a table of patterns and lists of rules, not {value!r}"
        )
    pairs = []
    for pattern, rules in sorted(value.items()):
        if not pattern:
            raise ConfigError(f"{origin}: {key!r} has an empty pattern")
        pairs.append((pattern, _strings(f"{key}.{pattern}", rules, origin)))
    return tuple(pairs)


def _effects(key: str, value: object, origin: str) -> tuple[EffectRow, ...]:
    """The rows of the effect table that the user adds; names may be quoted or nested tables."""
    if not isinstance(value, dict):
        raise ConfigError(f"{origin}: {key!r} must be a table of names and effects, not {value!r}")
    rows = [_row(name, row, f"{origin}: {key}.{name}") for name, row in _named(value, "")]
    return tuple(sorted(rows, key=lambda row: row.name))


def _named(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    """Every name with its row: TOML reads an unquoted dotted key as nested tables."""
    for key, value in table.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict) and not isinstance(value.get("effects", {}), str | list):
            yield from _named(value, name)
        else:
            yield name, value


_ROW_KEYS = ("effects", "when", "otherwise", "returns")


def _row(name: str, value: object, origin: str) -> EffectRow:
    """One row: a word, a list of words, or a table with conditions."""
    given = value if isinstance(value, dict) else {"effects": value}
    for key in given:
        if key not in _ROW_KEYS:
            close = difflib.get_close_matches(key, _ROW_KEYS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(_ROW_KEYS)}"
            raise ConfigError(f"{origin}: unknown key {key!r}; {hint}")
    returns = given.get("returns", "")
    if not isinstance(returns, str):
        raise ConfigError(f"{origin}: 'returns' must be the name of a type, not {returns!r}")
    when, otherwise = _words("when", given, origin), _words("otherwise", given, origin)
    if otherwise and not when:
        raise ConfigError(f"{origin}: 'otherwise' has no meaning without 'when'")
    return EffectRow(name, _words("effects", given, origin), when, otherwise, returns)


def _words(key: str, row: Mapping[str, object], origin: str) -> tuple[str, ...]:
    value = row.get(key, [])
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ConfigError(f"{origin}: {key!r} must be a word or a list of words, not {value!r}")
    if key == "effects" and not words:
        raise ConfigError(f'{origin}: says no effect; write "pure" for a name that has none')
    return tuple(words)


KEYS: Mapping[str, Callable[[str, object, str], object]] = MappingProxyType(
    {
        "sources": _folders,
        "exclude": _folders,
        "registry": _file,
        "lock": _file,
        "baseline": _file,
        "select": _strings,
        "extend-select": _strings,
        "ignore": _strings,
        "per-file-ignores": _per_file,
        "strict": _flag,
        "types": _flag,
        "effects": _effects,
    }
)
"""Every key and the function that reads its value."""
ORDER = {key: position for position, key in enumerate(KEYS)}
