"""A built registry and the program: start from it, recover through it, refuse a stale one.

Each program is a small package that is built with `dbos-build` and run as a process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

FLOWS = """
import os
from dbos import DBOS
from parts.work import note

@DBOS.workflow()
def parent(name: str) -> str:
    note("first " + name)
    DBOS.recv("go", timeout_seconds=60)
    note("second " + name)
    return name
"""
WORK = """
from pathlib import Path
from dbos import DBOS

@DBOS.step()
def note(text: str) -> None:
    with Path("notes.txt").open("a") as file:
        file.write(text + chr(10))
"""
LAUNCH = """
from dbos import DBOS
from parts.dbos_registry import registry
DBOS(config={"name": "parts"}, registry=registry)
"""
START = (
    LAUNCH
    + """
import sys
from dbos import SetWorkflowID
from parts.flows import parent
DBOS.launch()
with SetWorkflowID("one"):
    DBOS.start_workflow(parent, "one")
DBOS.send("one", None, "unread")
while len(DBOS.list_workflow_steps("one")) < 1:
    pass
print("started", flush=True)
sys.stdin.read()
"""
)
RECOVER = (
    LAUNCH
    + """
import sys
DBOS.launch()
DBOS.send("one", "now", "go")
print(DBOS.retrieve_workflow("one").get_result())
print("parts.flows" in sys.modules)
DBOS.destroy()
"""
)


def run(folder: Path, program: str, expected: int = 0) -> str:
    """Run a Python program in a folder; its output, and its last error line when it failed."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**clean_environment(), "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode != 0) == (expected != 0), done.stdout + done.stderr
    return done.stdout if not expected else done.stderr.strip().splitlines()[-1]


def clean_environment() -> dict[str, str]:
    """The environment without settings of this machine."""
    return {name: text for name, text in os.environ.items() if not name.startswith("DBOS")}


def build(folder: Path) -> None:
    """Run `dbos-build build` on the package."""
    subprocess.run(
        [sys.executable, "-m", "dbos_build", "build", "parts"],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A built package of two modules."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("")
    (tmp_path / "parts" / "flows.py").write_text(FLOWS)
    (tmp_path / "parts" / "work.py").write_text(WORK)
    build(tmp_path)
    return tmp_path


def kill_in_the_middle(project: Path) -> None:
    """Run the workflow up to its first step in a process, and kill that."""
    process = subprocess.Popen(
        [sys.executable, "-c", START],
        cwd=project,
        env={**clean_environment(), "PYTHONPATH": str(project)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "started\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stdin.close()


def notes(project: Path) -> list[str]:
    """What the steps did."""
    return (project / "notes.txt").read_text().splitlines()


def test_recovery_imports_what_nothing_has_imported(project: Path) -> None:
    kill_in_the_middle(project)
    assert run(project, RECOVER).splitlines() == ["one", "True"]
    assert notes(project) == ["first one", "second one"]


def test_recovery_runs_nothing_whose_source_changed_since_the_build(project: Path) -> None:
    kill_in_the_middle(project)
    (project / "parts" / "flows.py").write_text(FLOWS.replace('"second ', '"other '))
    # The first attempt imports the module and refuses it; it must not be trusted ever after.
    status = run(
        project,
        LAUNCH
        + "from dbos.testing import recover_pending_workflows\n"
        + "DBOS.launch()\nDBOS.send('one', 'now', 'go')\n"
        + "for _ in range(3): recover_pending_workflows()\n"
        + "print(DBOS.get_workflow_status('one').status)\nDBOS.destroy()\n",
    )
    assert status == "PENDING\n"
    assert notes(project) == ["first one"]

    build(project)
    versions = json.loads((project / "parts" / "dbos-build.lock").read_text())["workflows"]
    assert versions["parent"]["version"].startswith("v1-")


LATE_IMPORT = (
    LAUNCH
    + """
from dbos.error import DBOSInitializationError
DBOS.launch()
from parts.flows import parent
for _ in range(2):
    try:
        DBOS.start_workflow(parent, "one")
    except DBOSInitializationError as error:
        print("the source of module 'parts.flows' has changed" in str(error))
print(DBOS.list_workflows())
DBOS.destroy()
"""
)


def test_a_module_imported_after_launch_runs_only_as_it_was_built(project: Path) -> None:
    (project / "parts" / "flows.py").write_text(FLOWS.replace('"second ', '"other '))
    assert run(project, LATE_IMPORT) == "True\nTrue\n[]\n"


IMPORT_AND_LAUNCH = LAUNCH + "import parts.flows\nDBOS.launch()\nDBOS.destroy()\n"


def test_a_program_as_built_starts(project: Path) -> None:
    run(project, IMPORT_AND_LAUNCH)


def test_comments_and_formatting_are_no_change(project: Path) -> None:
    text = "# a comment\n" + FLOWS.replace("    return name", "\n    # why\n    return (name)")
    (project / "parts" / "flows.py").write_text(text.replace("\n", "\r\n"), newline="")
    run(project, IMPORT_AND_LAUNCH)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("second", "other", "the source of module 'parts.flows' has changed"),
        ("def parent", "def child", "workflow 'child' (parts.flows:child) is not in the registry"),
        ("@DBOS.workflow()", '@DBOS.workflow(name="kin")', "'parent' is now named 'kin'"),
        ("@DBOS.workflow()", "", "workflow 'parent' (parts.flows:parent) is missing"),
        (
            "import os",
            "import os\nfrom dbos import DBOS\n@DBOS.workflow()\ndef extra() -> None: ...",
            "workflow 'extra' (parts.flows:extra) is not in the registry",
        ),
    ],
)
def test_what_differs_is_named(project: Path, old: str, new: str, told: str) -> None:
    flows = project / "parts" / "flows.py"
    flows.write_text(flows.read_text().replace(old, new))
    last = run(project, IMPORT_AND_LAUNCH, expected=1)
    assert last.startswith("dbos.error.DBOSInitializationError: The registry does not agree")
    assert told in last
    assert "dbos-build build" in last
