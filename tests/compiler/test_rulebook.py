"""The page of rules says what the rules say, and the command prints all of it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from dbos_build import rules
from dbos_build.cli.rule import command
from dbos_build.rulebook import book
from dbos_build.rules import RULES

PAGE = Path(rules.__file__).parent / "README.md"


def test_the_page_is_fresh() -> None:
    fresh = book(RULES)
    assert PAGE.read_text(encoding="utf-8") == fresh, (
        "run `dbos-build rule --all --output-format markdown` and write it to the page"
    )


def test_every_rule_has_its_section_and_its_examples() -> None:
    page = book(RULES)
    for rule in RULES:
        assert page.count(f"### {rule.code} {rule.name}\n") == 1
        for example in (*rule.bad, *rule.good):
            assert example.strip("\n") in page


def test_all_rules_as_json() -> None:
    done = CliRunner().invoke(command, ["--all", "--output-format", "json"], standalone_mode=False)
    records = json.loads(done.output)
    assert [record["code"] for record in records] == sorted(rule.code for rule in RULES)
    assert all(record["why"] and record["good"] for record in records)


def test_all_rules_as_text_and_markdown() -> None:
    text = CliRunner().invoke(command, ["--all"], standalone_mode=False).output
    page = CliRunner().invoke(
        command, ["--all", "--output-format", "markdown"], standalone_mode=False
    )
    assert all(rule.why in text for rule in RULES)
    assert page.output == book(RULES)


def test_a_rule_beside_all_is_a_mistake() -> None:
    done = CliRunner().invoke(command, ["DBS001", "--all"])
    assert done.exit_code == 2
    assert "not both" in done.output
