"""`dbos-build doctor`: each thing that can be wrong is found, and the command it names mends it."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dbos_build.cli import run
from dbos_build.health import installation
from support.repositories import Repository

Said = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A new project in a repository, everything committed, as the current folder."""
    monkeypatch.delenv("DBOS_SYSTEM_DATABASE_URL", raising=False)
    made = Repository(tmp_path / "corner-shop")
    made.folder.mkdir()
    made.git("init", "-q", "-b", "main")
    monkeypatch.chdir(made.folder)
    assert run(["init"]) == 0
    (made.folder / ".git/hooks").mkdir(exist_ok=True)
    (made.folder / ".git/hooks/pre-commit").write_text("", "utf-8")
    made.commit()
    capsys.readouterr()
    return made


def found(capsys: Said, *arguments: str) -> dict[str, tuple[str, str, str]]:
    """What the doctor says, by name; the exit code must agree with it."""
    code = run(["doctor", "--output-format=json", *arguments])
    rows = json.loads(capsys.readouterr().out)
    assert code == int(any(row["state"] == "problem" for row in rows)), rows
    return {
        row["name"]: (row["state"], row["message"], row["command"])
        for row in rows
        if row["name"] != "extras"
    }


def wrong(capsys: Said, *arguments: str) -> dict[str, tuple[str, str, str]]:
    """What is not as it should be."""
    every = found(capsys, *arguments)
    return {name: each for name, each in every.items() if each[0] != "ok"}


