"""Fixtures: what export writes, what reading one refuses, and what redaction leaves."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, SetWorkflowID, cli
from dbos.error import DBOSException, DBOSInitializationError
from dbos.replay import child, history
from dbos.replay.child import DBOSReplayError
from dbos.replay.history import DBOSFixtureError
from dbos.system.existing import open_existing
from support import replays

SECRET = "a secret value"
PLANTED = "the pickle ran"


class Bomb:
    """Its pickle runs a command when it is loaded."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"echo '{PLANTED}' > {os.environ['BOMB_TARGET']}",)


PROGRAM = """
from dbos import DBOS

@DBOS.step()
def keep(text: str) -> str:
    return text

@DBOS.step()
def refuse(text: str) -> str:
    raise ValueError(text)

@DBOS.workflow()
def hands_on(text: str) -> str:
    kept = keep(text)
    DBOS.sleep(0.001)
    keep(kept)
    return keep("same")

@DBOS.workflow()
def looks(text: str) -> str:
    kept = keep(text)
    if len(kept) > 3:
        return keep("long")
    return keep("short")

@DBOS.workflow()
def catches(text: str) -> str:
    try:
        return refuse(text)
    except ValueError:
        return keep("caught")
"""
NAMES = ("hands_on", "looks", "catches")


@pytest.fixture
def recorded(config: DBOSConfig, tmp_path: Path) -> DBOSConfig:
    """A database with one history of each workflow of the program."""
    file = tmp_path / "keeper.py"
    file.write_text(PROGRAM, encoding="utf-8")
    with replays.loaded(file) as keeper:
        DBOS(config=config)
        DBOS.launch()
        for name in NAMES:
            with SetWorkflowID(f"id-{name}"):
                getattr(keeper, name)(SECRET)
        DBOS.destroy(destroy_registry=True)
    return config


def export(config: DBOSConfig, *arguments: str) -> int:
    """``dbos workflow export`` on the test's database; its exit code."""
    url = str(config["system_database_url"])
    return cli.run(["workflow", "export", "--sys-db-url", url, *arguments])


def task(folder: Path, fixture: Path) -> dict[str, Any]:
    """Replay a fixture with the program in a folder."""
    return {
        "program": {"roots": [str(folder)], "modules": ["keeper"]},
        "fixtures": [str(fixture)],
    }


