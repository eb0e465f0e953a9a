"""Edits anywhere in a module: what they do not change is repeated, and the rest is found anew.

Functions come and go, change their names, parameters and decorators; imports, constants, classes,
their bases and attributes are edited. After each edit the findings are those of an analysis made
from nothing, and so is all that the interpreter recorded: in the same order, to the last value.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from functools import partial

import pytest

from dbos_build import checking, rules
from dbos_build.analysis import program
from dbos_build.analysis.surroundings import surrounding_engine
from dbos_build.error import OvertakenError
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.sameness import identical
from dbos_build.interpreter.values import Constant, Sequence, of
from dbos_build.settings.config import Settings
from support import large_application
from support.analysis import project
from support.edited_programs import CHAIN, CLOSURES, TEXTS
from support.edits import NATURAL, count_runs, edited, reworked, whole


def rework(texts: dict[str, str], chance: random.Random, edits: int) -> int:
    """Check a program again and again while it is edited; how often it was begun anew."""
    chosen = Settings(strict=chance.random() < 0.5)
    checker = checking.Checker(chosen, remembers=True)
    checker.check(project(texts))
    renewed = 0
    for _ in range(edits):
        path = chance.choice(sorted(texts))
        before = texts[path]
        texts[path] = (reworked if chance.random() < 0.7 else edited)(before, chance)
        found = checker.check(project(texts), may_renew=True).findings
        if checker.is_renewed and texts[path] != before:
            renewed += 1
            assert found == whole(texts, chosen), texts[path]
    return renewed


@pytest.mark.parametrize("seed", range(3))
def test_closures_classes_and_callbacks_may_be_edited_anywhere(seed: int) -> None:
    assert rework({"main.py": CLOSURES}, random.Random(seed), 12) > 4


@pytest.mark.parametrize("seed", range(3))
def test_modules_that_import_each_other_may_be_edited_anywhere(seed: int) -> None:
    assert rework(dict(TEXTS), random.Random(seed), 12) > 4
    assert rework(dict(CHAIN), random.Random(seed), 8) > 2


@pytest.mark.parametrize("seed", range(2))
def test_programs_as_people_write_them_may_be_reworked(seed: int) -> None:
    chance = random.Random(seed)
    files = chance.sample(NATURAL, 4)
    texts = ({"main.py": each.read_text(encoding="utf-8")} for each in files)
    assert sum(rework(each, chance, 6) for each in texts) > 2


def recorded(engine: Engine) -> Iterator[tuple[object, ...]]:
    """All that an engine recorded, by the names and positions of what it is about."""
    for activation in engine.all_activations():
        cells = {**activation.parameters, **activation.cells}
        values = [(_place(node), _spelled(value)) for node, value in activation.values.items()]
        if activation.function is None:
            values.sort()  # Nobody asks in which order the top of a module was evaluated.
        yield (
            activation.module.path,
            activation.name,
            activation.evaluations,
            [_place(node) for node in activation.calls],
            [len(targets) for targets in activation.calls.values()],
            values,
            list(activation.globals_read.values()),
            [_place(node) for node, _ in activation.branches],
            [(each.kind, each.name, each.owner) for each in activation.stores],
            [(name, _spelled(cell.value)) for name, cell in cells.items()],
            (_spelled(activation.returns.value), _spelled(activation.yields.value)),
        )


def _place(node: ast.AST) -> tuple[str, int, int]:
    return type(node).__name__, getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _spelled(value: object) -> str:
    """A value without the identities in it."""
    return re.sub(r"0x[0-9a-f]+|site=\d+", "", ", ".join(map(_named, getattr(value, "atoms", ()))))


def _named(atom: object) -> str:
    parts = []
    for name in getattr(type(atom), "__slots__", ()):
        held = getattr(atom, name)
        if hasattr(held, "atoms"):
            parts.append(_spelled(held))
        elif isinstance(held, tuple):
            parts.append(str(len(held)))
        else:
            parts.append(str(getattr(held, "qualname", type(held).__name__)))
    return f"{type(atom).__name__}({', '.join(parts)})"


@pytest.mark.parametrize("seed", range(4))
def test_everything_that_was_recorded_is_what_a_new_engine_records(seed: int) -> None:
    chance = random.Random(seed)
    for texts in ({"main.py": CLOSURES}, dict(TEXTS)):
        checker = checking.Checker(Settings(), remembers=True)
        checker.check(project(texts))
        for _ in range(5):
            path = chance.choice(sorted(texts))
            texts[path] = reworked(texts[path], chance)
            checker.check(project(texts), may_renew=True)
            last = checker._program
            assert last is not None
            fresh = program.analyse(project(texts), Settings())
            rules.check(fresh)  # They evaluate what stands at the top of modules.
            known = [each.path for each in last.modules if each.tree is not None]
            pairs = [
                (last.engine, fresh.engine),
                (surrounding_engine(last), surrounding_engine(fresh)),
            ]
            for engine, other in pairs:
                found = [each for each in recorded(other) if each[0] in known]
                assert list(recorded(engine)) == found, texts[path]


def renewed(old: str, new: str) -> bool:
    """Whether an edit was made in the program; its findings are the right ones in any case."""
    assert CLOSURES.count(old) == 1
    checker = checking.Checker(Settings(), remembers=True)
    first = checker.check(project({"main.py": CLOSURES})).findings
    text = CLOSURES.replace(old, new)
    found = checker.check(project({"main.py": text}), may_renew=True).findings
    is_renewed = checker.is_renewed
    assert found == whole({"main.py": text}, Settings())
    assert checker.check(project({"main.py": CLOSURES}), may_renew=True).findings == first
    return is_renewed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import time\n", "import time\nimport json\n"),
        ("import time\n", "import time\nimp\n"),
        ("LIMIT = 3\n", "LIMIT = 30\n"),
        ("LIMIT = 3\n", "LIMIT = time.time()\n"),
        ("LIMIT = 3\n", "LIMIT = 3\nOTHER = LIMIT\n"),
        ("def now(offset=0)", "def now(offset=0, more=1)"),
        ("def now(offset=0)", "async def now(offset=0)"),
        ("def twice(action, *rest)", "def twice(*rest)"),
        ("    def passed(self)", "    def passed(self, more=1)"),
        ("class Clock:\n", "class Clock:\n    zone: str = ''\n\n"),
        ("class Clock:\n", "class Clock(Base):\n"),
        ("    @property\n", ""),
        ("    @property\n", "    @staticmethod\n"),
        ("@DBOS.step()\n", "@DBOS.step(retries_allowed=True)\n"),
        ("@DBOS.step()\n", ""),
        ("@DBOS.step()\n", "@DBOS.step()\ndef more(value):\n    return now()\n\n\n@DBOS.step()\n"),
        ("@DBOS.workflow()\ndef other", "@DBOS.workflow(name='another')\ndef other"),
        ("@DBOS.workflow()\ndef other", "def other"),
        ("def fall(depth)", "def drop(depth)"),
        ("        yield each", "        return each"),
        ("        nonlocal total\n", ""),
        ("        self.start = start", "        self.begun = start"),
        ("    SEEN.append(value)", "    global LIMIT\n    LIMIT = value"),
        ("    value = now(1)", "    value = now(1, 2)"),
    ],
)
def test_an_edit_at_the_top_of_a_module_is_made_in_the_program(old: str, new: str) -> None:
    assert renewed(old, new)


def test_what_a_module_imports_may_change_while_the_same_files_matter() -> None:
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project(CHAIN))
    more = {"app/other.py": "import time\nfrom app import clocks\n" + CHAIN["app/other.py"]}
    found = checker.check(project(CHAIN | more), may_renew=True).findings
    assert (checker.is_renewed, found) == (True, whole(CHAIN | more, Settings()))
    # Without the import of `dbos`, nobody knows what else stops to matter.
    less = {"app/other.py": "from app.rules import label\n\n\ndef cancel(name):\n    pass\n"}
    found = checker.check(project(CHAIN | less), may_renew=True).findings
    assert (checker.is_renewed, found) == (False, whole(CHAIN | less, Settings()))


@pytest.mark.parametrize(
    "made",
    [
        "\n\ndef more(value):\n    return value\n",
        "\n\n@DBOS.step()\ndef more(value):\n    return value\n",
        "\nimport json\n",
        "\nMORE = 3\n",
        "\n\nclass More:\n    size: int = 0\n",
    ],
)
def test_what_is_new_at_the_top_runs_few_functions(
    monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    texts = large_application.texts(2, units=1)
    path = next(each for each in texts if "kept = steps.reserve" in texts[each])
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project(texts))
    for text in (texts[path] + made, texts[path]):
        check = partial(checker.check, project(texts | {path: text}), may_renew=True)
        assert count_runs(monkeypatch, check) <= 4
        assert checker.is_renewed


def test_a_check_that_is_overtaken_keeps_the_program_that_was_begun_anew() -> None:
    is_overtaken = False
    checker = checking.Checker(Settings(), is_overtaken=lambda: is_overtaken, remembers=True)
    checker.check(project({"main.py": CLOSURES}))
    last = checker._program
    assert last is not None
    for number in range(4):
        is_overtaken = number < 2
        text = CLOSURES.replace("LIMIT = 3", f"LIMIT = {max(number, 1)}")
        if is_overtaken:
            with pytest.raises(OvertakenError):
                checker.check(project({"main.py": text}), may_renew=True)
            continue
        found = checker.check(project({"main.py": text}), may_renew=True).findings
        assert (checker.is_renewed, found) == (True, whole({"main.py": text}, Settings()))
        assert checker._program is not None
        assert checker._program.engine is last.engine


def test_a_setting_that_functions_compare_with_what_is_unknown_is_edited() -> None:
    texts = {
        "app/__init__.py": "",
        "app/settings.py": "LIMIT = 100\n",
        "app/flow.py": "from dataclasses import dataclass\nfrom dbos import DBOS\n"
        "from app import settings\n\n\n@dataclass\nclass Line:\n    count: int\n\n\n"
        "@DBOS.workflow()\ndef order(line: Line):\n    kept = line.count\n"
        "    if line.count > settings.LIMIT:\n        DBOS.set_event('many', kept)\n",
    }
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project(texts))
    more = texts | {"app/settings.py": "import time\nLIMIT = time.time()\n"}
    found = checker.check(project(more), may_renew=True).findings
    assert (checker.is_renewed, found) == (True, whole(more, Settings()))
    assert found


def test_values_in_another_order_are_not_the_same() -> None:
    atoms = (Constant(1, "int"), Constant("a", "str"))
    one, other = of(*atoms), of(*reversed(atoms))
    assert one == other
    assert not identical(one, other)
    assert not identical(of(Sequence("list", None, one)), of(Sequence("list", None, other)))
    assert identical(one, of(*atoms))
