"""Everything public in the standard library has an effect that somebody decided.

The names come from the stubs that mypy ships, for every supported Python; the decisions from
`known/*.tsv`. A wildcard that is written in the table is a decision; a missing row is not.
"""

from __future__ import annotations

from collections import Counter

import pytest

from dbos_build.interpreter import knowledge
from support.typeshed import CALLABLE, SUPPORTED, Version, exceptions, standard_library

KNOWN = knowledge.load()
# Bound to an object of the module: `random.choice` draws from the generator that all share, while
# `Random(7).choice` is as good as its seed. And `ntpath` on Linux is a different function.
DIFFERENT_ALIASES = ("random.", "ntpath.realpath ")
# Raising or catching these does something, so they are no mere values. There are none so far.
EXCEPTIONS_WITH_EFFECTS: frozenset[str] = frozenset()


def effects(name: str) -> tuple[str, ...] | None:
    """The effects that the table gives a name, None when it is silent."""
    entry = KNOWN.find(KNOWN.canonical(name))
    return None if entry is None else entry.effects


@pytest.mark.parametrize("version", SUPPORTED, ids=str)
def test_every_public_callable_is_decided(version: Version) -> None:
    undecided = [
        member.name
        for member in standard_library(version).values()
        if member.kind in CALLABLE and effects(member.name) is None
    ]
    assert undecided == []


@pytest.mark.parametrize("version", SUPPORTED, ids=str)
def test_the_enumeration_is_whole(version: Version) -> None:
    members = standard_library(version)
    kinds = Counter(member.kind for member in members.values() if member.name == member.definition)
    assert kinds["function"] > 1_900
    assert kinds["class"] > 1_700
    assert kinds["method"] > 5_000
    assert members["random.choice"].kind == "function"
    assert members["pathlib.Path.joinpath"].definition.startswith("pathlib.")
    assert members["concurrent.futures.Executor"].definition == "concurrent.futures._base.Executor"
    assert members["os.path.join"].definition == "posixpath.join"
    assert ("distutils.file_util.copy_file" in members) == (version < (3, 12))
    assert ("itertools.batched" in members) == (version >= (3, 12))
    assert "winreg.OpenKey" not in members


@pytest.mark.parametrize("version", SUPPORTED, ids=str)
def test_exceptions_are_values(version: Version) -> None:
    found = exceptions(version)
    assert {"socket.timeout", "ssl.SSLError", "subprocess.TimeoutExpired", "sqlite3.Error"} <= found
    acting = {name for name in found if effects(name) != ()}
    assert acting == EXCEPTIONS_WITH_EFFECTS


@pytest.mark.parametrize("version", SUPPORTED, ids=str)
def test_an_alias_does_what_its_definition_does(version: Version) -> None:
    """`asyncio.tasks.sleep` and `asyncio.sleep`, `posixpath.join` and `os.path.join`."""
    members = standard_library(version)
    differing = {
        f"{member.name} {effects(member.name)} is {member.definition} {effects(member.definition)}"
        for member in members.values()
        if member.kind == "function"
        and member.definition in members
        and effects(member.name) != effects(member.definition)
    }
    assert {line for line in differing if not line.startswith(DIFFERENT_ALIASES)} == set()


@pytest.mark.parametrize("version", SUPPORTED, ids=str)
def test_only_names_that_are_read_for_their_state_have_an_effect_when_read(
    version: Version,
) -> None:
    """A row marked `read` names an attribute or property, never a function or class."""
    members = standard_library(version)
    callables = {name for name, member in members.items() if member.kind in CALLABLE}
    assert {name for name, entry in KNOWN.exact.items() if entry.is_read} & callables == set()
