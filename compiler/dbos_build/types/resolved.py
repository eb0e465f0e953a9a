"""What mypy knows of expressions, as plain data by place.

In: the documents that our plugin wrote, one per module. Out: for a node of a module, the
descriptions of what it may be: `["instance", class, arguments]`, `["tuple", items]`,
`["class", class]`, `["none"]`, `["union", items]`, `["member", class, name]`; a class is a key of
the module's `Described` classes. Never: trusts a document; what has not the expected shape is left
out, so that a damaged cache costs findings and nothing else.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

FACTS_FORMAT = 1
DEPTH_MAX = 24

Description: TypeAlias = list[Any]
Place: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Described:
    """A class: the names it can be imported by, its own first, and where it is written."""

    names: tuple[str, ...]
    path: str
    qualname: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one module."""

    places: Mapping[Place, tuple[Description, ...]]
    classes: Mapping[str, Described]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is known of a project: facts by path."""

    modules: Mapping[str, Facts]

    def at(self, path: str, node: ast.expr) -> tuple[Description, ...]:
        """What is known of an expression; empty for most."""
        facts = self.modules.get(path)
        if facts is None or node.end_lineno is None or node.end_col_offset is None:
            return ()
        place = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        return facts.places.get(place, ())

    def described(self, path: str, name: str) -> Described | None:
        """A class that a module's facts refer to."""
        facts = self.modules.get(path)
        return facts.classes.get(name) if facts is not None else None


def facts_file(path: str) -> str:
    """The name of the file that holds the facts of the source file at an absolute path."""
    return hashlib.blake2b(os.fsencode(path), digest_size=16).hexdigest() + ".json"


def read_facts(document: Mapping[str, object], path: str) -> Facts | None:
    """The facts of one document, or None when it is not about the source file at `path`."""
    types, places, classes = (document.get(key) for key in ("types", "places", "classes"))
    if document.get("format") != FACTS_FORMAT or document.get("path") != path:
        return None
    if not (isinstance(types, list) and isinstance(places, list) and isinstance(classes, dict)):
        return None
    known = {name: _class(entry) for name, entry in classes.items()}
    rows = (row for row in places if _is_row(row))
    return Facts(
        places={
            (row[0], row[1], row[2], row[3]): tuple(
                types[number] for number in row[4] if _is_known(number, types)
            )
            for row in rows
        },
        classes={name: entry for name, entry in known.items() if entry is not None},
    )


def _is_row(row: object) -> bool:
    """Whether a row is a place and the numbers of what is known there."""
    if not isinstance(row, list) or len(row) != 5 or not isinstance(row[4], list):
        return False
    return all(isinstance(number, int) for number in row[:4])


def _is_known(number: object, types: list[Any]) -> bool:
    """Whether a number stands for a description, and one of a depth that our plugin writes."""
    if not isinstance(number, int) or not 0 <= number < len(types):
        return False
    return isinstance(types[number], list) and _depth(types[number]) <= DEPTH_MAX


def _depth(described: list[Any]) -> int:
    """How many lists deep a description goes, no further than it matters."""
    depth, level = 0, [described]
    while level and depth <= DEPTH_MAX:
        depth += 1
        level = [inner for outer in level for inner in outer if isinstance(inner, list)]
    return depth


def _class(entry: object) -> Described | None:
    if not isinstance(entry, dict):
        return None
    names, path, qualname = (entry.get(key) for key in ("names", "path", "qualname"))
    if not (isinstance(names, list) and isinstance(path, str) and isinstance(qualname, str)):
        return None
    return Described(tuple(name for name in names if isinstance(name, str)), path, qualname)
