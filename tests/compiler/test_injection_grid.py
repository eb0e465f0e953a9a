"""The injection grid: sixty sources on each syntactic carrier, in one project, with one check.

Recall counts cells with a nondeterministic source that have a finding with one of its codes; a
finding in a cell with a deterministic source is a false alarm.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from support.injection import CARRIERS, CELLS, STEPS, Cell
from support.injection_sources import DETERMINISTIC, NONDETERMINISTIC

LEAST_RECALL = {"local": 0.95, "types": 0.98}
COMMAND = [sys.executable, "-m", "dbos_build", "check", ".", "--output-format", "json"]
# What a carrier may turn a source into: a clock as a default, a constant of the import.
BY_CARRIER = {"DBS006", "DBS302"}


@dataclass
class Grid:
    """The checked project: how it was checked, and its findings by cell."""

    mode: str
    findings: dict[str, set[str]]

    @cached_property
    def missed(self) -> list[Cell]:
        """Cells whose source was not seen."""
        return [
            cell
            for cell in CELLS
            if cell.source.codes
            and not self.findings[cell.folder] & {*cell.source.codes, *BY_CARRIER}
        ]

    @cached_property
    def false_alarms(self) -> list[str]:
        """Cells with a deterministic source that have findings."""
        return [
            f"{cell.folder}: {' '.join(sorted(self.findings[cell.folder]))}"
            for cell in CELLS
            if not cell.source.codes and self.findings[cell.folder]
        ]

    def misses_by(self, axis: str) -> str:
        """How many cells were missed per carrier or per source, the worst first."""
        counts: dict[str, list[str]] = defaultdict(list)
        for cell in self.missed:
            carrier, source = cell.carrier, cell.source.name
            counts[carrier if axis == "carrier" else source].append(
                source if axis == "carrier" else carrier
            )
        worst = sorted(counts.items(), key=lambda entry: (-len(entry[1]), entry[0]))
        return "\n".join(f"  {name}: {len(where)} ({', '.join(where)})" for name, where in worst)


@pytest.fixture(scope="module", params=sorted(LEAST_RECALL))
def grid(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """Write the project and check it once: by local inference alone, and with mypy's types."""
    root = tmp_path_factory.mktemp("grid")
    write_project(root)
    done = subprocess.run(
        [*COMMAND, *(["--types"] if request.param == "types" else [])],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, set[str]] = defaultdict(set)
    for finding in json.loads(done.stdout):
        if finding["severity"] != "info":
            folder = finding["path"].rpartition("/")[0]
            found[folder].add(finding["code"])
    return Grid(request.param, found)


def write_project(root: Path) -> None:
    """The files of all cells below a folder."""
    (root / "grid_steps.py").write_text(STEPS, encoding="utf-8")
    for carrier in CARRIERS:
        (root / carrier).mkdir()
        (root / carrier / "__init__.py").write_text("", encoding="utf-8")
    for cell in CELLS:
        (root / cell.folder).mkdir()
        for name, text in cell.files.items():
            (root / name).write_text(text, encoding="utf-8")


def test_the_grid_is_as_large_as_it_claims_to_be() -> None:
    assert len(NONDETERMINISTIC) >= 60
    assert len(DETERMINISTIC) >= 10
    assert len(CARRIERS) >= 40
    assert len({cell.folder for cell in CELLS}) == len(CELLS)
    assert sum(bool(cell.source.codes) for cell in CELLS) >= 60 * 40


def test_every_cell_is_valid_python() -> None:
    for cell in CELLS:
        for name, text in cell.files.items():
            ast.parse(text, name)


def test_nondeterministic_sources_are_found_on_every_carrier(grid: Grid) -> None:
    total = sum(bool(cell.source.codes) for cell in CELLS)
    recall = 1 - len(grid.missed) / total
    assert recall >= LEAST_RECALL[grid.mode], (
        f"{recall:.1%} of {total} cells\nby carrier:\n{grid.misses_by('carrier')}\n"
        f"by source:\n{grid.misses_by('source')}"
    )


def test_deterministic_sources_are_never_flagged(grid: Grid) -> None:
    assert grid.false_alarms == []
