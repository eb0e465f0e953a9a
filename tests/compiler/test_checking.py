"""Checking only what can matter gives the findings that checking everything gives.

The reference is the analysis of the whole program; the shortened way must agree with it for every
case of the corpus, for programs spread over files in every way files can refer to each other, and
after every edit.
"""

from __future__ import annotations

import gc
import re
import weakref
from pathlib import Path

import pytest

from dbos_build import checking, rules
from dbos_build.analysis import program
from dbos_build.checking import relevance, selection
from dbos_build.error import OvertakenError, SourceError
from dbos_build.findings import Finding
from dbos_build.flow.globals import globals_of
from dbos_build.names import mentions
from dbos_build.reading.module import Problem, parse
from dbos_build.reading.sources import Project
from dbos_build.settings.config import Settings
from dbos_build.versions import compute
from support.analysis import project

CASES = Path(__file__).parent / "corpus" / "cases"
FLOW = "from dbos import DBOS\n{imports}\n\n@DBOS.workflow()\ndef run():\n    return {call}\n"
CLOCK = "import time\n\ndef now():\n    return time.time()\n"
OTHER = "def unrelated():\n    return 1\n"


def everything(made: Project, settings: Settings) -> tuple[Finding, ...]:
    """The findings by way of the whole program."""
    return tuple(selection.select(rules.check(program.analyse(made, settings)), settings))


def test_every_case_of_the_corpus_in_one_project() -> None:
    texts = {
        f"{path.parent.name.lower()}_{path.stem}.py": path.read_text("utf-8")
        for path in sorted(CASES.rglob("*.py"))
    }
    texts |= {f"plain/p{number}.py": OTHER for number in range(40)}
    made = project(texts)
    expected = everything(made, Settings())
    checker = checking.Checker(Settings())
    assert len(expected) > 100
    assert checker.check(made).findings == expected
    assert checker.check(made).findings == expected
    second = checking.Checker(Settings())
    second.learn(checker.learned())
    assert second.check(made).findings == expected


@pytest.mark.parametrize(
    "files",
    [
        {"flow.py": ("from clocks import now", "now()"), "clocks.py": CLOCK},
        {"flow.py": ("import clocks as c", "c.now()"), "clocks.py": CLOCK},
        {"flow.py": ("from clocks import (  # why\n    now,\n)", "now()"), "clocks.py": CLOCK},
        {"flow.py": ("from clocks \\\n    import now", "now()"), "clocks.py": CLOCK},
        {"flow.py": ("x = 1; from clocks import now", "now()"), "clocks.py": CLOCK},
        {"flow.py": ("if 1: from clocks import now", "now()"), "clocks.py": CLOCK},
        {
            "app/__init__.py": OTHER,
            "app/flow.py": ("from .deep import clocks", "clocks.now()"),
            "app/deep/__init__.py": OTHER,
            "app/deep/clocks.py": CLOCK,
        },
        {
            "app/__init__.py": OTHER,
            "app/flow.py": ("from . import deep", "deep.now()"),
            "app/deep/__init__.py": "from .clocks import now\n",
            "app/deep/clocks.py": CLOCK,
        },
        {
            "flow.py": ("from middle import now", "now()"),
            "middle.py": "from end import *\n",
            "end.py": CLOCK,
        },
        {
            "flow.py": ("from shapes import Shape", "Shape().at()"),
            "shapes.py": "class Shape:\n    def at(self):\n        return 1\n",
            "round.py": (
                "import time\nimport shapes\n\nclass Round(shapes.Shape):\n"
                "    def at(self):\n        return time.time()\n"
            ),
        },
    ],
    ids=lambda files: next(iter(files.values()))[0].replace("\n", " ") if files else "",
)
def test_helpers_are_found_wherever_they_are(
    files: dict[str, str | tuple[str, str]],
) -> None:
    texts = {
        path: FLOW.format(imports=given[0], call=given[1]) if isinstance(given, tuple) else given
        for path, given in files.items()
    }
    texts["unrelated.py"] = OTHER
    made = project(texts)
    expected = everything(made, Settings())
    found = checking.Checker(Settings()).check(made)
    assert found.findings == expected
    assert found.workflow_paths


def test_files_that_cannot_matter_are_not_kept() -> None:
    texts = {"flow.py": FLOW.format(imports="", call="1"), "lib.py": "import json\n" + OTHER}
    made = project(texts)
    known = [(parse(source), relevance.facts(source.text or "", None)) for source in made.sources]
    assert relevance.relevant(known) == {"flow.py"}


