"""Over the whole corpus, types take no finding away and add none to a near miss."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.findings import Finding
from dbos_build.types import checking
from support import typed_projects

CORPUS = Path(__file__).parent / "corpus" / "cases"


def identities(findings: list[Finding]) -> set[tuple[str, int, int, str]]:
    """What a finding is, apart from its words."""
    return {(each.path, each.line, each.column, each.code) for each in findings}


@pytest.mark.long
def test_types_only_add_and_only_to_violations(tmp_path: Path) -> None:
    root = typed_projects.written(tmp_path, {})
    shutil.copytree(CORPUS, root / "cases")
    project, plain = typed_projects.analysed(root)
    with typed_projects.libraries():
        table = checking.resolve(project.root, plain.modules, plain.unresolved(), plain.settings)
    before = identities(rules.check(plain))
    after = identities(rules.check(program.with_types(plain, project, table)))
    assert len(table.modules) >= 10
    assert sorted(before - after) == []
    assert [each for each in sorted(after - before) if "/near_misses" in each[0]] == []
