"""Wheel, sdist and editable install: each in a fresh environment, each runs the main job."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import dbos_build
from support.checkout import ROOT, copy_checkout

pytestmark = pytest.mark.long

# Compiling what few of the installed modules need takes longer than the installing.
QUICKLY = ("-q", "--disable-pip-version-check", "--no-compile")


def run(*command: str | Path, folder: Path) -> str:
    """Run a command outside the checkout; its output. Fails the test when the command fails."""
    environment = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("PYTHON", "DBOS", "VIRTUAL_ENV", "PYTEST"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
    return done.stdout


def fresh_environment(folder: Path, *install: str) -> Path:
    """A new virtual environment with one thing installed; its folder of programs."""
    run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
    programs = folder / "venv" / "bin"
    run(programs / "pip", "install", *QUICKLY, *install, folder=folder)
    return programs


def use(programs: Path, folder: Path) -> None:
    """Do with an installation what a new user does first."""
    assert "check" in run(programs / "dbos-build", "--help", folder=folder)
    assert "workflow" in run(programs / "dbos", "--help", folder=folder)
    output = run(programs / "dbos-build", "demo", folder=folder)
    assert "each ran exactly once" in output


def test_wheel_and_sdist(tmp_path: Path) -> None:
    source = copy_checkout(tmp_path / "source")
    run(sys.executable, "-m", "build", "-o", tmp_path / "dist", source, folder=tmp_path)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    (sdist,) = (tmp_path / "dist").glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"dbos", "dbos_build", "dbos_lint", "dbos_templates"}
    for package in tops:
        assert f"{package}/py.typed" in names

    for kind, artefact in (("wheel", wheel), ("sdist", sdist)):
        place = tmp_path / kind
        place.mkdir()
        use(fresh_environment(place, str(artefact)), place)
        shutil.rmtree(place)


def test_editable_install(tmp_path: Path) -> None:
    source = copy_checkout(tmp_path / "source")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    use(fresh_environment(tmp_path, "-e", str(source)), elsewhere)


def test_the_version_is_the_same_wherever_it_is_said() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = project.split('version = "')[1].split('"')[0]
    assert dbos_build.__version__ == version
    assert f"## [{version}]" in changelog or "## [Unreleased]" in changelog
