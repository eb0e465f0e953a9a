"""Looks: rules ask a function only where its signs show; what they noted is kept with its facts.

The programs are the examples of all rules and the natural applications: whatever a rule can find is
in them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from functools import cache
from types import FrameType

import pytest

from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import program_activations
from dbos_build.checking import Checker
from dbos_build.interpreter.machine import Activation
from dbos_build.rules import RULES, Rule
from dbos_build.rules.looks import Interest, Look, signs_of
from dbos_build.settings.config import Settings
from support import natural
from support.analysis import findings, project

EVERYTHING = tuple(rule.code for rule in RULES if rule.needs != "baseline")
LOOKS = tuple(dict.fromkeys(look for rule in RULES for look in rule.looks))
FACTS = ("calls", "values", "globals_read", "branches", "stores")
LOOPING = """\
from dbos import DBOS

from ticking import tick


@DBOS.workflow()
def watch() -> None:
    while True:
        tick()
"""
TICKING = """\
from dbos import DBOS


def tick() -> None:
    {does}
"""


@cache
def analysed(*texts: tuple[str, str]) -> Program:
    """A program that all rules have gone through once."""
    made = program.analyse(project(dict(texts)), Settings(strict=True, select=EVERYTHING))
    rules.check(made)
    return made


def examples() -> Iterator[Program]:
    """The examples of all rules."""
    for rule in RULES:
        for text in (*rule.bad, *rule.good):
            yield analysed(("main.py", text))


def applications() -> Iterator[Program]:
    """Programs of several modules."""
    for name in natural.applications(natural.CASES):
        yield analysed(*natural.texts(name, natural.CASES).items())


def shown(made: Program) -> list[str]:
    """All findings in a program, whole."""
    return [repr(each) for each in rules.check(made)]


def test_a_second_run_looks_at_no_function_again() -> None:
    made = analysed(*natural.texts(natural.applications()[0]).items())
    assert looked_at(made) == []
    next(each for each in program_activations(made) if each.calls).memo.clear()
    assert looked_at(made) != []


def looked_at(made: Program) -> list[str]:
    """The names of all local looks, and of their messages, that a run of the rules asks."""
    local = [look for look in LOOKS if look.is_local]
    codes = {each.__code__ for look in local for each in (look.find, look.message) if each}
    found: list[str] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code in codes:
            found.append(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        rules.check(made)
    finally:
        sys.setprofile(None)
    return found


def test_an_edit_of_one_function_has_only_that_one_looked_at() -> None:
    made = analysed(*natural.texts(natural.applications()[0]).items())
    before = {each: each.memo["looked"] for each in program_activations(made)}
    edited = next(each for each in before if each.function is not None and each.calls)
    edited.memo.clear()
    rules.check(made)
    again = [each for each in before if each.memo["looked"] is not before[each]]
    assert again == [edited]
    assert edited.memo["looked"].found == before[edited].found


def test_what_is_kept_follows_from_the_facts_of_one_function() -> None:
    interest = Interest([look for look in LOOKS if look.is_local])
    for made in examples():
        activations = list(program_activations(made))
        for each in activations:
            each.memo.clear()
            found = interest.look_at(each).found
            aside = [(other, facts_of(other)) for other in activations if other is not each]
            for other, _ in aside:
                give_facts(other, {name: type(kept)() for name, kept in facts_of(other).items()})
            each.memo.clear()
            alone = interest.look_at(each).found
            for other, facts in aside:
                give_facts(other, facts)
            assert alone == found, each.name


def facts_of(activation: Activation) -> dict[str, object]:
    """What was recorded of an activation."""
    return {name: getattr(activation, name) for name in FACTS}


def give_facts(activation: Activation, facts: dict[str, object]) -> None:
    """Replace what was recorded of an activation."""
    for name, kept in facts.items():
        setattr(activation, name, kept)


def test_without_its_signs_a_look_finds_nothing() -> None:
    for made in (*examples(), *applications()):
        for activation in program_activations(made):
            signs = signs_of(activation)
            for look in LOOKS:
                if look.signs and look.signs.isdisjoint(signs):
                    assert list(look.find(activation)) == [], (activation.name, sorted_signs(look))


def sorted_signs(look: Look) -> list[str]:
    """The signs of a look, for a message."""
    return sorted(str(sign) for sign in look.signs)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.looks], ids=lambda r: r.code)
def test_signs_are_what_functions_can_show(rule: Rule) -> None:
    for look in rule.looks:
        for sign in look.signs:
            # `ast.stmt` would be shown by no node: they are of the types below it.
            assert isinstance(sign, str) or not sign.__subclasses__()


def test_a_rule_that_is_run_alone_finds_the_same() -> None:
    for rule in RULES:
        for text in rule.bad if rule.looks else ():
            made = analysed(("main.py", text))
            alone = {(each.line, each.column) for each in rule.run(made)}
            together = {
                (each.line, each.column)
                for each in findings(text, *EVERYTHING)
                if each.code == rule.code
            }
            assert together
            assert together <= alone


def test_findings_are_the_same_whatever_was_forgotten() -> None:
    chance = random.Random(9)
    for made in applications():
        whole = shown(made)
        assert shown(made) == whole
        for activation in program_activations(made):
            if chance.random() < 0.3:
                activation.memo.clear()
        made.engine.memo.clear()
        assert shown(made) == whole


@pytest.mark.parametrize("becomes", ["durable", "plain"])
def test_what_a_function_calls_elsewhere_is_asked_again(becomes: str) -> None:
    plain = TICKING.format(does="DBOS.logger.info('tick')")
    durable = TICKING.format(does="DBOS.sleep(1)")
    first, second = (plain, durable) if becomes == "durable" else (durable, plain)
    checker = Checker(Settings(), remembers=True)
    checker.check(project({"flows.py": LOOPING, "ticking.py": first}))
    edited = project({"flows.py": LOOPING, "ticking.py": second})
    after = checker.check(edited, may_renew=True).findings
    assert checker.is_renewed
    assert [each.code for each in after].count("DBS707") == (becomes == "durable")
    assert after == Checker(Settings()).check(edited).findings
