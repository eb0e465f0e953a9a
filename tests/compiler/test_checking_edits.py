"""Whatever is edited, in whatever order: a checker that remembers finds what a new one finds.

A project of modules that refer to each other in several ways is edited at random: bodies, imports,
classes, settings of queues, comments that silence, half-typed code. After each edit the findings of
the checker that saw all of it are those of the whole analysis, made from nothing.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dbos_build import checking, rules
from dbos_build.analysis import program
from dbos_build.checking import selection
from dbos_build.settings.config import Settings
from support.analysis import project

_CLOCKS = (
    "import time\n\n\ndef now():\n    return {now}\n\n\ndef twice(action):\n    return action()\n"
)
_SHAPES = (
    "from app.clocks import now\n\n\nclass Shape:\n    limit = 1\n\n"
    "    def at(self):\n        return {at}\n\n\n{more}"
)
_FLOW = (
    "{imports}\nfrom dbos import DBOS, Queue\n\nqueue = Queue({queue})\n\n\n"
    "@DBOS.step()\ndef record(text):\n    print(text)\n    return text\n\n\n"
    "@DBOS.workflow()\ndef {name}(shape):\n    value = {value}\n    {act}\n    return value\n"
)
_ROUND = (
    "from app import shapes\n\n\n"
    "class Round(shapes.Shape):\n    def at(self):\n        return {at}\n"
)

VARIANTS: dict[str, list[str]] = {
    "app/__init__.py": ["", "from app.clocks import now\n", "NAME = 'x'  # dbos: ignore[DBS001]\n"],
    "app/clocks.py": [
        _CLOCKS.format(now="time.time()"),
        _CLOCKS.format(now="0"),
        _CLOCKS.format(now="time.time()  # dbos: ignore[DBS001] wanted"),
        "from app.missing import now, twice\n",
        "def now(:\n",
    ],
    "app/shapes.py": [
        _SHAPES.format(at="self.limit", more=""),
        _SHAPES.format(at="now()", more=""),
        _SHAPES.format(at="1", more="Shape.limit = now()\n"),
    ],
    "app/round.py": [
        _ROUND.format(at="1"),
        _ROUND.format(at="shapes.now()"),
        "x = 1\n",
    ],
    "app/first.py": [
        _FLOW.format(imports=imports, queue=queue, name=name, value=value, act=act)
        for imports, queue, name, value, act in (
            ("from app.clocks import now", "'a'", "first", "now()", "record(value)"),
            ("from app import now", "'a', concurrency=2", "first", "now()", "pass"),
            ("from app.clocks import twice", "'b'", "first", "twice(lambda: 1)", "record(value)"),
            ("from app.shapes import Shape", "'a'", "both", "Shape().at()", "record(value)"),
        )
    ],
    "app/second.py": [
        _FLOW.format(imports=imports, queue=queue, name=name, value=value, act=act)
        for imports, queue, name, value, act in (
            ("import random", "'a'", "second", "1", "record(value)"),
            ("import random", "'a'", "second", "random.random()", "queue.enqueue(second, 1)"),
            ("from app.shapes import *", "'c'", "both", "now()", "DBOS.set_event('x', value)"),
            ("from app.round import Round as R", "'a'", "second", "R().at()", "record(value)"),
            ("from app import clocks", "'a'", "second", "clocks.twice(clocks.now)", "pass"),
        )
    ],
}
_EDIT = st.sampled_from(sorted(VARIANTS)).flatmap(
    lambda path: st.tuples(st.just(path), st.sampled_from(VARIANTS[path]), st.booleans())
)


@settings(max_examples=30, deadline=None)
@given(edits=st.lists(_EDIT, min_size=1, max_size=6), strict=st.booleans())
def test_a_checker_with_a_past_finds_what_a_new_one_finds(
    edits: list[tuple[str, str, bool]], strict: bool
) -> None:
    texts = {path: variants[0] for path, variants in VARIANTS.items()}
    chosen = Settings(strict=strict)
    checker = checking.Checker(chosen)
    checker.check(project(texts))
    for path, text, is_saved in edits:
        edited = texts | {path: text}
        if is_saved:
            texts = edited
            found = checker.check(project(texts)).findings
        else:
            found = checker.recheck({path: text}).findings
        analysed = program.analyse(project(edited), chosen)
        assert found == tuple(selection.select(rules.check(analysed), chosen))


def test_the_variants_differ_in_what_is_found() -> None:
    """Else the edits above would prove nothing."""
    texts = {path: variants[0] for path, variants in VARIANTS.items()}
    seen = set()
    for path, variants in VARIANTS.items():
        for text in variants:
            checker = checking.Checker(Settings())
            seen.add(checker.check(project(texts | {path: text})).findings)
    assert len(seen) >= 8
