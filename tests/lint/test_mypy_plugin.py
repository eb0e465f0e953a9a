"""mypy with our plugin, as processes: errors at durable boundaries, and nothing else changed.

The cases are modules whose expected errors are trailing comments. The cache of the first run is
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

CASES = [Path(__file__).parent / "cases" / name for name in ("mypy_storing.py", "mypy_named.py")]
SHOP = '''"""A shop, of which others know the registry only."""
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str, cents: int = 1) -> str:
    return order_id


@DBOS.dbos_class()
class Shop:
    @staticmethod
    @DBOS.workflow(name="Shop.audit")
    def audit(day: str) -> int:
        return 1
'''
CONFIGURATION = "[mypy]\nplugins = dbos_lint.mypy_plugin\nstrict = True\ncache_dir = cache\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the cases, the registry of a shop, and mypy's configuration."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "mypy.ini").write_text(CONFIGURATION, encoding="utf-8")
    for path in CASES:
        shutil.copy(path, folder)
    build(folder, SHOP)
    return folder


def build(folder: Path, text: str) -> None:
    """Make the registry of a shop whose modules are elsewhere."""
    shop = folder.parent / f"{folder.name} shop"
    shop.mkdir(exist_ok=True)
    (shop / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    (shop / "shop.py").write_text(text, encoding="utf-8")
    call = [sys.executable, "-m", "dbos_build", "build"]
    subprocess.run(call, cwd=shop, check=True, capture_output=True, timeout=60)
    shutil.copy(shop / "dbos_registry.py", folder)


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


def expected() -> dict[tuple[str, int], str]:
    """The errors that the cases ask for, by file and line."""
    marked = (
        (path.name, number, line.partition("# E: ")[2])
        for path in CASES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    )
    return {(name, number): message for name, number, message in marked if message}


@pytest.mark.long
def test_every_error_that_is_expected_is_there_and_no_other(project: Path) -> None:
    names = [path.name for path in CASES]
    found = errors(project, *names)
    wanted = expected()
    assert found.keys() == wanted.keys(), found
    for place, message in wanted.items():
        assert found[place].startswith(message), (place, found[place])
        if "cannot be stored" in message:
            assert found[place].endswith("[dbos-unstorable]")
    assert errors(project, *names) == found


def test_a_registry_that_was_built_anew_shows_in_the_module_that_enqueues(project: Path) -> None:
    text = "import dbos_registry\nfrom dbos import DBOSClient\n\n\n"
    text += 'client = DBOSClient("sqlite:///x.sqlite")\n'
    text += 'client.enqueue({"workflow_name": "checkout", "queue_name": "q"}, "a", 2)\n'
    (project / "office.py").write_text(text, encoding="utf-8")
    assert errors(project, "office.py") == {}
    build(project, SHOP.replace("cents: int = 1", 'currency: str = ""'))
    found = errors(project, "office.py")
    assert list(found) == [("office.py", 6)]
    assert 'Argument 2 to "checkout"' in found["office.py", 6]


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
