"""The pytest plugin, in test runs of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.checkout import ROOT
from support.replays import PROGRAMS

FOLDER = PROGRAMS / "plugged"


def inner(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A test run with the plugin and no other configuration."""
    project = tmp_path / "project"
    shutil.copytree(FOLDER, project, ignore=shutil.ignore_patterns("__pycache__"))
    paths = [str(project), str(ROOT / "runtime")]
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "dbos.pytest_plugin", "-q", "-rN"),
            *("-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(project)),
            *("--basetemp", str(tmp_path / "inner"), "-W", "error", *arguments),
            str(project / "inner.py"),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DBOS_REPLAY_WORLDS": "1",
            # A seed of chance may by chance order a set as the other world does.
            "PYTHONHASHSEED": "0",
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def failures(output: str) -> dict[str, str]:
    """What each failed test said."""
    parts = re.split(r"^_+ (test_\w+) _+$", output, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_marked_tests_fail_when_their_workflows_do_not_replay(tmp_path: Path) -> None:
    done = inner(tmp_path, "-k", "not without")
    failed = failures(done.stdout)
    assert set(failed) == {
        "test_several",
        "test_nothing",
        "test_inner_function",
    }, done.stdout + done.stderr
    assert "5 passed" in done.stdout
    assert "memory: step 1: keep is called with other arguments" in failed["test_several"]
    assert "The test ran no workflow to its end" in failed["test_nothing"]
    assert "is defined inside a function" in failed["test_inner_function"]
    for name in ("hash_order", "clock", "zone", "environment", "folder", "chance"):
        expected = rf"{name}: step 1: keep is called with other arguments .*till.py:\d+ in {name}\)"
        assert re.search(expected, failed["test_several"]), failed["test_several"]
    assert re.search(r"outside: open\('/etc/passwd'\) reads a file", failed["test_several"])


def test_the_option_replays_every_test_and_says_how_much(tmp_path: Path) -> None:
    done = inner(tmp_path, "--dbos-replay-every-step", "-k", "without")
    assert set(failures(done.stdout)) == {"test_without_a_mark"}, done.stdout + done.stderr
    assert "dbos: replayed 1 workflows of 1 tests after every operation" in done.stdout


def test_without_a_wish_nothing_is_loaded_or_changed(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(
        "import sys\n"
        "def test_plain():\n"
        "    heavy = {'sqlalchemy', 'psycopg', 'click', 'dbos.replay.replayer', 'dbos_build'}\n"
        "    assert not heavy & set(sys.modules)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "dbos.pytest_plugin"),
            *("-p", "no:cacheprovider", "-c", os.devnull, str(tmp_path / "test_plain.py")),
        ],
        env={
            **os.environ,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(ROOT / "runtime"),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["dbos.pytest_plugin"])
def test_the_distribution_offers_the_plugin(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"dbos": name}
