"""Every rule is whole: code, words, and examples that are flagged exactly where they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dbos_build import rules
from dbos_build.findings import Severity
from dbos_build.rules import RULES, Rule
from support import comparisons
from support.analysis import findings, flagged, marked

EXAMPLES = [
    pytest.param(text, rule.code, id=f"{rule.code}-{kind}-{number}")
    for rule in RULES
    if not rule.before
    for kind, texts in (("bad", rule.bad), ("good", rule.good))
    for number, text in enumerate(texts)
]


@pytest.mark.parametrize(("text", "code"), EXAMPLES)
def test_examples_are_flagged_where_they_say(text: str, code: str) -> None:
    advice = {rule.code for rule in RULES if rule.severity is Severity.INFO} - {code}
    assert [each for each in flagged(text, code) if each[2] not in advice] == marked(text)


@pytest.mark.parametrize("rule", [r for r in RULES if r.before], ids=lambda rule: rule.code)
def test_examples_of_changes_are_found_where_they_say(rule: Rule) -> None:
    assert rule.needs == "baseline"
    for text in (*rule.bad, *rule.good):
        assert comparisons.found(rule.before, text) == marked(text)
        assert [each for each in flagged(text, rule.code) if each[2] == rule.code] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself(rule: Rule) -> None:
    assert re.fullmatch(r"DBS\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.why.endswith(".")
    assert rule.instead.endswith(".")
    assert not rule.summary.endswith(".")
    assert rule.good


@pytest.mark.parametrize("rule", [r for r in RULES if r.code != "DBS991"], ids=lambda r: r.code)
def test_a_bad_example_shows_the_rule(rule: Rule) -> None:
    assert rule.bad
    for text in rule.bad:
        assert rule.code in {code for _, _, code in marked(text)}
    for text in rule.good:
        assert rule.code not in {code for _, _, code in marked(text)}


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)


CATALOGUE = {
    "time": range(1, 7),
    "randomness and identifiers": range(101, 106),
    "input and output": range(201, 210),
    "environment and process": range(301, 305),
    "concurrency": range(401, 410),
    "order and identity": range(501, 506),
    "shared state": range(601, 611),
    "flow and opacity": range(701, 709),
    "the durable API": range(801, 833),
    "stored values": range(851, 857),
    "changes and patches": range(901, 910),
    "files and comments": range(990, 995),
}
"""What the codes of each part of the catalogue run over."""


def test_the_catalogue_is_whole() -> None:
    wanted = {f"DBS{number:03}" for numbers in CATALOGUE.values() for number in numbers}
    assert {rule.code for rule in RULES} == wanted


def test_every_rule_has_a_corpus_of_cases() -> None:
    """The tests of each corpus hold that a rule has enough cases of both kinds."""
    corpus = Path(__file__).parent / "corpus"
    programs = {path.name for path in (corpus / "cases").glob("DBS*")}
    changes = {path.stem for path in (corpus / "changes").glob("*.md")}
    files = {f"DBS{number}" for number in CATALOGUE["files and comments"]}
    assert programs | changes | files == {rule.code for rule in RULES}
    assert not (programs & changes)


def test_every_file_of_the_folder_is_in_the_list() -> None:
    folder = Path(rules.__file__).parent
    shared = {
        "__init__",
        "api_arguments",
        "changing",
        "consequence",
        "coroutines",
        "cron",
        "looks",
        "ordering",
        "patching",
        "reachability",
        "reading",
        "rule",
        "silencing",
        "state",
        "survey",
        "tainting",
        "unknown",
    }
    files = {path.stem for path in folder.glob("*.py")} - shared
    assert files == {rule.name.replace("-", "_") for rule in RULES}


def test_a_finding_in_a_helper_says_how_its_workflow_gets_there() -> None:
    text = """\
from dbos import DBOS, Queue


@DBOS.workflow()
def child(name: str) -> str:
    return name


def start(name: str) -> None:
    DBOS.start_workflow(child)
    Queue("late")


@DBOS.workflow()
def checkout(name: str) -> None:
    start(name)
"""
    found = {each.code: each for each in findings(text)}
    assert sorted(found) == ["DBS810", "DBS821"]
    for each in found.values():
        assert each.workflow == "checkout"
        assert (each.chain[0].line, each.chain[0].function) == (16, "checkout")
        assert each.chain[-1].line == each.line
