"""Edits inside functions, made in the tree that is there: it is the tree that parsing gives."""

from __future__ import annotations

import ast
import random

import pytest

from dbos_build.nodes import every
from dbos_build.reading.module import Module, parse
from dbos_build.reading.renewing import renew, renewal
from dbos_build.reading.reparsing import is_equal
from dbos_build.reading.sources import Source
from support import large_application

TEXT = '''\
import time


@decorated(1)
def first(a, b=2):
    """What it does."""
    x = a + b

    return x


class Thing:
    limit = "é"; other = 1

    def method(self):
        if self.limit:
            def inner(y):
                return y + 1
            return inner
        else:
            return "é" + self.limit

    async def last(self):
        for each in self:
            yield each


def one(): return 1


try:
    def guarded():
        pass
except ValueError:
    def guarded():
        return 2
z = 1
'''


def made(text: str) -> Module:
    return parse(Source("main", "main.py", text))


def check(module: Module, text: str) -> bool:
    """Whether an edit is made in the tree; if so, the tree is that of the text."""
    edit = renewal(module, text)
    if edit is None:
        return False
    renew(edit)
    assert module.tree is not None
    assert is_equal(module.tree.body, ast.parse(text).body)
    assert module.text == text
    return True


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    x = a + b\n", "    x = a - b\n"),
        ("    x = a + b\n", "    y = 1\n    x = a + b\n"),
        ("    x = a + b\n", ""),
        ("    return x\n", "    # more\n    return x\n"),
        ("    return x\n\n", "    return x\n    print(x)\n"),
        ("                return y + 1\n", "                return y + 2\n"),
        ('            return "é" + self.limit\n', '            return "éé" + self.limit + "é"\n'),
        ("            yield each\n", "            if each:\n                yield each\n"),
        ("        pass\nexcept", "        print()\n        print()\nexcept"),
        ("        return 2\n", "        return 2 + 3\n\n"),
    ],
)
def test_an_edit_of_a_body_is_made(old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    module = made(TEXT)
    assert check(module, TEXT.replace(old, new))
    assert check(module, TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def first(a, b=2):", "def first(a, b=3):"),
        ("@decorated(1)", "@decorated(2)"),
        ("    x = a + b\n", "    x = (a + b\n"),
        ("    x = a + b\n", "x = a + b\n"),
        ('    """What it does."""\n', '    """What it does.\n'),
        ("    return x\n\n", "    return x\n\nprint(1)\n"),
        ("def one(): return 1", "def one(): return 2"),
        ("z = 1", "z = 2"),
        ("    limit = ", "    limits = "),
        ("import time", "import os"),
        ("    def method(self):\n", "    def method(self):\n    "),
        ("        pass\nexcept ValueError:", "        pass\nexcept KeyError:"),
        ("    x = a + b\n", "    x = a + '\0'\n"),
    ],
)
def test_any_other_edit_is_none(old: str, new: str) -> None:
    module = made(TEXT)
    assert module.tree is not None
    before = ast.dump(module.tree, include_attributes=True)
    assert not check(module, TEXT.replace(old, new, 1))
    assert ast.dump(module.tree, include_attributes=True) == before


def test_what_says_the_same_stays_the_same_object() -> None:
    module = made(TEXT)
    assert module.tree is not None
    kept = list(ast.walk(module.tree))
    more = TEXT.replace("    x = a + b\n", "    y = 1\n    x = a + b\n")
    assert check(module, more)
    new = [each for each in ast.walk(module.tree) if not any(each is one for one in kept)]
    assert [type(each).__name__ for each in new] == ["Assign", "Name", "Constant"]
    assert len(every(module.tree, ast.Assign)) == sum(isinstance(e, ast.Assign) for e in kept) + 1
    now = list(ast.walk(module.tree))
    assert check(module, more.replace("a + b", "a + c"))
    assert all(one is two for one, two in zip(ast.walk(module.tree), now, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_trees_after_many_edits_are_those_that_parsing_gives(seed: int) -> None:
    chance = random.Random(seed)
    count = 0
    for text in [TEXT, *large_application.texts(1, units=1).values()]:
        module = made(text)
        for _ in range(12):
            lines = module.text.split("\n")
            place = chance.randrange(len(lines))
            pad = " " * (len(lines[place]) - len(lines[place].lstrip()))
            match chance.randrange(4):
                case 0:
                    lines.insert(place, pad + chance.choice(["q = 1", "# note", "", "return 3"]))
                case 1:
                    del lines[place]
                case 2:
                    lines[place] = lines[place].replace("self", "me").replace("order", "o")
                case _:
                    other = chance.randrange(len(lines))
                    lines.insert(place, pad + lines[other].strip())
            count += check(module, "\n".join(lines))
    assert count > 20
