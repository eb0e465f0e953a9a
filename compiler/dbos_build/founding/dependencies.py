"""What a project says it depends on, in whichever of the many places.

In: a situation. Out: the places, with the names of the distributions there. Never: reads a file, or
runs a `setup.py` to learn what it says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dbos_build.founding import toml
from dbos_build.founding.situation import PROJECT, Situation

OURS = "dbos-build"
PEER = "dbos"
REQUIREMENTS = "requirements.txt"
PIPENV = "Pipfile"


@dataclass(frozen=True, slots=True)
class Place:
    """A place that names distributions, in normal form, and how ours is written there."""

    path: Path
    names: frozenset[str]
    line: str


def places(here: Situation) -> Iterator[Place]:
    """Everywhere a project names what it depends on, the place for its main dependencies first."""
    yield from _lists(here)
    poetry = here.table("tool", "poetry")
    if poetry:
        groups = _table(poetry, "group")
        tables = [_table(poetry, "dependencies")]
        tables += [_table(_table(groups, name), "dependencies") for name in groups]
        named = {toml.named(name) for table in tables for name in table}
        is_main = not isinstance(here.table("project").get("dependencies"), list)
        if is_main or named & {OURS, PEER}:
            yield Place(here.root / PROJECT, frozenset(named), f'{OURS} = "*"')
    pipenv = here.text(PIPENV)
    if pipenv is not None:
        tables = [_table(_parsed(pipenv), name) for name in ("packages", "dev-packages")]
        named = {toml.named(name) for table in tables for name in table}
        yield Place(here.root / PIPENV, frozenset(named), f'{OURS} = "*"')
    requirements = here.text(REQUIREMENTS)
    if requirements is not None:
        named = {toml.named(line) for line in requirements.splitlines()}
        yield Place(here.root / REQUIREMENTS, frozenset(named), OURS)


def can_be_added(here: Situation) -> bool:
    """Whether pyproject.toml lists what the project depends on, and may list this distribution."""
    project = here.table("project")
    dynamic = project.get("dynamic")
    is_dynamic = isinstance(dynamic, list) and "dependencies" in dynamic
    return bool(project) and not is_dynamic and toml.named(str(project.get("name", ""))) != OURS


def _lists(here: Situation) -> Iterator[Place]:
    """The lists of pyproject.toml."""
    lists = [here.table("project").get("dependencies")]
    for table in (here.table("project", "optional-dependencies"), here.table("dependency-groups")):
        lists += table.values()
    known = [each for each in lists if isinstance(each, list)]
    if known:
        named = {toml.named(str(each)) for one in known for each in one}
        yield Place(here.root / PROJECT, frozenset(named), f'"{OURS}"')


def _table(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _parsed(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
