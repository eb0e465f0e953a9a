"""What nobody mentions comes and goes without anything being run for it.

Imports of other people's code, literals, functions and classes that are just typed are made in the
program as they are. As soon as their name stands anywhere that it could be used from, as soon as
they could register, declare or start something, the program is begun anew instead.
"""

from __future__ import annotations

from functools import partial

import pytest

from dbos_build import checking
from dbos_build.settings.config import Settings
from support.analysis import project
from support.edited_programs import CHAIN, CLOSURES
from support.edits import count_runs, whole

FIRST = "import time\n"


def is_plain(texts: dict[str, str], path: str, text: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether nothing was run for an edit, and for taking it back; findings are right anyway."""
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project(texts))
    last = checker._program
    assert last is not None
    engine, generation = last.engine, last.engine.generation
    found = []
    for made in (texts | {path: text}, texts):
        check = partial(checker.judge, project(made), may_renew=True)
        runs = count_runs(monkeypatch, lambda check=check: found.append(check()[1]))  # type: ignore[misc]
        assert found[-1] == whole(made, Settings())
        now = checker._program
        assert now is not None
        if now.engine is not engine or engine.generation != generation or runs:
            return False
    return True


@pytest.mark.parametrize(
    "typed",
    [
        "imp\n",
        "import zlib\n",
        "import os.path as where\n",
        "from zlib import crc32, adler32\n",
        "BOUND = 30\n",
        "BOUND = [1, -2, {'a': (None, 'b')}]\n",
        "BOUND = 1\n'a text'\nOTHER = 2\n",
        "def unseen(a, b=now(1)):\n    return unseen(time.time()) + b\n\n\n",
        "async def unseen():\n    yield 1\n\n\n",
        (
            "class Unseen:\n    size: int = 0\n    name: str\n\n    def grow(self):\n"
            "        self.size += now()\n\n\n"
        ),
    ],
)
def test_what_nobody_mentions_runs_nothing(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    text = CLOSURES.replace(FIRST, FIRST + typed)
    assert is_plain({"main.py": CLOSURES}, "main.py", text, monkeypatch)


@pytest.mark.parametrize(
    "typed",
    [
        "LIMIT = 30\n",  # A name of the module.
        "setattr = 30\n",  # A name that functions mean.
        "import clock\nSEEN = clock\n",
        "from dbos import DBOSClient\n",
        "from zlib import *\n",
        "BOUND = now()\n",
        "now()\n",
        "BOUND: int = 3\n",
        "if LIMIT:\n    BOUND = 3\n",
        "def total():\n    return 1\n\n\n",
        "def unseen():\n    DBOS.start_workflow(order, 'a')\n\n\n",
        "def unseen():\n    return order('a')\n\n\n",
        "def unseen():\n    global LIMIT\n    LIMIT = 4\n\n\n",
        "def unseen():\n    import dbos\n\n\n",
        "@print\ndef unseen():\n    return 1\n\n\n",
        "class Unseen(Clock):\n    pass\n\n\n",
        "class Unseen:\n    size = now()\n\n\n",
        "class Unseen:\n    @DBOS.step()\n    def store(self):\n        return 1\n\n\n",
        "def __getattr__(name):\n    return 1\n\n\n",
    ],
)
def test_what_may_matter_is_found_out(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    text = CLOSURES.replace(FIRST, FIRST + typed)
    assert not is_plain({"main.py": CLOSURES}, "main.py", text, monkeypatch)


@pytest.mark.parametrize(
    ("elsewhere", "expected"),
    [
        ("def other():\n    bound = 1\n    return bound\n", True),
        ("from app import rules\n\n\ndef other():\n    return rules.bound\n", False),
        ("from app.rules import *\n", False),
        ("def other():\n    return getattr(__import__('app.rules'), 'bound')\n", False),
    ],
)
def test_a_name_counts_where_the_module_is_known(
    monkeypatch: pytest.MonkeyPatch, elsewhere: str, expected: bool
) -> None:
    texts = CHAIN | {"app/more.py": "from app import flow\n" + elsewhere}
    text = CHAIN["app/rules.py"] + "\n\nbound = 3\n"
    assert is_plain(texts, "app/rules.py", text, monkeypatch) is expected


def test_a_class_may_have_the_methods_of_a_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "from typing import Protocol\n\n\nclass Late(Protocol):\n    def late(self): ...\n\n\n"
    text = head + CLOSURES
    made = text.replace("class Clock:", "class Unseen:\n    size = 0\n\n\nclass Clock:")
    assert not is_plain({"main.py": text}, "main.py", made, monkeypatch)


def test_edits_inside_what_was_just_typed_go_on() -> None:
    """And what is typed is found out about once it is mentioned."""
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project({"main.py": CLOSURES}))
    typed = ("def slow():\n    t\n\n\n", "def slow():\n    time.sleep(1)\n\n\n")
    texts = [CLOSURES.replace(FIRST, FIRST + each) for each in typed]
    texts.append(texts[-1].replace("    fall(2)", "    fall(2)\n    slow()"))
    for text in [*texts, *reversed(texts), CLOSURES]:
        found = checker.check(project({"main.py": text}), may_renew=True).findings
        assert checker.is_renewed
        assert found == whole({"main.py": text}, Settings())
    assert any("slow" in str(each.chain) for each in whole({"main.py": texts[-1]}, Settings()))
