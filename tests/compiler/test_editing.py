"""Edits inside functions are made in the analysed program, and the findings are those of a new one.

Programs are edited at random, mostly in bodies: lines come and go, are doubled, moved, half typed,
names are exchanged. After each edit that was made in the program, its findings are those of an
analysis made from nothing: the same findings with the same chains, in the same order.
"""

from __future__ import annotations

import random
from functools import partial

import pytest

from dbos_build import checking
from dbos_build.error import OvertakenError
from dbos_build.interpreter.engine import Engine
from dbos_build.settings.config import Settings
from support import large_application
from support.analysis import project
from support.edited_programs import CHAIN, CLOSURES
from support.edits import NATURAL, count_runs, edited, whole


def type_in(texts: dict[str, str], chance: random.Random, edits: int) -> int:
    """Check a program again and again while it is edited; how often an edit was made in it."""
    chosen = Settings(strict=chance.random() < 0.5)
    checker = checking.Checker(chosen, remembers=True)
    checker.check(project(texts))
    renewed = 0
    for _ in range(edits):
        path = chance.choice(sorted(texts))
        before = texts[path]
        texts[path] = edited(before, chance)
        begun = _begun(checker)
        found = checker.check(project(texts), may_renew=True).findings
        if checker.is_renewed and texts[path] != before:
            renewed += _begun(checker) == begun
            assert found == whole(texts, chosen), texts[path]
    return renewed


def _begun(checker: checking.Checker) -> tuple[Engine, int] | None:
    """The engine of the last check, and how often it began anew."""
    last = checker._program
    return (last.engine, last.engine.generation) if last is not None else None


@pytest.mark.parametrize("seed", range(3))
def test_programs_as_people_write_them_may_be_edited_anywhere(seed: int) -> None:
    chance = random.Random(seed)
    files = chance.sample(NATURAL, 8)
    renewed = sum(
        type_in({"main.py": each.read_text(encoding="utf-8")}, chance, 6) for each in files
    )
    assert renewed > 8


def test_an_application_of_many_modules_may_be_edited_anywhere() -> None:
    assert type_in(large_application.texts(1, units=1), random.Random(7), 16) > 4


@pytest.mark.parametrize("seed", range(3))
def test_closures_generators_callbacks_and_recursion_may_be_edited(seed: int) -> None:
    assert type_in({"main.py": CLOSURES}, random.Random(seed), 18) > 3


def check_edit(old: str, new: str) -> bool:
    """Whether the function alone was run again; the findings are the right ones in any case."""
    assert CLOSURES.count(old) == 1
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project({"main.py": CLOSURES}))
    begun = _begun(checker)
    text = CLOSURES.replace(old, new)
    found = checker.check(project({"main.py": text}), may_renew=True).findings
    assert found == whole({"main.py": text}, Settings())
    assert checker.is_renewed
    return _begun(checker) == begun


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    clock = Clock(1)\n", "    clock = Clock(1)\n    typed = 1\n"),
        ("    clock = Clock(1)\n", "    # a note\n\n    clock = Clock(1)\n"),
        ("    return store(value)", "    print(value)\n    return store(value)"),
        ("    return store(value)", "    moment = time.time()\n    return store(value)"),
        (
            "    return store(value)",
            "    if time.time() > 3:\n        pass\n    return store(value)",
        ),
        ("    return store(value)", "    return store(value)\n    "),
        ("            return value - self.start", "            return (value) - self.start"),
        ('DBOS.set_event("late", total)', 'DBOS.set_event("later", total)'),
        ("    return time.time() + offset", "    return 1 + offset"),
        ("    value = now(1)", "    value = now(2)"),
        ("        yield each", "        yield str(each)"),
    ],
)
def test_an_edit_that_nothing_around_can_see_is_made_in_the_program(old: str, new: str) -> None:
    assert check_edit(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    value = now(1)", "    value = now()"),
        ("    fall(2)", "    fall(name)"),
        ("    clock = Clock(1)", "    clock = Clock(now)"),
        ("    clock = Clock(1)", "    clock = Clock(time.time())"),
        ("    total = 0\n", "    pass\n"),
        ("        self.start = start", "        self.begun = start"),
        ("        yield each", "        return each"),
        ("        nonlocal total\n", ""),
        ("    SEEN.append(value)", "    global LIMIT\n    LIMIT = value"),
        ("def now(offset=0)", "def now(offset=1)"),
        ("    value = now(1)", "    value = now(1)\n\n\ndef more():\n    pass"),
    ],
)
def test_an_edit_that_reaches_beyond_its_function_is_not(old: str, new: str) -> None:
    assert not check_edit(old, new)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("app/clocks.py", "    value = 1\n", "    value = time.time()\n"),
        ("app/clocks.py", "    value = 1\n", "    value = {'a': time.time()}\n"),
        ("app/clocks.py", "    value = 1\n", "    value = set([1, 'a'])\n"),
        ("app/rules.py", "clocks.read() > limit", "clocks.read() < limit"),
        ("app/flow.py", 'label("x")', 'label("z")'),
        ("app/flow.py", "late(3)", "late(4)"),
        ("app/flow.py", "late(3)", "late(name)"),
    ],
)
def test_values_that_are_passed_on_are_followed_into_other_modules(
    path: str, old: str, new: str
) -> None:
    """And what appears with them vanishes again when the edit is taken back."""
    checker = checking.Checker(Settings(), remembers=True)
    first = checker.check(project(CHAIN)).findings
    edited_texts = CHAIN | {path: CHAIN[path].replace(old, new)}
    found = checker.check(project(edited_texts), may_renew=True).findings
    assert checker.is_renewed
    assert found == whole(edited_texts, Settings())
    assert checker.check(project(CHAIN), may_renew=True).findings == first
    assert checker.is_renewed
    again = checker.check(project(edited_texts), may_renew=True).findings
    assert (checker.is_renewed, again) == (True, found)