def test_what_is_exported_replays(
    recorded: DBOSConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fixture = tmp_path / "all.json"
    assert export(recorded, "--all", "--output", str(fixture)) == 0
    assert "exported 3 workflows" in capsys.readouterr().out
    verdicts = child.replay(task(tmp_path, fixture))
    assert {verdict.name for verdict in verdicts if verdict.fits} == set(NAMES)
    assert export(recorded, "id-looks", "id-hands_on", "id-looks") == 0
    printed = history.load(capsys.readouterr().out, "stdout")
    assert [one.workflow_id for one in printed] == ["id-looks", "id-hands_on"]
    assert export(recorded, "--all", "--name", "catches", "--status", "SUCCESS") == 0
    assert len(history.load(capsys.readouterr().out, "stdout")) == 1
    assert export(recorded, "--all", "--status", "PENDING") == 0
    assert history.load(capsys.readouterr().out, "stdout") == []
    assert export(recorded, "--all", "--limit", "2") == 0
    assert len(history.load(capsys.readouterr().out, "stdout")) == 2


def test_redaction_leaves_no_value_and_tells_what_it_can(
    recorded: DBOSConfig, tmp_path: Path
) -> None:
    fixture = tmp_path / "redacted.json"
    assert export(recorded, "--all", "--redact", "-o", str(fixture)) == 0
    text = fixture.read_text(encoding="utf-8")
    assert SECRET not in text
    assert "caught" not in text
    found = {verdict.name: verdict for verdict in child.replay(task(tmp_path, fixture))}
    assert found["hands_on"].kind == "fits", found["hands_on"]
    assert found["catches"].kind == "fits", found["catches"]
    assert found["looks"].kind == "undecided", found["looks"]
    assert "keeper.py:22 in looks" in (found["looks"].place or "")
    changed = PROGRAM.replace("DBOS.sleep(0.001)", "keep(kept)").replace('"caught"', '"other"')
    (tmp_path / "keeper.py").write_text(changed, encoding="utf-8")
    found = {verdict.name: verdict for verdict in child.replay(task(tmp_path, fixture))}
    assert "DBOS.sleep is recorded, the code asks for keep" in found["hands_on"].reason
    assert "other arguments" in found["catches"].reason


WRONG_QUESTIONS: tuple[tuple[tuple[str, ...], int, str], ...] = (
    ((), 2, "name the workflows to export, or give --all"),
    (("x", "--all"), 2, "name the workflows to export, or give --all"),
    (("x", "--limit", "3"), 2, "go with --all"),
    (("no-such-id",), 1, "no workflow with the id 'no-such-id'"),
    (("--all", "-o", "/no/such/folder/file.json"), 2, "cannot be written"),
)


def test_wrong_questions_get_one_line(
    recorded: DBOSConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, code, told in WRONG_QUESTIONS:
        assert export(recorded, *arguments) == code
        assert told in capsys.readouterr().err


def test_export_never_loads_a_pickle_and_replay_only_when_allowed(
    recorded: DBOSConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import base64
    import pickle

    target = tmp_path / "target"
    monkeypatch.setenv("BOMB_TARGET", str(target))
    fixture = tmp_path / "all.json"
    assert export(recorded, "id-looks", "-o", str(fixture)) == 0
    document = json.loads(fixture.read_text(encoding="utf-8"))
    planted = base64.b64encode(pickle.dumps(Bomb())).decode("ascii")
    document["workflows"][0]["operations"][0].update(output=planted, serialization="py_pickle")
    fixture.write_text(json.dumps(document), encoding="utf-8")
    (verdict,) = child.replay(task(tmp_path, fixture))
    assert verdict.kind == "undecodable"
    assert "--allow-pickle" in verdict.reason
    assert not target.exists()
    (verdict,) = child.replay({**task(tmp_path, fixture), "allow_pickle": True})
    assert verdict.kind == "io", verdict  # loaded behind the wall, it still starts no process
    assert not target.exists()


# ---------------------------------------------------------------------- bad input

GOOD: dict[str, Any] = {
    "format": "dbos-history",
    "format_number": 1,
    "workflows": [
        {
            "workflow_id": "a",
            "name": "n",
            "status": "PENDING",
            "operations": [
                {
                    "function_id": 1,
                    "function_name": "f",
                    "position": "1",
                    "serialization": "json",
                }
            ],
        }
    ],
}


def _changed(path: tuple[str | int, ...], value: object) -> str:
    document = json.loads(json.dumps(GOOD))
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("<<<<<<< HEAD\n{}", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no fixture of workflows"),
        ('{"format": "something else"}', "is no fixture of workflows"),
        (_changed(("format_number",), 2), "has format number 2, this release reads 1"),
        (_changed(("format_number",), None), "has format number None"),
        (_changed(("workflows",), {}), "has no list of workflows"),
        (_changed(("workflows", 0), 3), "workflow 0 is no object"),
        (_changed(("workflows", 0, "workflow_id"), None), "workflow_id is missing"),
        (_changed(("workflows", 0, "name"), ["x"]), "name is ['x']"),
        (_changed(("workflows", 0, "started_at"), "soon"), "started_at is 'soon'"),
        (_changed(("workflows", 0, "started_at"), True), "started_at is True"),
        (_changed(("workflows", 0, "operations"), "x"), "its operations are no list"),
        (_changed(("workflows", 0, "operations", 0), 1), "operation 0 is no object"),
        (
            _changed(("workflows", 0, "operations", 0, "function_id"), None),
            "function_id is missing",
        ),
        (_changed(("workflows", 0, "operations", 0, "position"), 1), "position is 1"),
        (
            _changed(("workflows", 0, "operations"), GOOD["workflows"][0]["operations"] * 2),
            "two operations have the same position",
        ),
    ],
)
def test_a_damaged_fixture_is_one_clear_error(text: str, told: str) -> None:
    with pytest.raises(DBOSFixtureError) as caught:
        history.load(text, "f.json")
    assert str(caught.value).startswith("f.json: ")
    assert told in str(caught.value)
    assert history.load(json.dumps(GOOD), "f.json")[0].operations[0].function_name == "f"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from dbos import DBOS\nDBOS(config={'name': 'app'})\nDBOS.launch()\n", "DBOS.launch()"),
        ("raise SystemExit('no arguments')\n", "SystemExit: no arguments"),
        ("def\n", "SyntaxError"),
    ],
)
def test_a_program_that_does_not_import_quietly_is_refused(
    text: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "keeper.py").write_text(text, encoding="utf-8")
    fixture = tmp_path / "f.json"
    fixture.write_text(json.dumps(GOOD), encoding="utf-8")
    with pytest.raises(DBOSReplayError) as caught:
        child.replay(task(tmp_path, fixture))
    assert str(caught.value).startswith("Module keeper cannot be imported: ")
    assert told in str(caught.value)


def test_only_a_database_of_ours_is_read_and_none_is_made(tmp_path: Path) -> None:
    missing = tmp_path / "missing.sqlite"
    foreign = tmp_path / "foreign.sqlite"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE t (x)")
    newer = tmp_path / "newer.sqlite"
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("CREATE TABLE dbos_migrations (version INTEGER)")
        connection.execute("INSERT INTO dbos_migrations VALUES (99)")
        connection.commit()
    text = tmp_path / "text.sqlite"
    text.write_text("no database at all", encoding="utf-8")
    before = {path: path.read_bytes() for path in (foreign, text)}
    for path, told in (
        (missing, "no system database at"),
        (foreign, "has no system tables"),
        (newer, "has schema version 99"),
        (text, "cannot be read: file is not a database"),
    ):
        with pytest.raises(DBOSInitializationError, match=told):
            open_existing(f"sqlite:///{path}")
    assert not missing.exists()
    assert {path: path.read_bytes() for path in before} == before
    with pytest.raises(DBOSException, match="cannot be read") as caught:
        open_existing("postgresql://someone:canary@localhost:1/nothing")
    assert "canary" not in str(caught.value)