def append(path: Path, text: str) -> None:
    """Add to a file."""
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_a_new_project_is_well_from_wherever_it_is_asked(
    project: Repository, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wrong(capsys) == {}
    assert found(capsys)["findings"] == ("ok", "no errors in 1 workflow", "")
    monkeypatch.chdir(project.folder.parent)
    assert wrong(capsys, "corner-shop") == {}
    assert wrong(capsys, "corner-shop/corner_shop") == {}


def test_text_says_what_json_does(project: Repository, capsys: Said) -> None:
    append(project.folder / "corner_shop/dbos_registry.py", "# by hand\n")
    assert run(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    place = next(
        number for number, line in enumerate(lines) if line.startswith("problem  registry")
    )
    assert "corner_shop/dbos_registry.py is stale" in lines[place]
    assert lines[place + 1] == f"{'':8} run: dbos-build build"
    assert lines[-1].startswith("1 problem, ")


def test_generated_files_that_are_stale_or_in_conflict_are_mended_by_a_build(
    project: Repository, capsys: Said
) -> None:
    flows = project.folder / "corner_shop/workflows.py"
    append(flows, "\n\n@DBOS.workflow()\ndef other() -> None:\n    deliver('x')\n")
    before = wrong(capsys)
    assert {name: each[2] for name, each in before.items()} == {
        "registry": "dbos-build build",
        "lock": "dbos-build build",
    }
    assert run(["build"]) == 0
    capsys.readouterr()
    assert wrong(capsys) == {}
    lock = project.folder / "dbos-build.lock"
    append(lock, "<<<<<<< ours\n")
    state, message, command = wrong(capsys)["lock"]
    assert (state, command) == ("problem", "dbos-build build")
    assert "dbos-build.lock" in message
    lock.unlink()
    assert "is missing" in wrong(capsys)["lock"][1]


def test_errors_of_the_program_and_of_its_configuration_are_counted_not_shown(
    project: Repository, capsys: Said
) -> None:
    append(project.folder / "corner_shop/workflows.py", "\n\ndef broken(:\n")
    assert wrong(capsys)["findings"][::2] == ("problem", "dbos-build check")
    append(project.folder / "pyproject.toml", "\n[tool.dbos-build.effects]\nx = 1\n")
    assert wrong(capsys)["configuration"][0] == "problem"
    append(project.folder / "pyproject.toml", "[tool.dbos-build\n")
    assert "is not valid TOML" in wrong(capsys)["configuration"][1]


def test_sources_that_are_gone_are_a_problem(project: Repository, capsys: Said) -> None:
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    text = text.replace('sources = ["corner_shop"]', 'sources = ["gone"]')
    (project.folder / "pyproject.toml").write_text(text, "utf-8")
    assert "gone" in wrong(capsys)["sources"][1]


def test_ruff_and_flake8_that_do_not_know_our_codes(project: Repository, capsys: Said) -> None:
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    lines = [line for line in text.splitlines(True) if "external" not in line]
    (project.folder / "pyproject.toml").write_text("".join(lines), "utf-8")
    assert wrong(capsys)["ruff"][::2] == ("problem", "dbos-build init")
    assert run(["init"]) == 0
    capsys.readouterr()
    assert "ruff" not in wrong(capsys)
    (project.folder / ".flake8").write_text("[flake8]\nselect = E,W\n", "utf-8")
    assert "leaves out DBS" in wrong(capsys)["flake8"][1]
    (project.folder / ".flake8").write_text("[flake8]\nselect = E,DBS0\n", "utf-8")
    assert "flake8" not in wrong(capsys)
    (project.folder / ".flake8").write_text("no section\n", "utf-8")
    assert "flake8" not in wrong(capsys)


def test_generated_files_that_git_leaves_out(project: Repository, capsys: Said) -> None:
    project.git("rm", "-q", "--cached", "dbos-build.lock")
    assert wrong(capsys)["git"] == (
        "note",
        "dbos-build.lock is not committed yet",
        "git add dbos-build.lock",
    )
    append(project.folder / ".gitignore", "*.lock\n")
    state, message, command = wrong(capsys)["git"]
    assert (state, command) == ("problem", "git add --force dbos-build.lock")
    assert "ignored" in message
    project.git(*command.split()[1:])
    assert "git" not in wrong(capsys)


def test_a_repository_without_jobs_and_hooks_is_worth_a_note(
    project: Repository, capsys: Said
) -> None:
    (project.folder / ".github/workflows/dbos-build.yml").unlink()
    (project.folder / ".git/hooks/pre-commit").unlink()
    notes = wrong(capsys)
    assert notes["ci"][::2] == ("note", "dbos-build init")
    assert notes["pre-commit"][::2] == ("note", "pre-commit install")
    hooks = "repos:\n- repo: https://x/y\n  rev: v1\n  hooks:\n  - id: a\n"
    (project.folder / ".pre-commit-config.yaml").write_text(hooks, "utf-8")
    assert wrong(capsys)["pre-commit"][2] == "dbos-build init"


def test_a_folder_without_a_project_has_notes_only(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBOS_SYSTEM_DATABASE_URL", raising=False)
    (tmp_path / "app.py").write_text("print('hello')\n", "utf-8")
    assert wrong(capsys, str(tmp_path))["configuration"][2] == "dbos-build init"
    assert run(["doctor", str(tmp_path / "nowhere")]) == 2


def test_a_registry_that_nobody_imports_is_worth_a_note(project: Repository, capsys: Said) -> None:
    main = project.folder / "corner_shop/__main__.py"
    text = main.read_text("utf-8").replace("from corner_shop.dbos_registry import registry\n", "")
    main.write_text(text.replace(", registry=registry", ""), "utf-8")
    state, message, _ = wrong(capsys)["registry in use"]
    assert state == "note"
    assert "give it to DBOS(config=…, registry=…)" in message


def test_modules_that_hide_ours_are_named(project: Repository, capsys: Said) -> None:
    (project.folder / "dbos.py").write_text("", "utf-8")
    assert "dbos.py hides the package dbos" in wrong(capsys)["import"][1]


def test_a_second_distribution_of_that_name_is_a_problem(
    project: Repository, capsys: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "site" / "dbos-2.31.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: dbos\nVersion: 2.31.1\n", "utf-8")
    monkeypatch.syspath_prepend(str(info.parent))
    state, message, command = wrong(capsys)["distribution"]
    assert state == "problem"
    assert "dbos 2.31.1 is installed, too" in message
    assert command == "pip uninstall --yes dbos dbos-build && pip install dbos-build"


def test_extras_are_told_with_what_installs_them(
    project: Repository, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = installation.is_installed
    monkeypatch.setattr(
        installation, "is_installed", lambda name: name not in ("pygls", "mypy") and known(name)
    )
    append(project.folder / "pyproject.toml", "")
    run(["doctor", "--output-format=json"])
    rows = json.loads(capsys.readouterr().out)
    *_, extras = (row for row in rows if row["name"] == "extras")
    assert extras["state"] == "note"
    assert "lsp (`dbos-build server`)" in extras["message"]
    assert extras["command"].startswith("pip install 'dbos-build[")
    assert "lsp" in extras["command"]
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    typed = text.replace('sources = ["corner_shop"]', 'sources = ["corner_shop"]\ntypes = true')
    (project.folder / "pyproject.toml").write_text(typed, "utf-8")
    assert wrong(capsys)["types"] == (
        "problem",
        "`types = true` needs mypy, which is not installed",
        "pip install mypy",
    )


def test_a_newer_python_than_was_tried_is_worth_a_note(
    project: Repository, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "TRIED", ((3, 9), (3, 10)))
    assert "newer than what was tried, 3.9 to 3.10" in wrong(capsys)["python"][1]


def test_a_database_is_reached_when_it_is_given(
    project: Repository, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{project.folder / 'shop.sqlite'}"
    assert wrong(capsys, f"--db={url}")["database"][::2] == ("problem", "dbos migrate")
    assert not (project.folder / "shop.sqlite").exists()
    command = [sys.executable, "-m", "dbos", "migrate", "--sys-db-url", url]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    reached = ("ok", "reached; 0 workflows in flight", "")
    assert found(capsys, f"--db={url}")["database"] == reached
    monkeypatch.setenv("DBOS_SYSTEM_DATABASE_URL", url)
    assert found(capsys)["database"] == reached
    secret = "postgresql://someone:secret@127.0.0.1:1/nothing"
    assert run(["doctor", f"--db={secret}"]) == 1
    said = capsys.readouterr().out
    assert "problem  database: " in said
    assert "secret" not in said


def test_the_installed_distribution_is_the_one_that_is_asked() -> None:
    assert importlib.metadata.version(installation.OURS)
    assert not installation.is_installed("no-such-distribution")
