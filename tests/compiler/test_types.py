"""`check --types` finds what only types tell, and nothing else.

The cases are the project in `types/cases/project`: a line marked `# flags: DBS202` is found with
types and not without; a function of `near_misses.py` has no finding with either.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dbos_build import rules
from dbos_build.findings import Finding
from dbos_build.interpreter.values import Sequence
from dbos_build.reading.module import parse
from dbos_build.reading.sources import Source
from dbos_build.types import checking
from support import typed_projects
from support.typed_projects import CASES

_MARK = re.compile(r"# flags: (DBS\d{3})$")


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings in the cases without and with types."""

    plain: list[Finding]
    typed: list[Finding]


def marks() -> list[tuple[str, int, str]]:
    """(path, line, code) of all marks."""
    return [
        (file.relative_to(CASES / "project").as_posix(), number, mark[1])
        for file in sorted((CASES / "project").rglob("*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if (mark := _MARK.search(line))
    ]


def near_misses() -> list[tuple[str, int, int]]:
    """Name, first and last line of each function that must stay without findings."""
    text = (CASES / "project/shop/near_misses.py").read_text("utf-8")
    return [
        (node.name, node.lineno, node.end_lineno or node.lineno)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    root = typed_projects.copied(tmp_path_factory.mktemp("types"))
    _, plain = typed_projects.analysed(root)
    with typed_projects.libraries():
        yield Checked(rules.check(plain), typed_projects.findings(root))


def test_there_are_enough_cases() -> None:
    assert len(marks()) >= 25
    assert len(near_misses()) >= 15


@pytest.mark.parametrize("mark", marks(), ids=lambda mark: f"{mark[0]}:{mark[1]}")
def test_found_with_types_only(checked: Checked, mark: tuple[str, int, str]) -> None:
    assert mark in typed_projects.flagged(checked.typed)
    assert mark not in typed_projects.flagged(checked.plain)


@pytest.mark.parametrize("case", near_misses(), ids=lambda case: case[0])
def test_nothing_is_found_in_a_near_miss(checked: Checked, case: tuple[str, int, int]) -> None:
    _, first, last = case
    inside = [
        finding
        for finding in checked.typed
        if finding.path == "shop/near_misses.py" and first <= finding.line <= last
    ]
    assert inside == []


def test_nothing_is_found_where_no_mark_is(checked: Checked) -> None:
    assert typed_projects.flagged(checked.typed) == set(marks())


def test_a_finding_through_types_leads_from_its_workflow(checked: Checked) -> None:
    found = [each for each in checked.typed if each.path == "shop/gateways.py" and each.line == 19]
    assert [finding.workflow for finding in found] == ["held_in_an_attribute"]
    assert [(link.path, link.function, link.what) for link in found[0].chain] == [
        ("shop/found.py", "held_in_an_attribute", "Gateway.charge()"),
        ("shop/gateways.py", "Gateway.charge", "httpx.Client.post"),
    ]


CLIENT = """
class Client:
    def get(self, url: str) -> str:
        return url
"""
FLOW = """
import acme
from dbos import DBOS

@DBOS.workflow()
def flow():
    return acme.connect().get("/")
"""


def library(folder: Path, made: str) -> Path:
    """A library whose `acme.connect()` gives an object of `made`."""
    site = folder / "site"
    for name in ("dbos", "httpx"):
        shutil.copytree(typed_projects.LIBRARIES / name, site / name, dirs_exist_ok=True)
    text = f"import httpx\n{CLIENT}\ndef connect() -> {made}:\n    return {made}()\n"
    (site / "acme.py").write_text(text, encoding="utf-8")
    return site


def test_a_changed_library_changes_what_is_found(tmp_path: Path) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW})
    for made, expected in (
        ("httpx.Client", {("flow.py", 7, "DBS202")}),
        ("Client", set()),
        ("httpx.AsyncClient", {("flow.py", 7, "DBS202")}),
    ):
        with typed_projects.libraries(library(tmp_path, made)):
            assert typed_projects.flagged(typed_projects.findings(root)) == expected, made


def test_files_that_mypy_cannot_take_do_not_keep_it_from_the_others(tmp_path: Path) -> None:
    files = {
        "flow.py": "import broken, helper\n" + FLOW,
        "broken.py": "def (:\n",
        "helper.py": "import random\n",
        "random.py": "import acme\n",
        "not-a-name.py": FLOW,
        "one/main.py": FLOW,
        "two/main.py": FLOW,
    }
    root = typed_projects.written(tmp_path, files)
    with typed_projects.libraries(library(tmp_path, "httpx.Client")):
        found = typed_projects.flagged(typed_projects.findings(root))
    assert {("flow.py", 8, "DBS202"), ("one/main.py", 7, "DBS202")} <= found


def test_sets_are_told_from_lists(tmp_path: Path) -> None:
    flow = """
import acme
from dbos import DBOS

@DBOS.workflow()
def flow(app: acme.App):
    return app.tags, app.clients
"""
    root = typed_projects.written(tmp_path, {"flow.py": flow})
    with typed_projects.libraries():
        typed = typed_projects.typed(root)
    kinds = {
        node.attr: {atom.kind for atom in value.atoms if isinstance(atom, Sequence)}
        for activation in typed.engine.all_activations()
        for node, value in activation.values.items()
        if isinstance(node, ast.Attribute)
    }
    assert kinds["tags"] == {"set"}
    assert kinds["clients"] == {"list"}


@pytest.mark.parametrize(
    ("line", "is_quick"),
    [
        ("x = str(1).title()", True),
        ("x = str(1).title()  # \u00fcber", True),
        ('x = "\u00fc"', True),
        ('x = "\u00fc"; y = x.title()', False),
        ('x = str("\u00fc")', False),
        ('x = f"\u00fc{str(1)}"', False),
        ('x = str(1).title(\n    "\u00fc")', False),
        ("\u00fc = 1", False),
    ],
)
def test_mypy_parses_by_itself_where_it_counts_columns_as_python_does(
    line: str, is_quick: bool
) -> None:
    source = Source("main", "main.py", f"def f():\n    {line}\n")
    assert checking.is_counted_alike(parse(source)) is is_quick
