"""How a comparison is written: for people, for a pull request, for scripts."""

from __future__ import annotations

import json
import re

from dbos_build.diff.judging import Comparison, Judgement, Spot, Step
from dbos_build.diff.rendering import as_json, as_markdown, as_text
from support.comparisons import comparison

OLD = """\
from dbos import DBOS


@DBOS.step()
def charge(amount: int) -> str:
    return str(amount)


@DBOS.workflow()
def checkout(amount: int) -> str:
    charge(amount)
    return charge(amount + 1)


@DBOS.workflow()
def refund(amount: int) -> str:
    return charge(-amount)
"""
NEW = OLD.replace("amount + 1", "amount + 2")


def test_text() -> None:
    text = as_text(comparison(OLD, NEW))
    assert text.startswith("old → new\n\n")
    lines = text.splitlines()
    (verdict,) = [line for line in lines if line.startswith("breaking")]
    assert "checkout: " in verdict
    assert any(
        re.match(r"    main\.py:12: error DBS901 \[changed-sequence\]", line) for line in lines
    )
    assert "      1  step charge  main.py:11  charge(amount)" in lines
    assert "      2  old: main.py:12  charge(amount + 1)" in lines
    assert "         new: main.py:12  charge(amount + 2)" in lines
    assert lines[-1].startswith("2 workflows: 1 breaking, 1 identical.")
    assert "can take over everything" in as_text(comparison(OLD, OLD))
    assert "\x1b[" not in text
    assert "\x1b[1;31mbreaking" in as_text(comparison(OLD, NEW), colour=True)
    assert as_text(comparison("", "")).endswith("no workflows on either side\n")


def test_json() -> None:
    document = json.loads(as_json(comparison(OLD, NEW)))
    assert set(document) == {"old", "new", "safe", "workflows", "findings"}
    assert document["safe"] is False
    assert set(document["workflows"]) == {"checkout", "refund"}
    checkout = document["workflows"]["checkout"]
    assert set(checkout) == {"verdict", "change", "reason", "trace", "findings"}
    assert checkout["verdict"] == "breaking"
    assert [each["operation"] for each in checkout["trace"]] == ["step charge", "step charge"]
    assert checkout["trace"][1]["old"] == {
        "path": "main.py",
        "line": 12,
        "text": "charge(amount + 1)",
    }
    (finding,) = checkout["findings"]
    assert (finding["code"], finding["line"], finding["workflow"]) == ("DBS901", 12, "checkout")


def test_markdown() -> None:
    text = as_markdown(comparison(OLD, NEW))
    assert text.startswith("### Workflows in flight: not safe to deploy\n")
    assert "| ❌ | `checkout` | breaking |" in text
    assert "| ✅ | `refund` | identical |" in text
    assert "<details><summary>How checkout differs</summary>" in text
    assert "### Workflows in flight: safe to deploy\n" in as_markdown(comparison(OLD, OLD))


def test_names_of_users_do_nothing() -> None:
    evil = "a`|*b*\n\x1b[31m<script>@everyone```\u202e"
    spot = Spot(evil, 3, evil)
    judgement = Judgement(evil, "breaking", "changed", evil, (Step(evil, spot, None),))
    made = Comparison(evil, evil, (judgement,), ())
    text = as_text(made)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("\n") == 7
    page = as_markdown(made)
    table = next(line for line in page.splitlines() if "❌" in line)
    assert len(re.findall(r"(?<!\\)\|", table)) == 5
    assert "\x1b" not in page
    outside = re.sub(r"`[^`]*`", "", page.partition("```text")[0].replace("\\<script\\>", ""))
    assert "<script" not in outside
    assert "@everyone" not in outside
    assert len(re.findall(r"^```", page, re.MULTILINE)) == 2
    assert json.loads(as_json(made))["workflows"][evil]["reason"] == evil
