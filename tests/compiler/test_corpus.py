"""The corpus: what the checker says of each case equals the comments of the case, line by line.

A case is a file below `corpus/cases/<CODE>/`, or a folder with several modules. A line that must be
flagged carries `# flags: DBS001`, several codes separated by blanks, each with `:severity` where
that matters. Advice (severity info) is compared only in the folder of its own rule.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from dbos_build import cli

CASES = Path(__file__).parent / "corpus" / "cases"
MARK = re.compile(r"#.*?flags: ((?:DBS\d{3}(?::\w+)? ?)+)")
KINDS = ("violations", "near_misses")
LEAST_LABELS = 6
STRICT_RULES = {"DBS207", "DBS704", "DBS705", "DBS708"}


@dataclass(frozen=True, slots=True, order=True)
class Flag:
    """A code at a line; `severity` is empty where a label does not say one."""

    path: str
    line: int
    code: str
    severity: str = ""


def cases() -> list[Path]:
    """Every case: files and folders whose name begins with one of the kinds."""
    found = (path for path in CASES.glob("*/*") if path.name.startswith(KINDS))
    return sorted(path for path in found if path.is_dir() or path.suffix == ".py")


def identify(case: Path) -> str:
    """A case's name."""
    return case.relative_to(CASES).as_posix()


def modules(case: Path) -> list[Path]:
    """The files of a case."""
    return sorted(case.rglob("*.py")) if case.is_dir() else [case]


def labels(case: Path) -> set[Flag]:
    """What the comments of a case say."""
    found = set()
    for file in modules(case):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            marked = MARK.search(line)
            for word in marked.group(1).split() if marked else ():
                code, _, severity = word.partition(":")
                found.add(Flag(file.relative_to(case.parent).as_posix(), number, code, severity))
    return found


@cache
def findings(case: Path) -> frozenset[Flag]:
    """What the checker says of a case; advice of other rules than the folder's is left out."""
    strict = ["--strict"] * (case.parent.name in STRICT_RULES)
    options = ["--output-format", "json", "--select", "DBS", *strict]
    output = io.StringIO()
    with contextlib.chdir(case.parent), contextlib.redirect_stdout(output):
        code = cli.run(["--debug", "check", case.name, *options])
    assert code in (0, 1), output.getvalue()
    return frozenset(
        Flag(found["path"], found["line"], found["code"], found["severity"])
        for found in json.loads(output.getvalue())
        if found["severity"] != "info" or found["code"] == case.parent.name
    )


def differences(case: Path) -> list[str]:
    """Where the checker and the comments disagree, one line each; empty when they agree."""
    expected = labels(case)
    found = findings(case)
    said = {Flag(each.path, each.line, each.code): each.severity for each in found}
    wanted = {Flag(each.path, each.line, each.code): each.severity for each in expected}
    missed = [f"missed {flag.code} at {flag.path}:{flag.line}" for flag in wanted.keys() - said]
    extra = [f"wrong {flag.code} at {flag.path}:{flag.line}" for flag in said.keys() - wanted]
    other = [
        f"{flag.code} at {flag.path}:{flag.line} is {said[flag]}, not {severity}"
        for flag, severity in wanted.items()
        if flag in said and severity and said[flag] != severity
    ]
    return sorted(missed) + sorted(extra) + sorted(other)


def score(case: Path) -> str:
    """Precision and recall of the checker on a case, per rule."""
    wanted = Counter(flag.code for flag in labels(case))
    said = Counter(flag.code for flag in findings(case))
    key = {(flag.path, flag.line, flag.code) for flag in labels(case)}
    right = Counter(f.code for f in findings(case) if (f.path, f.line, f.code) in key)
    return "\n".join(
        f"{code}: precision {right[code]}/{said[code]}, recall {right[code]}/{wanted[code]}"
        for code in sorted(wanted | said)
    )


@pytest.mark.parametrize("case", cases(), ids=identify)
def test_the_checker_says_what_the_comments_say(case: Path) -> None:
    different = differences(case)
    assert different == [], f"{identify(case)}\n{score(case)}\n" + "\n".join(different)


@pytest.mark.parametrize("folder", sorted(path.name for path in CASES.glob("DBS*")))
def test_each_rule_has_violations_and_near_misses(folder: str) -> None:
    own = [case for case in cases() if case.parent.name == folder]
    flagged = {
        flag for case in own for flag in labels(case) if flag.code == folder or flag.severity
    }
    assert len(flagged) >= LEAST_LABELS, f"{folder} has {len(flagged)} violations"
    near = [case for case in own if case.name.startswith("near_misses")]
    assert near, f"{folder} has no near misses"
    own_labels = [flag for case in near for flag in labels(case) if flag.code == folder]
    assert own_labels == []
    functions = sum(_functions(file) for case in near for file in modules(case))
    assert functions >= LEAST_LABELS, f"{folder} has {functions} near misses"


def _functions(file: Path) -> int:
    """How many functions a file defines; each near miss has one of its own."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return sum(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))
