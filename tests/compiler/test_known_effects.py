"""What single calls do, decided by hand in `known/effects.txt` and compared with the tables.

Each line there is an expression and the effects it has; `-` means none. Arguments matter: a
condition in the table is met or not by them. An expression without a call is a reading.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dbos_build.interpreter import knowledge
from dbos_build.interpreter.machine import Arguments
from dbos_build.interpreter.outside import caused
from dbos_build.interpreter.values import Value, constant, unknown

KNOWN = knowledge.load()

TABLE = (Path(__file__).with_name("known") / "effects.txt").read_text(encoding="utf-8")
LINES = [line for line in TABLE.splitlines() if line and not line.startswith("#")]
CASES = [(line.rsplit(maxsplit=1)[0], line.rsplit(maxsplit=1)[1]) for line in LINES]


def effects_of(expression: str) -> set[str]:
    """The effects of a call of, or a reading of, a qualified name."""
    node = ast.parse(expression, mode="eval").body
    if not isinstance(node, ast.Call):
        entry = KNOWN.exact.get(KNOWN.canonical(expression))
        return set(entry.effects) if entry is not None and entry.is_read else set()
    entry = KNOWN.find(KNOWN.canonical(ast.unparse(node.func)))
    assert entry is not None, f"{expression} is not in the tables"
    arguments = Arguments(
        positional=[passed(each) for each in node.args],
        keywords={each.arg: passed(each.value) for each in node.keywords if each.arg},
    )
    return set(caused(entry, arguments))


def passed(node: ast.expr) -> Value:
    """A literal as a constant; a name as something unknown."""
    return unknown("argument") if isinstance(node, ast.Name) else constant(ast.literal_eval(node))


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_effects(expression: str, expected: str) -> None:
    assert effects_of(expression) == (set() if expected == "-" else set(expected.split(",")))


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 400
    assert len(dict(CASES)) == len(CASES)
