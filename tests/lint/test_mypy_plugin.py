"""mypy with our plugin, as processes: errors at durable boundaries, and nothing else changed.

The cases are a module whose expected errors are trailing comments. The cache of the first run is
kept for the others, which is as people work.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dbos_lint import mypy_plugin

CASES = Path(__file__).parent / "cases" / "mypy_storing.py"
CONFIGURATION = "[mypy]\nplugins = dbos_lint.mypy_plugin\nstrict = True\ncache_dir = cache\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the cases and mypy's configuration."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "mypy.ini").write_text(CONFIGURATION, encoding="utf-8")
    shutil.copyfile(CASES, folder / "cases.py")
    return folder


def errors(folder: Path, *arguments: str) -> dict[tuple[str, int], str]:
    """What mypy says, by file and line; more than one error in a line is an error of the test."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[tuple[str, int], str] = {}
    for path, line, message in re.findall(r"^(.+?):(\d+): error: (.*)$", done.stdout, re.MULTILINE):
        assert (path, int(line)) not in found, done.stdout
        found[path, int(line)] = message
    return found


def expected() -> dict[int, str]:
    """The errors that the cases ask for, by line."""
    lines = CASES.read_text(encoding="utf-8").splitlines()
    marked = ((number, line.partition("# E: ")[2]) for number, line in enumerate(lines, 1))
    return {number: message for number, message in marked if message}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_every_error_that_is_expected_is_there_and_no_other(project: Path) -> None:
    found = {line: message for (_, line), message in errors(project, "cases.py").items()}
    wanted = expected()
    assert found.keys() == wanted.keys(), found
    for line, message in wanted.items():
        assert found[line].startswith(message), (line, found[line])
        if "cannot be stored" in message:
            assert found[line].endswith("[dbos-unstorable]")
    again = {line: message for (_, line), message in errors(project, "cases.py").items()}
    assert again == found


def test_a_change_of_one_class_shows_in_the_module_that_stores_it(project: Path) -> None:
    (project / "model.py").write_text("class Cart:\n    items: list[str]\n", encoding="utf-8")
    text = "from dbos import DBOS\nfrom model import Cart\n\n\n@DBOS.workflow()\n"
    text += "def checkout(cart: Cart) -> None:\n    return None\n"
    (project / "flow.py").write_text(text, encoding="utf-8")
    assert errors(project, "flow.py") == {}
    changed = "import threading\n\n\nclass Cart:\n    items: list[threading.Event]\n"
    (project / "model.py").write_text(changed, encoding="utf-8")
    found = errors(project, "flow.py")
    assert list(found) == [("flow.py", 6)]
    assert "it holds `threading.Event`, in `Cart.items`" in found["flow.py", 6]


@pytest.mark.parametrize("version", ["1.17.1", "3.0.0", "nonsense", ""])
def test_a_release_that_was_never_tried_gets_a_plugin_that_does_nothing(
    version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mypy_plugin.plugin(version) is not mypy_plugin.DurablePlugin
    assert "never tried" in capsys.readouterr().err
    assert mypy_plugin.plugin("2.4.1+dev.1a2b") is mypy_plugin.DurablePlugin
