"""The runtime and the compiler digest a module alike, and only its meaning counts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dbos
from dbos.values import canonical as runtime_canonical
from dbos_build.reading.digest import module_digest

SOURCE = '''"""A module."""
import os  # for the path


def greet(name: str = "you", *rest: int, loud: bool = False, **more: object) -> str:
    """Say hello."""
    return f"hello {name!r:>10}" if loud else 'hi \\ud800'


class Thing:
    """A thing."""

    size: int = 3
'''


def test_both_agree_on_every_module_of_the_runtime() -> None:
    folder = Path(dbos.__file__).parent
    files = sorted(folder.rglob("*.py"))
    assert len(files) > 40
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert runtime_canonical.module_digest(text) == module_digest(ast.parse(text)), path


@pytest.mark.parametrize(
    ("change", "into"),
    [
        ("  # for the path", "  # other words"),
        ('"""Say hello."""', '"""Greet."""'),
        ("\n\n\ndef", "\n\ndef"),
        ("'hi ", '"hi '),
        ("\n", "\r\n"),
    ],
)
def test_what_means_the_same_has_the_same_digest(change: str, into: str) -> None:
    other = SOURCE.replace(change, into)
    if into == '"hi ':
        other = other.replace("\\ud800'", '\\ud800"')
    assert other != SOURCE
    assert runtime_canonical.module_digest(other) == runtime_canonical.module_digest(SOURCE)


@pytest.mark.parametrize(
    ("change", "into"), [("hello ", "hallo "), ("= 3", "= 4"), ("loud: bool", "loud: int")]
)
def test_what_means_something_else_has_another_digest(change: str, into: str) -> None:
    other = SOURCE.replace(change, into)
    assert runtime_canonical.module_digest(other) != runtime_canonical.module_digest(SOURCE)
