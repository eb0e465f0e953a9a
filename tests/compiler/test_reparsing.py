"""A text that is parsed again after an edit has the tree that it would have from nothing.

Edits are made at random, of lines, of characters and of what starts or ends a statement, one after
the other, so that trees are shared over many of them.
"""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from dbos_build.reading.module import LINES_MAX, Module, parse
from dbos_build.reading.reparsing import reparse
from dbos_build.reading.sources import Source

CASES = Path(__file__).parent / "corpus" / "cases"
TEXT = '''"""What it is."""
import os; import sys  # noqa: DBS101

@(
    decorate
)
def first(x):
    return """
text
"""


VALUE = 1 + \\
    2
if VALUE:
    pass
else:
    VALUE = (
        3
    )
class Second:
    # dbos: ignore[DBS001] why
    def method(self): return "é"
x = 1; y = 2; \\
z = 3
@decorate
async def third(): await x
'''
PIECES = [
    "", "\n", "\\", '"""', "(", ")", "    ", "x = 1", "else:", "    more()", "@wrap", "# comment",
    "; a = 1", "def f():", "    return 1", "x = 1 \\", "'", ":", "é", "elif x:", "\x0c", "+ 2",
    "class A:", "\t", "except E:", "match x:", "    case 1:", "        pass", ")]", "# noqa",
]  # fmt: skip


def _source(text: str) -> Source:
    return Source("flow", "flow.py", text)


def _shown(module: Module) -> object:
    tree = ast.dump(module.tree, include_attributes=True) if module.tree is not None else None
    return (tree, module.problem, module.suppressions, module.text)


def _edited(text: str, chance: random.Random) -> str:
    """The text with one edit: a line or a part of one put in, replaced or taken out."""
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines.insert(place, chance.choice(PIECES))
        case 1:
            lines[place] = chance.choice(PIECES)
        case 2:
            del lines[place]
        case 3:
            column = chance.randint(0, len(lines[place]))
            lines[place] = lines[place][:column] + chance.choice(PIECES) + lines[place][column:]
        case 4:
            other = chance.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(16))
def test_after_any_edits_the_tree_is_that_of_the_whole_text(seed: int) -> None:
    chance = random.Random(seed)
    good = parse(_source(TEXT))
    text = TEXT
    parsed = 0
    for _ in range(40):
        text = _edited(text, chance)
        source = _source(text)
        expected = parse(source)
        assert _shown(reparse(source, good)) == _shown(expected), text
        if expected.tree is None:
            text = good.text if chance.random() < 0.5 else text
        else:
            good = reparse(source, good)
            parsed += 1
    assert parsed


def test_every_line_of_a_large_file_may_change() -> None:
    text = "\n".join(path.read_text("utf-8") for path in sorted(CASES.rglob("*.py"))[:16])
    lines = text.split("\n")
    good = parse(_source(text))
    assert good.tree is not None
    for place in range(0, len(lines), 61):
        edited = "\n".join([*lines[:place], lines[place] + " # changed", *lines[place + 1 :]])
        source = _source(edited)
        assert _shown(reparse(source, good)) == _shown(parse(source))


def test_statements_that_did_not_change_are_the_same_objects() -> None:
    good = parse(_source("import a\n\n\ndef f():\n    return 1\n\n\ndef g():\n    return 2\n"))
    assert good.tree is not None
    typed = reparse(_source(good.text.replace("return 1", "return 11")), good)
    assert typed.tree is not None
    assert [new is old for new, old in zip(typed.tree.body, good.tree.body, strict=True)] == [
        True,
        False,
        True,
    ]
    longer = reparse(_source(good.text.replace("return 1", "x = 1\n    return x")), good)
    assert longer.tree is not None
    assert longer.tree.body[0] is good.tree.body[0]
    assert longer.tree.body[2] is not good.tree.body[2]
    assert longer.tree.body[2].lineno == good.tree.body[2].lineno + 1


@pytest.mark.parametrize("text", ["", "\x00", "def f(:\n", "x = 1\n" * (LINES_MAX + 1)])
def test_what_cannot_be_shared_is_parsed(text: str) -> None:
    good = parse(_source("x = 1\n"))
    assert _shown(reparse(_source(text), good)) == _shown(parse(_source(text)))
    renamed = Source("other", "other.py", "x = 2\n")
    assert _shown(reparse(renamed, good)) == _shown(parse(renamed))
    missing = Source("flow", "flow.py", None, problem="gone")
    assert _shown(reparse(missing, good)) == _shown(parse(missing))