def test_a_broken_file_that_cannot_matter_is_still_reported() -> None:
    made = project({"flow.py": FLOW.format(imports="", call="1"), "lib.py": "def broken(:\n"})
    checker = checking.Checker(Settings())
    for _ in range(2):
        assert [(each.code, each.path) for each in checker.check(made).findings] == [
            ("DBS990", "lib.py")
        ]


def test_an_unused_suppression_is_found_where_nothing_is_durable() -> None:
    made = project(
        {
            "flow.py": FLOW.format(imports="", call="1"),
            "lib.py": "x = 1  # dbos: ignore[DBS101] why\ny = 2  # noqa\nz = 3  # noqa: DBS99999\n",
        }
    )
    settings = Settings(select=("DBS",))
    assert checking.Checker(settings).check(made).findings == everything(made, settings)


def test_an_editor_sees_its_buffers_and_not_the_disk() -> None:
    texts = {"flow.py": FLOW.format(imports="from lib import f", call="f()"), "lib.py": OTHER}
    made = project(texts | {"lib.py": "def f():\n    return 1\n"})
    checker = checking.Checker(Settings())
    assert checker.check(made).findings == ()
    dirty = "import time\r\ndef f():\r\n    return time.time()\r\n"
    (finding,) = checker.recheck({"lib.py": dirty}).findings
    assert (finding.code, finding.path, finding.line) == ("DBS001", "lib.py", 3)
    assert checker.recheck({}).findings == ()
    assert checker.recheck({"lib.py": "def f(:\n"}).findings[0].code == "DBS990"
    clock = FLOW.format(imports="import time", call="time.time()")
    assert [each.path for each in checker.recheck({"flow.py": clock}).findings] == ["flow.py"]
    assert checker.recheck({}).findings == ()


def test_what_nothing_durable_depends_on_is_edited_without_another_analysis() -> None:
    """The analysis of the whole program stays, as long as it would say the same."""
    texts = {
        "flow.py": FLOW.format(imports="from clocks import now", call="now()"),
        "clocks.py": CLOCK,
        "lib.py": "import json\n" + OTHER,
    }
    checker = checking.Checker(Settings())
    first, found = checker.judge(project(texts))
    runs = first.engine.runs
    for text in ("import json\n", "x = 1\n" * 90, texts["lib.py"] + "\n# typed\n"):
        again, same = checker.judge(project(texts | {"lib.py": text}))
        assert again.engine is first.engine
        assert again.engine.runs == runs
        assert same is found
        assert [each.text for each in again.modules if each.path == "lib.py"] == [text]
    for text in ("def broken(:\n", "x = 1  # dbos: ignore[DBS101] why\n", "import dbos\n"):
        edited = project(texts | {"lib.py": text})
        fresh, now = checker.judge(edited)
        assert fresh.engine is not first.engine
        assert now == everything(edited, Settings())
    assert checker.judge(project(texts))[1] == found
    others = project({path: text for path, text in texts.items() if path != "lib.py"})
    assert checker.judge(others)[1] == everything(others, Settings())


TYPED = (
    "from dbos import DBOS\nimport time\n\n\n# about\n@DBOS.workflow()\ndef run(names):\n"
    "    total = 0  # of what\n    for each in names:\n\n        total += len(each)\n"
    "    return time.time() + total\n"
)


def test_a_comment_is_typed_without_another_analysis() -> None:
    checker = checking.Checker(Settings())
    first, found = checker.judge(project({"flow.py": TYPED, "lib.py": OTHER}))
    assert found
    for old, new in (("# of what", "# of what there is"), ("# about", "#"), ("\n\n  ", "\n  \n  ")):
        text = TYPED.replace(old, new)
        assert text != TYPED
        again, same = checker.judge(project({"flow.py": text, "lib.py": OTHER}))
        assert again.engine is first.engine
        assert same is found == everything(project({"flow.py": text, "lib.py": OTHER}), Settings())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# of what", "# dbos: ignore[DBS001] of what"),
        ("# of what", "# enable_patching"),
        ("# of what", "# DBOS.launch()"),
        ("# of what", "# DBOS()"),
        ("# about", "# about\n"),
        ("# of what", "# of what\n    names = sorted(names)"),
        ("total = 0  #", "total =  0 #"),
        ("total = 0", "total = 1"),
    ],
)
def test_an_edit_that_may_matter_is_analysed(old: str, new: str) -> None:
    checker = checking.Checker(Settings())
    first = checker.analyse(project({"flow.py": TYPED}))
    edited = project({"flow.py": TYPED.replace(old, new)})
    fresh, found = checker.judge(edited)
    assert fresh.engine is not first.engine
    assert found == everything(edited, Settings())


