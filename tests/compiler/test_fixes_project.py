"""Fixes of whole projects: what the analysis refuses first, then every rule's own examples."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from dbos_build import fixes
from dbos_build.fixes.catalogue import FIXES
from dbos_build.rules import RULES
from dbos_build.settings.config import Settings
from support import analysis, oracle

EXAMPLES = [
    (rule.code, text) for rule in RULES if rule.code in FIXES for text in rule.bad if rule.bad
]
CORPUS = Path(__file__).resolve().parent / "corpus" / "cases"


def fix(files: dict[str, str], *, unsafe: bool = True) -> fixes.ProjectResult:
    """Fix a project of texts."""
    return fixes.fix_project(analysis.project(files), Settings(), unsafe)


SHARED_HELPER = """\
import time

from dbos import DBOS


def pause() -> None:
    time.sleep(1)


@DBOS.step()
def measure() -> int:
    pause()
    return 1


@DBOS.workflow()
def checkout() -> int:
    pause()
    return measure()
"""


def test_a_fix_that_brings_in_another_finding_is_taken_back() -> None:
    """The helper is called in a step too, and there DBOS.sleep would be out of place."""
    result = fix({"main.py": SHARED_HELPER})
    assert not result.texts
    assert not result.applied
    assert [finding.code for finding in result.remaining] == ["DBS003"]
    assert [reason for _, reason in result.skipped] == ["the fix would bring in another finding"]


def test_the_other_fixes_of_a_file_are_made_all_the_same() -> None:
    text = SHARED_HELPER.replace("    return measure()", "    return measure() + int(time.time())")
    result = fix({"main.py": text})
    assert [finding.code for finding in result.applied] == ["DBS001"]
    assert [finding.code for finding in result.remaining] == ["DBS003"]
    assert "    time.sleep(1)\n" in result.texts["main.py"]


def test_files_that_were_not_asked_about_stay_as_they_are() -> None:
    project = analysis.project({"main.py": SHARED_HELPER})
    project = replace(
        project, sources=tuple(replace(each, requested=False) for each in project.sources)
    )
    result = fixes.fix_project(project, Settings(), True)
    assert not result.texts
    assert [finding.code for finding in result.remaining] == ["DBS003"]


def test_rules_that_are_not_selected_are_not_fixed() -> None:
    project = analysis.project({"main.py": SHARED_HELPER})
    result = fixes.fix_project(project, Settings(ignore=("DBS003",)), True)
    assert not result.texts


def test_a_broken_file_beside_does_not_stop_the_others() -> None:
    result = fix({"broken.py": "def f(:\n", "main.py": EXAMPLES[0][1]})
    assert set(result.texts) == {"main.py"}
    assert [finding.code for finding in result.remaining] == ["DBS990"]


def test_a_helper_in_another_module_is_fixed_where_it_is() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/clock.py": (
            "from time import time as read\n\n\ndef stamp() -> float:\n    return read()\n"
        ),
        "shop/flow.py": (
            "from dbos import DBOS\nfrom shop.clock import stamp\n\n\n"
            "@DBOS.workflow()\ndef run() -> float:\n    return stamp()\n"
        ),
    }
    result = fix(files)
    assert set(result.texts) == {"shop/clock.py"}
    assert not result.remaining
    assert "from dbos import DBOS\n" in result.texts["shop/clock.py"]


def test_steps_of_two_modules_get_names_of_their_own() -> None:
    text = (
        "import time\n\nfrom dbos import DBOS\n\n\n"
        "@DBOS.workflow()\ndef {name}() -> float:\n    return time.time()\n"
    )
    result = fix({name + ".py": text.replace("{name}", name) for name in ("one", "two")})
    assert not result.remaining
    assert "def current_time()" in result.texts["one.py"]
    assert "def current_time_2()" in result.texts["two.py"]


def test_nested_findings_are_fixed_in_rounds() -> None:
    text = (
        "import os\nfrom pathlib import Path\n\nfrom dbos import DBOS\n\n\n"
        "def where(name: str) -> str:\n    return os.environ[name]\n\n\n"
        "@DBOS.workflow()\ndef run(name: str) -> str:\n"
        "    return Path(where(os.getenv(name, ''))).read_text()\n"
    )
    result = fix({"main.py": text})
    assert not result.remaining
    assert len(result.applied) == 3
    assert "    return read_file(where(read_environment_2(name)))\n" in result.texts["main.py"]


@pytest.mark.parametrize(("code", "text"), EXAMPLES, ids=[code for code, _ in EXAMPLES])
def test_the_bad_example_of_a_rule_is_fixed_or_it_is_said_why_not(code: str, text: str) -> None:
    before = {each.code for each in analysis.findings(text)}
    result = fix({"main.py": text})
    assert {each.code for each in result.remaining} <= before
    explained = {finding for finding, reason in result.skipped if reason}
    assert set(result.remaining) == explained


def test_most_bad_examples_are_clean_after_fixing() -> None:
    clean = [code for code, text in EXAMPLES if not fix({"main.py": text}).remaining]
    assert len(clean) >= len(EXAMPLES) * 0.8, sorted({code for code, _ in EXAMPLES} - set(clean))


@pytest.mark.parametrize(("code", "text"), EXAMPLES, ids=[code for code, _ in EXAMPLES])
def test_fixing_a_second_time_changes_nothing(code: str, text: str) -> None:
    once = fix({"main.py": text}).texts.get("main.py", text)
    ast.parse(once)
    assert not fix({"main.py": once}).texts


@pytest.mark.parametrize("folder", sorted(CORPUS.glob("DBS*")), ids=lambda path: path.name)
def test_fixing_the_corpus_leaves_less_and_never_adds(folder: Path) -> None:
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
    }
    before = sorted((each.path, each.code) for each in analysis.findings(files))
    result = fix(files)
    after = sorted((each.path, each.code) for each in result.remaining)
    for key in set(after):
        assert after.count(key) <= before.count(key)
    for text in result.texts.values():
        ast.parse(text)
    assert not fix({**files, **result.texts}).texts


def test_the_oracle_finds_fixed_examples_deterministic(tmp_path: Path) -> None:
    """Each world asks for the same operations after the fix; before it, many do not."""
    shown = {"DBS001", "DBS101", "DBS103", "DBS104", "DBS203", "DBS301", "DBS303", "DBS503"}
    broken: list[Path] = []
    fixed: list[Path] = []
    for number, (code, text) in enumerate(EXAMPLES):
        if code not in shown or "requests" in text:
            continue
        for folder, content in (
            ("broken", text),
            ("fixed", fix({"main.py": text}).texts["main.py"]),
        ):
            path = tmp_path / folder / f"{code}_{number}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
            (broken if folder == "broken" else fixed).append(path)
    verdicts = oracle.judge([*broken, *fixed], worlds=4)
    diverging = {verdict.case for verdict in verdicts if verdict.diverges}
    assert not diverging & set(fixed)
    assert len(diverging & set(broken)) >= len(broken) * 0.8


IDLE_COMMENTS = """\
import time

from dbos import DBOS


@DBOS.workflow()
def rate(name: str) -> float:
    at = time.time()  # noqa: E501, DBS001, DBS101
    size = len(name)  # dbos: ignore[DBS104, DBS001] an id
    return at + size  # dbos: ignore
"""


def test_only_the_idle_codes_of_a_comment_are_removed() -> None:
    result = fix({"main.py": IDLE_COMMENTS}, unsafe=False)
    expected = IDLE_COMMENTS.replace("DBS001, DBS101", "DBS001")
    expected = expected.replace("  # dbos: ignore[DBS104, DBS001] an id", "")
    assert result.texts == {"main.py": expected.replace("  # dbos: ignore", "")}
