"""`dbos start` with a `dbos-config.yaml`: what is read, what is refused, how it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dbos import cli
from dbos.cli.start_commands import read_commands
from dbos.error import DBOSInitializationError


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("", []),
        ("name: shop\nlanguage: python\n", []),
        ("runtimeConfig:\n", []),
        ("runtimeConfig:\n  start:\n", []),
        ('runtimeConfig:\n  start:\n    - "python3 main.py"\n', ["python3 main.py"]),
        ("runtimeConfig:\n  start:\n  - python3 main.py # the server\n", ["python3 main.py"]),
        ("runtimeConfig:\n    start:\n    - 'it''s' # so\n", ["it's"]),
        (
            (
                "# our shop\n---\nname: shop\n\nruntimeConfig: # how it runs\n  # first\n  setup:\n"
                '    - "pip install ."\n  start:\n    - "a \\"b\\" # c"\n    - b --x=1\n'
                "database_url: ${URL}\n"
            ),
            ['a "b" # c', "b --x=1"],
        ),
        ("database:\n  start:\n    - no\nruntimeConfig:\n  other:\n    start:\n      - no\n", []),
        ("runtimeConfig:\r\n  start:\r\n    - fastapi run\r\n", ["fastapi run"]),
    ],
)
def test_commands_are_read(tmp_path: Path, text: str, commands: list[str]) -> None:
    (tmp_path / "dbos-config.yaml").write_bytes(text.encode())
    assert read_commands(tmp_path) == commands


@pytest.mark.parametrize(
    "entry",
    [
        '["python3 main.py"]',
        "python3 main.py",
        "- |\n      a\n      b",
        "- &anchor a",
        "- key: value",
        '- "open',
        '- "a" b',
        '- "bad \\q escape"',
        "- ''",
        "-",
        "- - a",
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(tmp_path: Path, entry: str) -> None:
    (tmp_path / "dbos-config.yaml").write_text(f"runtimeConfig:\n  start:\n    {entry}\n")
    with pytest.raises(DBOSInitializationError, match=r"dbos-config\.yaml:3: "):
        read_commands(tmp_path)


def test_commands_run_in_their_order_until_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dbos-config.yaml").write_text(
        "runtimeConfig:\n  start:\n    - echo one >> log\n    - exit 7\n    - echo two >> log\n"
    )
    assert cli.run(["start"]) == 7
    assert (tmp_path / "log").read_text() == "one\n"


def test_without_modules_and_file_it_says_what_to_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["start"]) == 2
    told = capsys.readouterr().err
    assert "--registry" in told
    assert "runtimeConfig" in told


def test_a_stop_reaches_the_program_behind_the_shell(tmp_path: Path) -> None:
    program = (
        "import signal, pathlib\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
        "print('ready', flush=True)\n"
        "signal.sigwait([signal.SIGTERM])\n"
        "pathlib.Path('stopped').touch()\n"
    )
    (tmp_path / "main.py").write_text(program)
    (tmp_path / "dbos-config.yaml").write_text(
        f"runtimeConfig:\n  start:\n    - true && {sys.executable} main.py\n    - touch late\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "dbos", "start"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("DBOS")},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert (tmp_path / "stopped").exists()
    assert not (tmp_path / "late").exists()