def test_other_texts_that_were_tried_meanwhile_are_forgotten() -> None:
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project(CHAIN))
    clock = CHAIN["app/clocks.py"].replace("value = 1", "value = time.time()")
    assert checker.recheck({"app/clocks.py": clock}).findings
    edited_texts = CHAIN | {"app/flow.py": CHAIN["app/flow.py"].replace("late(3)", "late(4)")}
    assert checker.check(project(edited_texts), may_renew=True).findings == ()
    both = edited_texts | {"app/clocks.py": clock}
    found = checker.check(project(both), may_renew=True).findings
    assert found == whole(both, Settings())


def test_a_file_that_comes_or_goes_is_no_edit() -> None:
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project(CHAIN))
    more = CHAIN | {"app/more.py": "import time\n"}
    for texts in (more, CHAIN):
        found = checker.check(project(texts), may_renew=True).findings
        assert (checker.is_renewed, found) == (False, whole(texts, Settings()))


def test_a_clock_that_is_returned_is_found_where_it_decides() -> None:
    text = CHAIN["app/clocks.py"].replace("value = 1", "value = time.time()")
    codes = {(each.path, each.code) for each in whole(CHAIN | {"app/clocks.py": text}, Settings())}
    assert ("app/clocks.py", "DBS001") in codes
    assert not whole(CHAIN, Settings())


@pytest.mark.parametrize("services", [1, 4])
def test_a_keystroke_runs_few_functions_however_large_the_program_is(
    monkeypatch: pytest.MonkeyPatch, services: int
) -> None:
    texts = large_application.texts(services, units=2)
    path = next(each for each in texts if "kept = steps.reserve" in texts[each])
    checker = checking.Checker(Settings(), remembers=True)
    checker.check(project(texts))
    for typed in ("zz = 1", "zz = order.total()", "DBOS.logger.info('so far')"):
        made = texts | {path: texts[path].replace("    kept = ", f"    {typed}\n    kept = ", 1)}
        check = partial(checker.check, project(made), may_renew=True)
        assert count_runs(monkeypatch, check) <= 4  # With the body of before, and the new one.
        assert checker.is_renewed


def test_a_check_that_is_overtaken_keeps_the_program_it_was_made_in() -> None:
    texts = {"main.py": CLOSURES}
    overtaken = False
    checker = checking.Checker(Settings(), is_overtaken=lambda: overtaken, remembers=True)
    checker.check(project(texts))
    for number in range(3):
        overtaken = number < 2
        texts["main.py"] = CLOSURES.replace("    total = 0\n", f"    total = 0\n    x = {number}\n")
        if overtaken:
            with pytest.raises(OvertakenError):
                checker.check(project(texts), may_renew=True)
    found = checker.check(project(texts), may_renew=True).findings
    assert checker.is_renewed
    assert found == whole(texts, Settings())


def test_what_was_found_quickly_is_confirmed_by_a_whole_analysis() -> None:
    texts = {"main.py": CLOSURES}
    overtaken = False
    checker = checking.Checker(Settings(), is_overtaken=lambda: overtaken, remembers=True)
    checker.check(project(texts))
    assert checker.confirm() is None
    texts["main.py"] = CLOSURES.replace("    total = 0\n", "    total = 0\n    x = 1\n")
    found = checker.check(project(texts), may_renew=True).findings
    overtaken = True
    with pytest.raises(OvertakenError):
        checker.confirm()
    assert checker.is_renewed
    overtaken = False
    confirmed = checker.confirm()
    assert confirmed is not None
    assert confirmed[1] == found
    assert not checker.is_renewed
    program_now, found_now = checker.judge(project(texts), may_renew=True)
    assert program_now.engine is confirmed[0].engine
    assert found_now is confirmed[1]
