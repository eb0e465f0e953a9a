"""The public names of the runtime: what each is, where it works, and which arguments it takes.

In: `known/dbos_interface.txt`, a table that a test holds to the package `dbos`. Out: an `Entry` for
a qualified name such as `dbos.DBOS.recv`. Never does: import the runtime.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent.parent / "known" / "dbos_interface.txt"
ROLES = frozenset(
    {
        *("decorator", "start", "workflow", "durable", "part", "recorded", "plain", "step"),
        *("session", "value", "preset", "object", "type", "outside", "lifecycle", "internal"),
    }
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, whether it has no default, whether it is given by keyword only."""

    name: str
    is_required: bool
    by_keyword: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A public name below `dbos`.

    `role` is one of `ROLES`, explained in the table. `takes_more` and `takes_keywords` say whether
    it has `*args` and `**kwargs`; a value has no parameters at all.
    """

    name: str
    role: str
    parameters: tuple[Parameter, ...]
    takes_more: bool
    takes_keywords: bool

    @property
    def by_position(self) -> tuple[Parameter, ...]:
        """The parameters that a call may give without their names, in order."""
        return tuple(each for each in self.parameters if not each.by_keyword)


def entry(qualified: str) -> Entry | None:
    """What is known of `dbos.DBOS.recv` and its like; None for other names."""
    package, _, name = qualified.partition(".")
    return interface().get(name) if package == "dbos" else None


def role(qualified: str) -> str:
    """The role of a qualified name; empty for what is not public."""
    found = entry(qualified)
    return "" if found is None else found.role


def has_twin(qualified: str) -> bool:
    """Whether an operation that blocks has a form to be awaited, under its name and `_async`."""
    return entry(f"{qualified}_async") is not None


def members(owner: str) -> list[str]:
    """The public names of a class of the runtime, `DBOS` or `Queue`."""
    return [name.rpartition(".")[2] for name in interface() if name.rpartition(".")[0] == owner]


@cache
def interface() -> Mapping[str, Entry]:
    """All public names, without the `dbos.` before them."""
    lines = _TABLE.read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {name: _entry(name, decided, given) for name, decided, given in rows}


def _entry(name: str, decided: str, given: str) -> Entry:
    words = [] if given in {"-", "()"} else given.split()
    parameters = tuple(
        Parameter(word.rstrip("?="), "?" not in word, word.endswith("="))
        for word in words
        if not word.startswith("*")
    )
    more = any(word.startswith("*") and not word.startswith("**") for word in words)
    keywords = any(word.startswith("**") for word in words)
    return Entry(name, decided, parameters, more, keywords)