def test_a_word_that_is_sought_in_texts_counts_wherever_it_is_typed() -> None:
    """Also in a file of which nothing else matters: a switch there may be this program's."""
    patched = (
        "from dbos import DBOS\n\nDBOS(config={'name': 'a'})\n\n\n@DBOS.workflow()\n"
        "def run(x):\n    if DBOS.patch('new'):\n        return 1\n    return 2\n"
    )
    texts = {"flow.py": patched, "lib.py": OTHER}
    checker = checking.Checker(Settings())
    before = checker.judge(project(texts))[1]
    edited = project(texts | {"lib.py": OTHER + "# enable_patching\n"})
    after = checker.judge(edited)[1]
    assert before != after == everything(edited, Settings())


def test_rules_look_for_nothing_else_in_texts() -> None:
    """Else an edit of a comment would have to be analysed, and is not."""
    read = re.compile(r"(\S+) (?:not )?in (?:scope\.)?module\.text|module\.text(?! for)")
    rooms = [Path(rules.__file__).parent, Path(program.__file__).parent]
    for path in (each for room in rooms for each in sorted(room.rglob("*.py"))):
        for found in read.finditer(path.read_text("utf-8")):
            is_known = found[1] is not None and getattr(mentions, found[1], None) in mentions.SOUGHT
            assert is_known or path.name == "neighbourhood.py", (path.name, found[0])


def test_a_module_that_did_not_change_is_neither_parsed_nor_analysed_again() -> None:
    texts = {"flow.py": FLOW.format(imports="from clocks import now", call="now()")}
    made = project(texts | {"clocks.py": CLOCK})
    checker = checking.Checker(Settings())
    analysed = checker.analyse(made)
    assert checker.analyse(project(texts | {"clocks.py": CLOCK})).engine is analysed.engine
    edited = checker.analyse(project(texts | {"clocks.py": CLOCK.replace("time()", "time() + 1")}))
    kept = [
        one.tree is other.tree for one, other in zip(edited.modules, analysed.modules, strict=True)
    ]
    assert kept == [False, True]
    ours, before = edited.module("clocks.py").tree, analysed.module("clocks.py").tree
    assert ours is not None
    assert before is not None
    assert ours.body[0] is before.body[0]


@pytest.mark.parametrize("after", [0, 1, 2, 5, 40, 90])
def test_a_check_that_is_overtaken_leaves_nothing_behind(after: int) -> None:
    """Wherever it is given up: in the analysis, in the code around, between rules."""
    texts = {"flow.py": TYPED, "lib.py": CLOCK}
    asked = 0
    limit = 10_000

    def is_overtaken() -> bool:
        nonlocal asked
        asked += 1
        return asked > limit

    checker = checking.Checker(Settings(), is_overtaken=is_overtaken)
    checker.check(project(texts))
    assert asked > 91
    asked, limit = 0, after
    edited = project(texts | {"flow.py": TYPED.replace("total = 0", "total = time.time()")})
    with pytest.raises(OvertakenError):
        checker.check(edited)
    limit = 10_000
    assert checker.check(edited).findings == everything(edited, Settings())
    assert checker.check(project(texts)).findings == everything(project(texts), Settings())


def test_a_program_that_was_replaced_is_let_go() -> None:
    """An editor checks thousands of texts, and asks about flows and versions of many."""
    checker = checking.Checker(Settings())
    engines = []
    for number in range(3):
        text = TYPED.replace("total = 0", f"total = {number}")
        analysed, _ = checker.judge(project({"flow.py": text}))
        assert globals_of(analysed).engine is analysed.engine
        assert compute(analysed).workflows
        engines.append(weakref.ref(analysed.engine))
        del analysed
        gc.collect()
    assert [each() is not None for each in engines] == [False, False, True]


def test_wrong_use_of_a_checker_is_one_clear_line() -> None:
    checker = checking.Checker(Settings())
    with pytest.raises(SourceError, match="nothing was checked before"):
        checker.recheck({})
    checker.check(project({"a.py": OTHER}))
    with pytest.raises(SourceError, match=r"b\.py: is not a file of the project"):
        checker.recheck({"b.py": ""})


@pytest.mark.parametrize(
    "rows",
    [
        None,
        3,
        "x",
        [3],
        [[]],
        [["k", None, [1], True, True, True]],
        [["k", ["DBS990"], [], True, True, True]],
    ],
)
def test_learning_from_nonsense_changes_nothing(rows: object) -> None:
    checker = checking.Checker(Settings())
    checker.learn(rows)
    assert checker.learned() == []


def test_what_is_learned_survives_as_data() -> None:
    checker = checking.Checker(Settings())
    problem = Problem("DBS990", "no", 3, 4)
    plain = ["k", [problem.code, problem.message, 3, 4], ["a", ".b"], True, False, True]
    checker.learn([plain])
    assert checker.learned() == [plain]
