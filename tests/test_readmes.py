"""Docs are tested: each Python block of a README runs, each console line does what it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import codemap
from support.checkout import ROOT

READMES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("README.md")
    if not {".venv", "node_modules", "rules"} & set(path.relative_to(ROOT).parts)
)


def blocks(language: str) -> list[tuple[str, int, str]]:
    """(README, line, text) of each fenced block in a language."""
    found = []
    for name in READMES:
        text = (ROOT / name).read_text(encoding="utf-8")
        for match in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            found.append((name, text.count("\n", 0, match.start()) + 1, match[1]))
    return found


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command of a README."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DBOS")}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("readme", "line", "text"), blocks("python"))
def test_python_blocks_run(readme: str, line: int, text: str, tmp_path: Path) -> None:
    (tmp_path / "block.py").write_text(text, encoding="utf-8")
    done = run([sys.executable, "block.py"], tmp_path)
    assert done.returncode == 0, f"{readme}:{line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(("readme", "line", "text"), blocks("console"))
def test_console_blocks_run(readme: str, line: int, text: str, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "widget_store", shop)
    for command in re.findall(r"^\$ (.*)$", text, re.MULTILINE):
        words = shlex.split(command, comments=True)
        if words[0] == "dbos-build" and words[-1] != "demo":
            done = run([sys.executable, "-m", "dbos_build", *words[1:]], shop)
            assert done.returncode == 0, f"{readme}:{line} {command}\n{done.stdout}{done.stderr}"
        else:
            assert words[0] in ("python", "dbos", "dbos-build"), f"{readme}:{line} {command}"


def test_the_finding_shown_is_the_finding_printed() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- finding -->\n\n```\n(.*?)```", text, re.DOTALL)
    done = run([sys.executable, "-m", "dbos_build", "check", "."], ROOT / "examples" / "violations")
    assert done.returncode == 1, done.stderr
    assert shown, "the README shows no finding"
    assert shown[1].strip() in done.stdout, done.stdout


@pytest.mark.parametrize("readme", READMES)
def test_links_lead_somewhere(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / readme).parent / target).exists(), f"{readme}: {target}"


@pytest.mark.parametrize("folder", sorted(codemap.PACKAGES))
def test_code_maps_are_up_to_date(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert codemap.START in text
    assert codemap.updated(text, ROOT / folder / codemap.PACKAGES[folder]) == text, (
        "run `python tests/support/codemap.py`"
    )
