"""Wheel, sdist and editable install: each in an environment of its own runs the main job."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment of its own, in a folder of its own."""

    folder: Path

    @property
    def programs(self) -> Path:
        """Where its programs are."""
        return self.folder / "venv" / "bin"

    @property
    def packages(self) -> Path:
        """Where its packages are."""
        (found,) = (self.folder / "venv" / "lib").glob("python*/site-packages")
        return found


def environment(folder: Path, *options: str) -> Environment:
    """A new environment without anything of ours."""
    folder.mkdir(parents=True)
    run(sys.executable, "-m", "venv", *options, folder / "venv", folder=folder)
    return Environment(folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A copy of the checkout, and the wheel and the sdist made of it."""
    folder = tmp_path_factory.mktemp("built")
    source = copy_checkout(folder / "source")
    run(sys.executable, "-m", "build", "-o", folder / "dist", source, folder=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    return source, wheel, sdist


def use(installed: Environment) -> None:
    """Do with an installation what a new user does first."""
    programs, folder = installed.programs, installed.folder
    assert "check" in run(programs / "dbos-build", "--help", folder=folder)
    assert "workflow" in run(programs / "dbos", "--help", folder=folder)
    output = run(programs / "dbos-build", "demo", folder=folder)
    assert "each ran exactly once" in output


def said_of_itself(text: str) -> list[str]:
    """What an artefact says of itself, its dependencies among it."""
    return [line for line in text.partition("\n\n")[0].splitlines() if ": " in line]


def test_the_wheel_holds_the_four_packages_and_says_what_the_sdist_says(
    built: tuple[Path, Path, Path],
) -> None:
    _, wheel, sdist = built
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        of_wheel = said_of_itself(archive.read(metadata).decode())
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"dbos", "dbos_build", "dbos_lint", "dbos_templates"}
    for package in tops:
        assert f"{package}/py.typed" in names
    with tarfile.open(sdist) as unpacked:
        of_sdist = unpacked.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/PKG-INFO")
        assert of_sdist is not None
        assert said_of_itself(of_sdist.read().decode()) == of_wheel


def test_wheel_sdist_and_editable_install(built: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """The wheel brings its dependencies; the others, which ask for the same ones, borrow them."""
    source, wheel, sdist = built
    first = environment(tmp_path / "wheel")
    run(first.programs / "pip", "install", *QUICKLY, wheel, folder=first.folder)
    use(first)
    run(first.programs / "pip", "uninstall", "-q", "-y", "dbos-build", folder=first.folder)
    for kind, what in (("sdist", (str(sdist),)), ("editable", ("-e", str(source)))):
        fresh = environment(tmp_path / kind, "--without-pip")
        (fresh.packages / "dependencies.pth").write_text(f"{first.packages}\n", encoding="utf-8")
        lent_pip = (first.programs / "python", "-m", "pip", "--python", fresh.programs / "python")
        run(*lent_pip, "install", *QUICKLY, "--no-deps", *what, folder=fresh.folder)
        use(fresh)


def test_the_version_is_the_same_wherever_it_is_said() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = project.split('version = "')[1].split('"')[0]
    assert dbos_build.__version__ == version
    assert f"## [{version}]" in changelog or "## [Unreleased]" in changelog
