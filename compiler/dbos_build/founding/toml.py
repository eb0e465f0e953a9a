"""Changes to TOML files of the user, with everything else left as it was written.

In: the text of a file. Out: the text with a section, a code or a dependency more; the same text
when that is there already; None when it cannot be put there without touching something else.
Never: writes; gives a text that says anything but the old one and the addition.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

CODE = "DBS"
SECTION = "tool.dbos-build"


def with_section(text: str, values: Mapping[str, object]) -> str | None:
    """pyproject.toml with a `[tool.dbos-build]` table."""
    wanted = tomllib.loads(text)
    if not isinstance(wanted.setdefault("tool", {}), dict):
        return None
    wanted["tool"]["dbos-build"] = dict(values)
    return _held(_appended(text, f"[{SECTION}]\n{settings_text(values)}"), wanted)


def settings_text(values: Mapping[str, object]) -> str:
    """Settings as lines of TOML."""
    return "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()
    )


def with_external(text: str, *, is_project: bool) -> str | None:
    """A file of ruff's configuration, or pyproject.toml, that has ruff leave our codes alone."""
    before = tomllib.loads(text)
    path = ("tool", "ruff") if is_project else ()
    ruff = _table(before, path)
    if CODE in (ruff.get("external") or ()) or CODE in (
        _table(ruff, ("lint",)).get("external") or ()
    ):
        return text
    keys = (*path, "external") if "external" in ruff else (*path, "lint", "external")
    return _with_entry(text, before, keys, CODE)


def with_dependency(text: str, name: str) -> str | None:
    """pyproject.toml with a dependency more."""
    return _with_entry(text, tomllib.loads(text), ("project", "dependencies"), name)


def with_requirements(text: str, replaced: Callable[[str], str | None]) -> str | None:
    """pyproject.toml with some requirements replaced, in all lists of requirements.

    `replaced` gives what stands for a requirement, or None for one that stays.
    """
    wanted = tomllib.loads(text)
    try:
        document: Any = tomlkit.parse(text)
        for keys in list(_requirement_lists(wanted)):
            given, edited = _at(wanted, keys), _at(document, keys)
            for number, each in enumerate(given):
                made = replaced(each) if isinstance(each, str) else None
                if made is not None:
                    given[number] = edited[number] = made
    except (TOMLKitError, KeyError, TypeError, ValueError):
        return None
    return _held(tomlkit.dumps(document), wanted)


def named(requirement: str) -> str:
    """The normal name of the distribution that a requirement is about."""
    found = re.match(r"\s*([A-Za-z0-9][\w.-]*)", requirement)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def _requirement_lists(data: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Where lists of requirements stand."""
    if isinstance(_table(data, ("project",)).get("dependencies"), list):
        yield ("project", "dependencies")
    for keys in (("project", "optional-dependencies"), ("dependency-groups",)):
        for name, given in _table(data, keys).items():
            if isinstance(given, list):
                yield (*keys, name)


def _at(data: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        data = data[key]
    return data


def _with_entry(
    text: str, before: Mapping[str, Any], keys: Sequence[str], entry: str
) -> str | None:
    """The text with one more entry in a list, which is made where there is none."""
    wanted: Any = copy.deepcopy(before)
    holder = wanted
    for key in keys[:-1]:
        holder = holder.setdefault(key, {})
        if not isinstance(holder, dict):
            return None
    known = holder.setdefault(keys[-1], [])
    if not isinstance(known, list):
        return None
    known.append(entry)
    made = _edited(text, keys, entry)
    held = None if made is None else _held(made, wanted)
    if held is not None:
        return held
    header = ".".join(keys[:-1])
    line = f"{keys[-1]} = [{json.dumps(entry)}]\n"
    return _held(_appended(text, f"[{header}]\n{line}" if header else line), wanted)


def _edited(text: str, keys: Sequence[str], entry: str) -> str | None:
    """The text with the entry added by tomlkit, which keeps comments and layout."""
    try:
        document: Any = tomlkit.parse(text)
        holder = document
        for key in keys[:-1]:
            holder = holder[key]
        if keys[-1] in holder:
            holder[keys[-1]].append(entry)
        else:
            holder[keys[-1]] = [entry]
        return tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _held(text: str, wanted: object) -> str | None:
    """The text, if it says what it should and nothing else."""
    try:
        return text if tomllib.loads(text) == wanted else None
    except tomllib.TOMLDecodeError:
        return None


def _appended(text: str, section: str) -> str:
    if not text.strip():
        return text + section
    return text.rstrip("\n") + "\n\n" + section


def _table(data: Mapping[str, Any], keys: Sequence[str]) -> Mapping[str, Any]:
    found: Any = data
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
