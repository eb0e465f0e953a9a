"""`dbos-build stranded` on real databases: what it answers, and every way of asking wrongly."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbos.system import SystemDatabase
from dbos_build import cli
from dbos_build.error import DatabaseError
from dbos_build.inflight import reading
from dbos_build.inflight.former import Formers, remembered

SOURCE = """\
from dbos import DBOS

@DBOS.step()
def reserve(order): ...

@DBOS.step()
def ship(order): ...

@DBOS.workflow()
def checkout(order):
    reserve(order)
"""
LONGER = SOURCE + "    ship(order)\n"
CANARY = "canary-7f3a"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a lock of its first version, and no database yet."""
    monkeypatch.delenv("DBOS_SYSTEM_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    (tmp_path / "shop.py").write_text(SOURCE, encoding="utf-8")
    assert cli.run(["build"]) == 0
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    """A database of the project with one workflow of the first version in flight."""
    system = SystemDatabase(f"sqlite:///{folder / 'shop.sqlite'}")
    system.migrate()
    system.close()
    connection = sqlite3.connect(folder / "shop.sqlite", isolation_level=None)
    version = json.loads((folder / "dbos-build.lock").read_text())["workflows"]["checkout"]
    insert(connection, "w", version["version"], "reserve")
    yield connection
    connection.close()


def insert(connection: sqlite3.Connection, id: str, version: str, *names: str) -> None:
    connection.execute(
        "INSERT INTO workflow_status (workflow_uuid, status, name, executions, inputs,"
        " application_version, workflow_version)"
        " VALUES (?, 'PENDING', 'checkout', 1, 'junk', ?, ?)",
        (id, f"b1-{'1' * 32}", version),
    )
    connection.executemany(
        "INSERT INTO operation_outputs (workflow_uuid, function_id, function_name, position)"
        " VALUES (?, ?, ?, ?)",
        [(id, number, name, str(number)) for number, name in enumerate(names, 1)],
    )


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.run(["stranded", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.usefixtures("database")
def test_the_same_version_is_taken_over(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = asked(capsys, "--db", "sqlite:///shop.sqlite")
    assert code == 0
    assert out.splitlines()[0] == "1 workflow taken over"
    assert "sources: the same version of the workflow" in out


@pytest.mark.usefixtures("database")
def test_the_url_may_come_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBOS_SYSTEM_DATABASE_URL", "sqlite:///shop.sqlite")
    assert asked(capsys)[0] == 0


def test_a_safe_change_is_proven_from_the_lock_on_disk(
    folder: Path, database: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "shop.py").write_text(LONGER, encoding="utf-8")
    code, out, _ = asked(capsys, "--db", "sqlite:///shop.sqlite", "--output-format", "json")
    (group,) = json.loads(out)["groups"]
    assert (code, group["verdict"]) == (0, "proven")
    insert(database, "odd", "v1-unknown", "ship")
    code, out, _ = asked(capsys, "--db", "sqlite:///shop.sqlite", "--output-format", "markdown")
    assert code == 1
    assert "| stranded | checkout | v1-unknown | 1 | odd |" in out
    assert "### 1 of 2 workflows in flight stranded" in out


def test_nothing_is_written(
    folder: Path, database: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, files = list(database.iterdump()), {path.name for path in folder.iterdir()}
    assert asked(capsys, "--db", "sqlite:///shop.sqlite")[0] == 0
    assert list(database.iterdump()) == rows
    assert {path.name for path in folder.iterdir()} == files


def test_a_comparison_tells_who_is_in_flight(
    folder: Path, database: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = folder / "dbos-build.lock"
    insert(database, "other", "v1-other")
    (folder / "shop.py").write_text(SOURCE.replace("    reserve", "    ship(1)\n    reserve"))
    arguments = ["diff", lock.name, ".", "--db", "sqlite:///shop.sqlite"]
    capsys.readouterr()
    assert cli.run(arguments) == 1
    assert "; under the old version, 1 workflow is in flight: w" in capsys.readouterr().out
    assert cli.run([*arguments, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["workflows"]["checkout"]
    assert told["verdict"] == "breaking"
    assert told["in_flight"] == {"begun": ["w"], "waiting": [], "other_versions": ["other"]}
    assert cli.run([*arguments[:3], "--db", "sqlite:///missing.sqlite"]) == 2


def test_git_remembers_former_versions(
    folder: Path, database: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
            cwd=folder,
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    git("add", "dbos-build.lock")
    git("commit", "-qm", "first")
    (folder / "shop.py").write_text(LONGER, encoding="utf-8")
    (folder / "dbos-build.lock").unlink()
    code, out, _ = asked(capsys, "--db", "sqlite:///shop.sqlite", "--output-format", "json")
    (group,) = json.loads(out)["groups"]
    assert (code, group["verdict"]) == (0, "proven"), group
    (build,) = remembered(folder / "dbos-build.lock")
    former = build.workflows["checkout"].version
    assert Formers([], folder / "dbos-build.lock").find("checkout", former) == build
    assert Formers([], folder / "dbos-build.lock").find("checkout", "v1-none") is None
    assert Formers([], None).find("checkout", former) is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--db", "sqlite:///missing.sqlite"], "no system database at"),
        (["--db", "sqlite:///empty.sqlite"], "has no system tables"),
        (["--db", "sqlite:///newer.sqlite"], "has schema version 99"),
        (["--db", "sqlite:///text.sqlite"], "cannot be read"),
        (["--db", "nonsense"], "URL cannot be read"),
        (["--db", f"postgresql://u:{CANARY}@localhost:1/x"], "cannot be read"),
        ([], "no database: give --db or set DBOS_SYSTEM_DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_read_is_one_line(
    folder: Path, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "text.sqlite").write_text("no database", encoding="utf-8")
    for name, schema in (("empty", None), ("newer", 99)):
        with sqlite3.connect(folder / f"{name}.sqlite") as connection:
            connection.execute("CREATE TABLE other (a)")
            if schema:
                connection.execute("CREATE TABLE dbos_migrations (version INTEGER)")
                connection.execute("INSERT INTO dbos_migrations VALUES (?)", (schema,))
    code, out, err = asked(capsys, *arguments)
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("dbos-build: error: ")
    assert told in line
    assert CANARY not in line
    assert not (folder / "missing.sqlite").exists()


@pytest.mark.parametrize("text", ["", "{", '{"format": 1, "workflows": {}}', "<<<<<<< HEAD\n"])
def test_a_lock_that_cannot_be_read_is_one_line(
    folder: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.lock").write_text(text, encoding="utf-8")
    code, out, err = asked(capsys, "--db", "sqlite:///shop.sqlite", "--build", "bad.lock")
    assert (code, out) == (2, "")
    assert err.startswith("dbos-build: error: bad.lock: ")
    assert len(err.splitlines()) == 1


def test_sources_without_workflows_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = folder / "kept.lock"
    (folder / "dbos-build.lock").rename(lock)
    (folder / "shop.py").write_text("x = 1\n", encoding="utf-8")
    code, _, err = asked(capsys, "--db", "sqlite:///shop.sqlite")
    assert code == 2
    assert "no workflows in the sources" in err


@pytest.mark.usefixtures("database")
def test_a_lock_alone_is_enough(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "dbos-build.lock").rename(folder / "kept.lock")
    (folder / "shop.py").write_text("x = 1\n", encoding="utf-8")
    code, out, _ = asked(capsys, "--db", "sqlite:///shop.sqlite", "--build", "kept.lock")
    assert code == 0
    assert "kept.lock: the same version of the workflow" in out


def test_no_file_of_the_current_folder_is_imported(
    folder: Path, database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child process must not take a `json.py` of the user's for the library's."""
    (folder / "json.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    (folder / "dbos").mkdir()
    (folder / "dbos" / "__init__.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    assert [each.id for each in reading.read("sqlite:///shop.sqlite")] == ["w"]


def test_the_url_is_no_argument_of_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments of a process can be seen by every user of a machine."""
    seen: list[Any] = []
    real = subprocess.Popen

    def start(command: list[str], **options: Any) -> subprocess.Popen[str]:
        seen.append(command)
        return real(command, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(DatabaseError):
        list(reading.read(f"postgresql://u:{CANARY}@localhost:1/x"))
    assert CANARY not in repr(seen)
